//! Style sheet and icon: embedded in the binary, named by their content, kept by browsers for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use aws_lc_rs::digest;
use include_dir::{Dir, include_dir};

use crate::error::Error;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../templates/static");

/// The static files by name, each with its address.
#[derive(Clone)]
pub struct Statics(Arc<BTreeMap<&'static str, File>>);

struct File {
    bytes: &'static [u8],
    media_type: &'static str,
    address: String,
}

impl Statics {
    pub fn embedded() -> Self {
        let files = FILES.files().filter_map(|file| {
            let name = file.path().to_str()?;
            let hash = hex::encode(&digest::digest(&digest::SHA256, file.contents()).as_ref()[..8]);
            let address = format!("/static/{name}?v={hash}");
            Some((name, File { bytes: file.contents(), media_type: media_type(name), address }))
        });
        Self(Arc::new(files.collect()))
    }

    /// `/static/style.css?v=<hash>`; the plain address when there is no such file.
    pub fn address(&self, name: &str) -> String {
        self.0.get(name).map_or_else(|| format!("/static/{name}"), |file| file.address.clone())
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// `GET /static/{name}`
pub async fn serve(
    statics: web::Data<Statics>,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let Some(file) = statics.0.get(name.as_str()) else {
        return Err(Error::refuse(StatusCode::NOT_FOUND, "There is no such file."));
    };
    // Only an address that names the content may be kept for good.
    let is_named = request.uri().path_and_query().is_some_and(|address| address.as_str() == file.address);
    let keep = if is_named { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.media_type))
        .insert_header((CACHE_CONTROL, keep))
        .body(file.bytes))
}
