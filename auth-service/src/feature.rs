//! A feature: its routes, its pages, and what the layers below must know of it. `features.rs` lists
//! them all.

use actix_web::web;

use crate::http::{OwnCookie, RoutePolicy};
use crate::pages::{SampleLetter, SamplePage};

/// A feature's declaration.
#[derive(Clone, Copy)]
pub struct Feature {
    pub routes: fn(&mut web::ServiceConfig),
    /// Its pages: what an operator's templates are tried on.
    pub pages: &'static [SamplePage],
    /// Its letters, which are checked like pages.
    pub letters: &'static [SampleLetter],
    /// Where it needs more than the strict policy.
    pub policies: &'static [RoutePolicy],
    /// Cookies that it reads beside those of the session and of the browser.
    pub cookies: &'static [OwnCookie],
}

impl Feature {
    /// A feature with these routes that has no page, no letter, no cookie, and the strict policy.
    pub const fn new(routes: fn(&mut web::ServiceConfig)) -> Self {
        Self { routes, pages: &[], letters: &[], policies: &[], cookies: &[] }
    }
}
