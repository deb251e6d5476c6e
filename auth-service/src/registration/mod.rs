//! Registration: `GET, POST /register`.

mod by_mail;
mod closed;
mod form;
mod view;

use actix_web::middleware::from_fn;
use actix_web::web;

use crate::feature::Feature;
use crate::pages::{SampleLetter, SamplePage};

pub use by_mail::KnownLetter;
pub use closed::ClosedPage;
pub use form::{RegisterPage, RegistrationForm};

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<RegisterPage>(), SamplePage::of::<ClosedPage>()],
    letters: &[SampleLetter::of::<KnownLetter>()],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource("/register")
            .route(web::get().to(view::show))
            .route(web::head().to(view::show))
            .route(web::post().to(view::submit))
            .wrap(from_fn(closed::require_form)),
    );
}
