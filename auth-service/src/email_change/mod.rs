//! Change of an account's address: `GET, POST /account/email` asks for it, a letter to the new
//! address confirms it, and a letter to the old one undoes it for a week.

mod ask;
mod confirm;
mod confirm_view;
mod form;
mod letters;
mod page;
mod undo;
mod undo_view;
mod view;

use std::time::Duration;

use actix_web::web;

use crate::feature::Feature;
use crate::pages::{SampleLetter, SamplePage};
use crate::proofs::Purpose;

pub use letters::{ChangedNotice, ConfirmLetter, TakenLetter};
pub use page::{CodePage, EmailPage, LinkPage, TooOldPage};

const PATH: &str = "/account/email";
const CONFIRM: &str = "/account/email/confirm";
const UNDO: &str = "/account/email/undo";

/// A link to the new address works for a day.
const CHANGE: Purpose = Purpose { name: "change_email", link_life: Duration::from_secs(24 * 3600) };

/// A link to the old address works for a week, and whatever happens to the account meanwhile:
/// whoever took the account over would close it first.
const UNDO_CHANGE: Purpose =
    Purpose { name: "undo_change_email", link_life: Duration::from_secs(7 * 24 * 3600) };

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[
        SamplePage::of::<EmailPage>(),
        SamplePage::of::<CodePage>(),
        SamplePage::of::<LinkPage>(),
        SamplePage::of::<TooOldPage>(),
    ],
    letters: &[
        SampleLetter::of::<ConfirmLetter>(),
        SampleLetter::of::<TakenLetter>(),
        SampleLetter::of::<ChangedNotice>(),
    ],
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
        .service(
            web::resource(CONFIRM)
                .route(web::get().to(confirm_view::show))
                .route(web::head().to(confirm_view::show))
                .route(web::post().to(confirm_view::submit)),
        )
        .service(
            web::resource(UNDO)
                .route(web::get().to(undo_view::show))
                .route(web::head().to(undo_view::show))
                .route(web::post().to(undo_view::submit)),
        );
}
