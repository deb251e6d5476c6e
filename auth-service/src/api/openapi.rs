//! `GET /api/openapi.json`: the API's description (OpenAPI 3.1).

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Error;

const DOCUMENT: &str = include_str!("openapi.json");

/// The document, with our own address in it.
pub(super) async fn show(app: web::Data<App>) -> Result<HttpResponse, Error> {
    let mut document: Value = serde_json::from_str(DOCUMENT).map_err(Error::internal)?;
    document["servers"] = json!([{ "url": app.config.auth_url.origin() }]);
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(document))
}
