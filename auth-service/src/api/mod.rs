//! The API for programs: paths and fields as djangorestframework-simplejwt has them, and the
//! renewal for scripts. `openapi.json` describes it, and a test holds the running service to that.

mod blacklist;
mod cors;
mod openapi;
mod pair;
mod refresh;
mod renew;
mod token;
mod verify;

use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, Resource, web};
use shared_claims::protocol::path;

use crate::feature::Feature;
use crate::http::RoutePolicy;

/// The feature.
pub const FEATURE: Feature = Feature {
    policies: &[RoutePolicy::of("/api/").json(), RoutePolicy::of(path::RENEW).cross_origin()],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(posts("/api/token/").route(web::post().to(token::obtain)))
        .service(posts("/api/token/refresh/").route(web::post().to(refresh::refresh)))
        .service(posts("/api/token/verify/").route(web::post().to(verify::verify)))
        .service(posts("/api/token/blacklist/").route(web::post().to(blacklist::blacklist)))
        .service(
            posts(path::RENEW).route(web::post().to(renew::renew)).wrap(from_fn(cors::only_our_services)),
        )
        .service(
            only("/api/openapi.json", "GET, HEAD")
                .route(web::get().to(openapi::show))
                .route(web::head().to(openapi::show)),
        );
}

fn posts(path: &str) -> Resource {
    only(path, "POST")
}

/// Other methods get `405`, which has to name those there are (RFC 9110, 15.5.6).
fn only(path: &str, methods: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move || async move {
        HttpResponse::MethodNotAllowed().insert_header((ALLOW, methods)).finish()
    }))
}
