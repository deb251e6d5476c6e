//! Making an account: `GET, POST /register`.

mod closed;
mod form;
mod view;

use actix_web::middleware::from_fn;
use actix_web::web;

pub use closed::ClosedPage;
pub use form::{RegisterPage, RegistrationForm};

pub fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource("/register")
            .route(web::get().to(view::show))
            .route(web::head().to(view::show))
            .route(web::post().to(view::submit))
            .wrap(from_fn(closed::require_form)),
    );
}
