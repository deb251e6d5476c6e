//! Forward auth, for services that cannot be changed: a proxy asks `GET /auth/verify` before it
//! passes a request on.
//!
//! Here auth-service is a consumer of tokens like any service: it verifies the access token on
//! behalf of the service behind the proxy. Its own pages do not accept that token as proof. No
//! database is needed.

mod forwarded;
mod forwarded_address;
mod log_in_first;
mod question;
mod refused;
mod view;
mod websocket;

use actix_web::web;

use crate::feature::Feature;
use crate::http::{OwnCookie, RoutePolicy};
use crate::pages::SamplePage;

pub use log_in_first::LogInFirstPage;
pub use refused::RefusedPage;

/// The route that a proxy asks.
const PATH: &str = "/auth/verify";

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<LogInFirstPage>(), SamplePage::of::<RefusedPage>()],
    policies: &[RoutePolicy::of(PATH).any_host()],
    cookies: &[OwnCookie::every(|names| &names.access)],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(web::resource(PATH).route(web::get().to(view::verify)).route(web::head().to(view::verify)));
}
