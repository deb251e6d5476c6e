//! The profile: one's names, and the language of one's emails. `GET, POST /account/profile`.

mod page;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::SamplePage;

pub use page::ProfilePage;

const PATH: &str = "/account/profile";

/// The feature.
pub const FEATURE: Feature = Feature { pages: &[SamplePage::of::<ProfilePage>()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource(PATH)
            .route(web::get().to(view::show))
            .route(web::head().to(view::show))
            .route(web::post().to(view::submit)),
    );
}
