//! The security of an account: its password and what happened to it. `GET /account/security`.

mod events;
mod page;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::SamplePage;

pub use events::EventLine;
pub use page::SecurityPage;

const PATH: &str = "/account/security";

/// The feature.
pub const FEATURE: Feature = Feature { pages: &[SamplePage::of::<SecurityPage>()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services.service(web::resource(PATH).route(web::get().to(view::show)).route(web::head().to(view::show)));
}
