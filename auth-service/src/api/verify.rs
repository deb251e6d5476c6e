//! `POST /api/token/verify/`: checks whether a token is valid now.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use shared_claims::Verifier;

use super::refresh::not_valid;
use crate::app::App;
use crate::error::Error;
use crate::forms::{Document, Json};
use crate::sessions::{RefreshToken, Session, SessionId};
use crate::users::User;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    token: String,
}

impl Document for Sent {
    const SHAPE: &'static str = "Please send an object with the string token.";
}

/// Takes either kind of token, as simplejwt does. Who asks here learns more than by verifying
/// alone: a token of a session that has ended is good no more.
pub(super) async fn verify(app: web::Data<App>, Json(sent): Json<Sent>) -> Result<HttpResponse, Error> {
    let is_good = match RefreshToken::parse(&sent.token) {
        Some(token) => app.sessions.current(Some(token)).await?.is_some(),
        None => is_good_access_token(&app, &sent.token).await?,
    };
    if is_good { Ok(HttpResponse::Ok().json(serde_json::json!({}))) } else { Err(not_valid()) }
}

async fn is_good_access_token(app: &App, token: &str) -> Result<bool, Error> {
    let keys = app.keyring.current().await?;
    let verifier = Verifier::new(app.config.auth_url.origin(), app.config.cookie_domain.as_str());
    let claims = match verifier.verify_at(token, keys.verifying(), app.clock.estimate().unix_seconds()) {
        Ok(claims) => claims,
        Err(cause) => {
            tracing::debug!(%cause, "an access token was refused");
            return Ok(false);
        }
    };
    let (session, clock) = (SessionId::from(claims.sid), app.clock.clone());
    let found = app.db.query(move |conn| Ok((Session::with_user(conn, session)?, clock.read(conn)?))).await?;
    let (found, now) = found;
    let verified_only = app.config.session_limits.verified_only;
    let is_good = |(session, user): (Session, User)| {
        !session.is_expired_or_revoked(now) && user.may_be_logged_in(verified_only)
    };
    Ok(found.is_some_and(is_good))
}
