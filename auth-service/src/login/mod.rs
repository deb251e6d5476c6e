//! Login and silent renewal: `GET, POST /login`, and `/login/frame` for a form that was kept.

mod drawn_forms;
mod form;
mod form_answer;
mod interstitials;
mod onward;
mod query;
mod redirect_loop;
mod refused_next;
mod renew_iframe;
mod stay;
mod too_long;
mod view;

use actix_web::web;

use drawn_forms::DrawnForms;
pub use form::{LoginForm, LoginPage, Remarks};
pub use interstitials::{DonePage, FramePage, RedirectLoopPage};
use shared_claims::protocol::path;
pub use too_long::TooLongPage;

use crate::feature::Feature;
use crate::http::OwnCookie;
use crate::http::next::TOO_LONG;
use crate::pages::SamplePage;

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[
        SamplePage::of::<LoginPage>(),
        SamplePage::of::<RedirectLoopPage>(),
        SamplePage::of::<DonePage>(),
        SamplePage::of::<FramePage>(),
        SamplePage::of::<TooLongPage>(),
    ],
    cookies: &[OwnCookie::only(|names| &names.trip)],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .app_data(web::Data::new(DrawnForms::default()))
        .service(
            web::resource(path::LOGIN)
                .route(web::get().to(view::show))
                .route(web::head().to(view::form_alone))
                .route(web::post().to(view::submit)),
        )
        .service(web::resource(path::LOGIN_FRAME).route(web::get().to(renew_iframe::renew)))
        .service(
            web::resource(path::LOGIN_DONE)
                .route(web::get().to(renew_iframe::done))
                .route(web::head().to(renew_iframe::done)),
        )
        .service(
            web::resource(TOO_LONG)
                .route(web::get().to(too_long::show))
                .route(web::head().to(too_long::show)),
        );
}
