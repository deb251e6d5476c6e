//! A mailbox for development: the letters in the folder of `SMTP_URL=file:<folder>`. `GET
//! /dev/mail`. Elsewhere there is no such page.

mod page;
mod view;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::SamplePage;

pub use page::{MailboxPage, StoredLetterPage};

const PATH: &str = "/dev/mail";

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<MailboxPage>(), SamplePage::of::<StoredLetterPage>()],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(web::resource(PATH).route(web::get().to(view::list)))
        .service(web::resource("/dev/mail/{id}").route(web::get().to(view::letter)))
        .service(web::resource("/dev/mail/{id}/html").route(web::get().to(view::html)));
}
