//! "It was not me": the link in the notice of a login, `GET, POST /account/sessions/not-me`.

mod disown;
mod page;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::{SampleLetter, SamplePage};
use crate::sign_in::{NOT_ME_PATH, NewLoginLetter};

pub use page::{NotMePage, TooOldPage};

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<NotMePage>(), SamplePage::of::<TooOldPage>()],
    letters: &[SampleLetter::of::<NewLoginLetter>()],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource(NOT_ME_PATH)
            .route(web::get().to(view::show))
            .route(web::head().to(view::show))
            .route(web::post().to(view::submit)),
    );
}
