//! `POST /api/token/blacklist/`: a program's logout.

use actix_web::{HttpResponse, web};

use super::refresh::{Refresh, not_valid};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::Json;
use crate::sessions::{EndReason, RefreshToken};

/// Ends the session of a refresh token. A second time it is not valid, as every token of an ended
/// session.
pub(super) async fn blacklist(
    app: web::Data<App>,
    context: RequestContext,
    Json(sent): Json<Refresh>,
) -> Result<HttpResponse, Error> {
    let token = RefreshToken::parse(&sent.refresh);
    match app.sessions.sign_out(token, EndReason::LoggedOut, context).await? {
        true => Ok(HttpResponse::Ok().json(serde_json::json!({}))),
        false => Err(not_valid()),
    }
}
