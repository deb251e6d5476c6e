//! Verification of an address: `GET, POST /email/verify`, and the letter again.

mod form;
mod page;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::{SampleLetter, SamplePage};
use crate::verification::{PATH, VerifyLetter};

pub use page::{ConfirmPage, TooOldPage, VerifyPage};

/// Where the letter is asked for again.
const AGAIN: &str = "/email/verify/again";

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<VerifyPage>(), SamplePage::of::<ConfirmPage>(), SamplePage::of::<TooOldPage>()],
    letters: &[SampleLetter::of::<VerifyLetter>()],
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
        .service(web::resource(AGAIN).route(web::post().to(view::ask_again)));
}
