//! Cookies of other sites below the parent domain, cleared at their owner's wish: `GET, POST
//! /cookies`, and the same below every other path, because a cookie that was set for `/login` comes
//! to `/login/cookies` and not to `/cookies`.
//!
//! `Clear-Site-Data` is not the way: Firefox leaves the domain's cookies in place, and other
//! browsers take ours too.

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
