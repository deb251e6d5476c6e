//! Static files: style sheet, scripts, icon and logo. They are kept in memory. Their addresses
//! contain a hash of the content, so browsers may cache them permanently.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use aws_lc_rs::digest;
use shared_claims::web::STYLE as FRAME;

use crate::assets::{Files, media_type};
use crate::config::{Picture, Service, Services, Site};
use crate::error::Error;
use crate::i18n::Message;

const STYLE: &str = "style.css";
const ICON: &str = "icon.svg";

/// The static files by name, each with its address.
#[derive(Clone)]
pub struct StaticFiles(Arc<Inner>);

struct Inner {
    files: BTreeMap<String, File>,
    /// The name of the logo's file.
    logo: String,
    /// The addresses of the services' icons, by the services' origins.
    icons: BTreeMap<String, String>,
}

struct File {
    bytes: Bytes,
    media_type: &'static str,
    address: String,
}

impl StaticFiles {
    /// Adapts `files` to the colour and the logo of `site`, and adds the icons of `services`.
    pub fn new(files: &Files, site: &Site, services: &Services) -> Self {
        let mut all = BTreeMap::new();
        for (name, bytes) in files.statics() {
            let bytes =
                if name == STYLE { styled(files, bytes, site) } else { Bytes::copy_from_slice(bytes) };
            all.insert(name.to_owned(), File::new(name, bytes));
        }
        let mut add = |stem: &str, picture: &Picture| {
            let name = format!("{stem}.{}", picture.extension);
            let file = File::new(&name, Bytes::copy_from_slice(&picture.bytes));
            let address = file.address.clone();
            all.insert(name.clone(), file);
            (name, address)
        };
        let logo = site.logo.as_ref().map(|logo| add("logo", logo).0);
        let with_icons = services.iter().filter_map(|service| Some((service, service.icon.as_ref()?)));
        // By their hosts, so that instances with another order of services agree on the address.
        let icons = with_icons.map(|(service, icon)| {
            let stem = format!("service-{}", service.host().replace(':', "-"));
            (origin_of(service), add(&stem, icon).1)
        });
        let icons = icons.collect();
        Self(Arc::new(Inner { files: all, logo: logo.unwrap_or_else(|| ICON.to_owned()), icons }))
    }

    /// `/static/style.css?v=<hash>`; the address without a hash if the file does not exist.
    pub fn address(&self, name: &str) -> String {
        self.0.files.get(name).map_or_else(|| format!("/static/{name}"), |file| file.address.clone())
    }

    pub fn logo_address(&self) -> String {
        self.address(&self.0.logo)
    }

    /// The address of the service's icon, if it has one.
    pub fn icon_address(&self, service: &Service) -> Option<String> {
        self.0.icons.get(&origin_of(service)).cloned()
    }
}

fn origin_of(service: &Service) -> String {
    service.url.origin().ascii_serialization()
}

/// The style sheet: the frame of every service, our own rules behind it, and the site's colour
/// behind those. An operator's style sheet stands in place of frame and rules.
fn styled(files: &Files, own: &[u8], site: &Site) -> Bytes {
    let frame = if files.has_override("static/style.css") { "" } else { FRAME };
    let theme = site.theme.map(|theme| theme.rules()).unwrap_or_default();
    [frame.as_bytes(), own, theme.as_bytes()].concat().into()
}

impl File {
    fn new(name: &str, bytes: Bytes) -> Self {
        let hash = hex::encode(&digest::digest(&digest::SHA256, &bytes).as_ref()[..8]);
        Self {
            address: format!("/static/{name}?v={hash}"),
            media_type: media_type(name).unwrap_or("application/octet-stream"),
            bytes,
        }
    }
}

/// `GET /static/{name}`
pub async fn serve(
    statics: web::Data<StaticFiles>,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let Some(file) = statics.0.files.get(name.as_str()) else { return Err(no_file()) };
    // Only an address with the content's hash may be cached permanently.
    let is_named = request.uri().path_and_query().is_some_and(|address| address.as_str() == file.address);
    let keep = if is_named { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    Ok(answer(file, keep))
}

/// `GET /favicon.ico`: the icon, for whatever asks for it by the address that needs no page.
pub async fn favicon(statics: web::Data<StaticFiles>) -> Result<HttpResponse, Error> {
    let icon = statics.0.files.get(ICON).ok_or_else(no_file)?;
    Ok(answer(icon, "public, max-age=86400"))
}

fn answer(file: &File, keep: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.media_type))
        .insert_header((CACHE_CONTROL, keep))
        .insert_header(("cross-origin-resource-policy", "same-site"))
        .body(file.bytes.clone())
}

fn no_file() -> Error {
    Error::refuse(StatusCode::NOT_FOUND, Message::new("error-no-file"))
}
