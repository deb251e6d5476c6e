//! `GET /login/too-long`: the page for an address that is too long to be carried along.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::app::App;
use crate::error::Error;
use crate::pages::{Layout, Page};

/// `templates/login/too_long.html`.
#[derive(Debug, Serialize)]
pub struct TooLongPage {}

impl Page for TooLongPage {
    const TEMPLATE: &'static str = "login/too_long.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

pub(super) async fn show(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let shell = Layout::bare(&request).naming(app.visitor(&request).await);
    app.pages.answer(StatusCode::OK, &shell, &TooLongPage {})
}
