//! The token pair, as the API returns it.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::app::App;
use crate::error::Error;
use crate::sessions::Current;

#[derive(Serialize)]
struct Pair<'a> {
    access: &'a str,
    refresh: &'a str,
}

/// `200 {access, refresh}`: the same tokens that a browser gets in cookies.
pub(super) async fn answer(app: &App, current: &Current) -> Result<HttpResponse, Error> {
    let tokens = app.tokens.issue(current).await?;
    Ok(HttpResponse::Ok().json(Pair { access: &tokens.access, refresh: &tokens.refresh }))
}
