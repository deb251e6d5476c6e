//! The JWKS endpoint: `GET /.well-known/jwks.json`.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, web};
use shared_claims::protocol::path;

use crate::app::App;
use crate::error::Error;
use crate::feature::Feature;
use crate::http::RoutePolicy;

/// The feature.
pub const FEATURE: Feature =
    Feature { policies: &[RoutePolicy::of(path::JWKS).any_host().public()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services.service(web::resource(path::JWKS).route(web::get().to(show)).route(web::head().to(show)));
}

/// Services fetch it now and then, and keep it for `JWKS_MAX_AGE`.
async fn show(app: web::Data<App>) -> Result<HttpResponse, Error> {
    let keys = app.keyring.published().await;
    let max_age = app.config.key_times.jwks_max_age.as_secs();
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CACHE_CONTROL, format!("public, max-age={max_age}")))
        .body(keys.jwks().to_owned()))
}
