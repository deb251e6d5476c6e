//! The session service: reads, renews and revokes sessions.

use super::current::Current;
use super::end_reason::EndReason;
use super::refresh_token::{RefreshKey, RefreshToken};
use super::renew::Renewal;
use super::session::Session;
use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::db::Database;
use crate::error::Error;
use crate::users::Email;

/// The session operations that pages and API share.
#[derive(Clone)]
pub struct Sessions {
    pub db: Database,
    pub refresh_key: RefreshKey,
    pub limits: SessionLimits,
    pub clock: Clock,
}

impl Sessions {
    /// The user and the session that `token` names, without a renewal.
    pub async fn current(&self, token: Option<RefreshToken>) -> Result<Option<Current>, Error> {
        let Some(token) = token else { return Ok(None) };
        let (key, limits, clock) = (self.refresh_key.clone(), self.limits, self.clock.clone());
        Ok(self.db.query(move |conn| Current::load(conn, &key, &token, limits, &clock)).await?)
    }

    /// Whether `token` is a login of the account with this address. It is, if another tab or the
    /// first of two presses of a button was faster.
    pub async fn is_of(&self, token: Option<RefreshToken>, address: &str) -> Result<bool, Error> {
        let Ok(email) = Email::parse(address) else { return Ok(false) };
        Ok(self.current(token).await?.is_some_and(|current| current.user.email == email))
    }

    /// Renews the session that `token` names. All refusals look the same here; the audit trail has
    /// the reasons.
    pub async fn renew(
        &self,
        token: Option<RefreshToken>,
        context: RequestContext,
    ) -> Result<Option<Box<Current>>, Error> {
        let Some(token) = token else { return Ok(None) };
        let (key, limits) = (self.refresh_key.clone(), self.limits);
        let renew = move |conn: &mut _| Session::renew(conn, &key, &token, &context, limits);
        Ok(match self.db.query_on_writer(renew).await? {
            Renewal::Renewed(current) => Some(current),
            Renewal::Over | Renewal::Inactive | Renewal::Reused => None,
        })
    }

    /// Revokes the session that `token` names. Returns whether it was active.
    pub async fn sign_out(
        &self,
        token: Option<RefreshToken>,
        why: EndReason,
        context: RequestContext,
    ) -> Result<bool, Error> {
        let Some(token) = token else { return Ok(false) };
        let key = self.refresh_key.clone();
        let sign_out = move |conn: &mut _| Session::sign_out(conn, &token, &key, why, &context);
        Ok(self.db.query_on_writer(sign_out).await?)
    }
}
