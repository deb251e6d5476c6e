//! A new password for somebody who has forgotten theirs: `GET, POST /password/forgot` asks for a
//! letter, and `GET, POST /password/reset` takes its link or its code.

mod ask;
mod forgot_form;
mod forgot_view;
mod letter;
mod recovery;
mod reset;
mod reset_form;
mod reset_view;
mod target;

use std::time::Duration;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::{SampleLetter, SamplePage};
use crate::proofs::Purpose;

pub use ask::{Asking, Desk};
pub use forgot_form::{ForgotPage, WithoutMailPage};
pub use letter::ResetLetter;
pub use recovery::RecoveryLink;
pub use reset_form::{OverPage, ResetPage};

const FORGOT: &str = "/password/forgot";
const RESET: &str = "/password/reset";

/// The purpose of links and codes that set a new password (OWASP Forgot Password: a short life).
pub const PURPOSE: Purpose = Purpose { name: "reset_password", link_life: Duration::from_secs(30 * 60) };

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[
        SamplePage::of::<ForgotPage>(),
        SamplePage::of::<WithoutMailPage>(),
        SamplePage::of::<ResetPage>(),
        SamplePage::of::<OverPage>(),
    ],
    letters: &[SampleLetter::of::<ResetLetter>()],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(
            web::resource(FORGOT)
                .route(web::get().to(forgot_view::show))
                .route(web::head().to(forgot_view::show))
                .route(web::post().to(forgot_view::submit)),
        )
        .service(
            web::resource(RESET)
                .route(web::get().to(reset_view::show))
                .route(web::head().to(reset_view::show))
                .route(web::post().to(reset_view::submit)),
        );
}
