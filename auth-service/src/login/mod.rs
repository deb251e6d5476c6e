//! Logging in, and renewing a login without noticing: `GET, POST /login`.

mod form;
mod view;

use actix_web::web;

pub use form::{LoginForm, LoginPage, Remarks};

pub fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource("/login")
            .route(web::get().to(view::show))
            .route(web::head().to(view::form_alone))
            .route(web::post().to(view::submit)),
    );
}
