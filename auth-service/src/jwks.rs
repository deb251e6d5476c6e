//! The public keys: `GET /.well-known/jwks.json`.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, web};

use crate::app::App;

pub fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource("/.well-known/jwks.json").route(web::get().to(show)).route(web::head().to(show)),
    );
}

/// Services fetch it now and then and keep it for five minutes.
async fn show(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(app.keyring.jwks().to_owned())
}
