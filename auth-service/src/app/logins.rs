//! Logins that begin, go on and end: what the pages and the API have in common.

use actix_web::HttpRequest;

use super::App;
use crate::accounts::{Current, Ended, RefreshToken, Renewal, Session, User};
use crate::error::Error;
use crate::web::cookie_guard::refresh_cookie;

impl App {
    /// The refresh token that came with the request: a claim, not yet proof.
    pub fn refresh_token(request: &HttpRequest) -> Option<RefreshToken> {
        RefreshToken::parse(&refresh_cookie(request)?)
    }

    /// Who is logged in in this browser. Renews nothing.
    pub async fn current(&self, request: &HttpRequest) -> Result<Option<Current>, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(None) };
        let (key, limits, now) = (self.refresh_key.clone(), self.config.session_limits, self.clock.now());
        Ok(self.db.query(move |conn| Current::load(conn, &key, &token, limits, now)).await?)
    }

    /// Renews the login of this browser, if it has one. Refusals look alike here; the log tells them apart.
    pub async fn renew(&self, request: &HttpRequest) -> Result<Option<(Box<User>, Session)>, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(None) };
        let (key, limits, now) = (self.refresh_key.clone(), self.config.session_limits, self.clock.now());
        let renewal = self.db.query(move |conn| Session::renew(conn, &key, &token, limits, now)).await?;
        match renewal {
            Renewal::Renewed { user, session } => return Ok(Some((user, session))),
            Renewal::Over => {}
            Renewal::Inactive(session) => {
                tracing::info!(event = "renewal_refused", %session, reason = "inactive")
            }
            Renewal::Reused(session) => {
                tracing::warn!(event = "refresh_reuse", %session, "a refresh token came twice; its session was ended");
            }
        }
        Ok(None)
    }

    /// Ends the session that this browser holds. Whether it held a live one.
    pub async fn sign_out(&self, request: &HttpRequest, why: Ended) -> Result<bool, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(false) };
        let (key, now, session) = (self.refresh_key.clone(), self.clock.now(), token.session);
        let sign_out = move |conn: &mut _| Session::sign_out(conn, &token, &key, why, now);
        let ended = self.db.query(sign_out).await?;
        if ended {
            tracing::info!(event = "logout", %session, ?why);
        }
        Ok(ended)
    }
}
