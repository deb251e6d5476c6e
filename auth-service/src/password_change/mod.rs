//! Another password for somebody who is logged in: `GET, POST /account/password`, and the address
//! by which password managers find it.

mod form;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::SamplePage;

pub use form::ChangePage;

const PATH: &str = "/account/password";

/// "A Well-Known URL for Changing Passwords", W3C.
const WELL_KNOWN: &str = "/.well-known/change-password";

/// The feature.
pub const FEATURE: Feature = Feature { pages: &[SamplePage::of::<ChangePage>()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(
            web::resource(PATH)
                .route(web::get().to(view::show))
                .route(web::head().to(view::show))
                .route(web::post().to(view::submit)),
        )
        .service(
            web::resource(WELL_KNOWN)
                .route(web::get().to(view::lead_here))
                .route(web::head().to(view::lead_here)),
        );
}
