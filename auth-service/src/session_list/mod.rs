//! The session list: shows and ends the sessions of a user. `GET, POST /account/sessions`, and
//! `GET /account/sessions/end` with the question before several end.

mod action;
mod page;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::SamplePage;

pub use action::{End, EndForm};
pub use page::{ConfirmPage, SessionsPage};

const PATH: &str = "/account/sessions";

/// The question before several sessions end.
const END_PATH: &str = "/account/sessions/end";

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<SessionsPage>(), SamplePage::of::<ConfirmPage>()],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(
            web::resource(PATH)
                .route(web::get().to(view::show))
                .route(web::head().to(view::show))
                .route(web::post().to(view::submit)),
        )
        .service(web::resource(END_PATH).route(web::get().to(view::ask)).route(web::head().to(view::ask)));
}
