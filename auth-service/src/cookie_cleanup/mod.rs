//! A page that deletes cookies that other sites set for the parent domain: `GET, POST /cookies`.
//! The same page exists below every other path, because a browser sends a cookie that was set for
//! `/login` to `/login/cookies` but not to `/cookies`.
//!
//! `Clear-Site-Data` does not help: Firefox keeps the domain's cookies, and other browsers delete
//! our own cookies too.

mod form;
mod scope;
mod sweep;
mod view;

use actix_web::{Resource, web};

use crate::feature::Feature;
use crate::pages::SamplePage;

pub use form::CookiesPage;

/// The feature.
pub const FEATURE: Feature = Feature { pages: &[SamplePage::of::<CookiesPage>()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services.service(at("/cookies")).service(at("/{folders:.*}/cookies"));
}

fn at(path: &str) -> Resource {
    web::resource(path)
        .route(web::get().to(view::show))
        .route(web::head().to(view::page_alone))
        .route(web::post().to(view::submit))
}
