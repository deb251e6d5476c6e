//! Logins that begin, go on and end: what the pages and the API have in common.

use actix_web::HttpRequest;

use super::App;
use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::error::Error;
use crate::http::cookie_header::refresh_cookie;
use crate::passwords::{Checked, Password, Requester};
use crate::sessions::{Amr, AuthMethod, Current, EndReason, RefreshKey, RefreshToken, Renewal, Session};
use crate::sign_in::{Attempt, Proven, authenticate};
use crate::users::Email;

impl App {
    /// The refresh token that came with the request: a claim, not yet proof.
    pub fn refresh_token(request: &HttpRequest) -> Option<RefreshToken> {
        RefreshToken::parse(&refresh_cookie(request)?)
    }

    /// Who is logged in in this browser. Renews nothing.
    pub async fn current(&self, request: &HttpRequest) -> Result<Option<Current>, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(None) };
        let (key, limits, clock) = self.renewing();
        Ok(self.db.query(move |conn| Current::load(conn, &key, &token, limits, &clock)).await?)
    }

    /// Logs in with an address and a password, and ends the session that `before` names. `marks` are those that the browser holds.
    pub async fn log_in(
        &self,
        credentials: (Email, Password),
        before: Option<RefreshToken>,
        context: RequestContext,
        marks: &[String],
    ) -> Result<Attempt, Error> {
        let requester = Requester::stranger(&context).known_as(self.marks.find(&credentials.0, marks));
        let who = (&context, requester);
        let user = match authenticate(&self.db, &self.hashers, credentials, who, &self.clock).await? {
            Ok(user) => user,
            Err(rejection) => return Ok(rejection.into()),
        };
        let proofs = Amr::from([AuthMethod::Password]);
        let (key, limits, clock) = self.renewing();
        let sign_in = move |conn: &mut _| {
            let before = before.as_ref().map(|token| (token, &key));
            Session::sign_in(conn, &user, &proofs, before, &context, limits, &clock)
        };
        Ok(self.db.query(sign_in).await?)
    }

    /// Checks the password of somebody who is logged in, before something delicate: whose browser is known, therefore.
    pub async fn prove(
        &self,
        current: &Current,
        password: Password,
        context: RequestContext,
    ) -> Result<Proven, Error> {
        let mark = self.marks.of(&current.user.email);
        let requester = Requester::stranger(&context).known_as(Some(mark));
        let checked = self.hashers.check(current.user.password_hash.clone(), password, requester).await?;
        let (current, clock) = (current.clone(), self.clock.clone());
        Ok(self
            .db
            .query(move |conn| match checked {
                Checked::Right => Session::proven(conn, current, &context, &clock),
                Checked::Wrong | Checked::Unusable | Checked::Corrupt | Checked::TooCostly => {
                    current.session.not_proven(conn, current.user.id, &context, &clock)?;
                    Ok(Proven::No)
                }
            })
            .await?)
    }

    /// What judges a refresh token.
    pub fn renewing(&self) -> (RefreshKey, SessionLimits, Clock) {
        (self.refresh_key.clone(), self.config.session_limits, self.clock.clone())
    }

    /// Renews the login that `token` names. Refusals look alike here; the trail tells them apart.
    pub async fn renew(
        &self,
        token: Option<RefreshToken>,
        context: RequestContext,
    ) -> Result<Option<Box<Current>>, Error> {
        let Some(token) = token else { return Ok(None) };
        let (key, limits, clock) = self.renewing();
        let renew = move |conn: &mut _| Session::renew(conn, &key, &token, &context, limits, &clock);
        Ok(match self.db.query(renew).await? {
            Renewal::Renewed(current) => Some(current),
            Renewal::Over | Renewal::Inactive | Renewal::Reused => None,
        })
    }

    /// Ends the session that `token` names. Whether it named a live one.
    pub async fn sign_out(
        &self,
        token: Option<RefreshToken>,
        why: EndReason,
        context: RequestContext,
    ) -> Result<bool, Error> {
        let Some(token) = token else { return Ok(false) };
        let (key, clock) = (self.refresh_key.clone(), self.clock.clone());
        let sign_out = move |conn: &mut _| Session::sign_out(conn, &token, &key, why, &context, &clock);
        Ok(self.db.query(sign_out).await?)
    }
}
