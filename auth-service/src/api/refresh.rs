//! `POST /api/token/refresh/`: a refresh token for its successor and a new access token.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::pair;
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{Document, Json};
use crate::i18n::Message;
use crate::sessions::RefreshToken;

/// A refresh token, as three of the addresses take it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    pub refresh: String,
}

impl Document for Refresh {
    const SHAPE: &'static str = "Please send an object with the string refresh.";
}

/// As a browser's renewal: within the grace the same token yields the same successor, and a token
/// that was replaced long before ends its session.
pub(super) async fn refresh(
    app: web::Data<App>,
    context: RequestContext,
    Json(sent): Json<Refresh>,
) -> Result<HttpResponse, Error> {
    match app.sessions.renew(RefreshToken::parse(&sent.refresh), context).await? {
        Some(current) => pair::answer(&app, &current).await,
        None => Err(not_valid()),
    }
}

/// The one answer for every token that is good for nothing; the log knows why.
pub(super) fn not_valid() -> Error {
    Error::refuse(
        StatusCode::UNAUTHORIZED,
        Message::verbatim("This token is not valid, or not any more. Log in again."),
    )
    .code("token_not_valid")
}
