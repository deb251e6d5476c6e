//! The sign-in service: an address and a password go in, a session comes out.

use super::attempt::Attempt;
use super::reauthenticate::Proven;
use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::db::Database;
use crate::error::Error;
use crate::passwords::{AccountMarks, Checked, DummyHashes, HashPool, Password, Requester};
use crate::sessions::{Amr, AuthMethod, Current, RefreshKey, RefreshToken, Session};
use crate::users::Email;

/// What a login needs.
#[derive(Clone)]
pub struct SignIn {
    pub db: Database,
    pub hashers: HashPool,
    pub dummy_hashes: DummyHashes,
    /// What browsers keep of the accounts that were logged in in them.
    pub marks: AccountMarks,
    pub refresh_key: RefreshKey,
    pub limits: SessionLimits,
    pub clock: Clock,
}

/// What somebody enters.
#[derive(Clone)]
pub struct Credentials {
    pub email: Email,
    pub password: Password,
}

/// The browser that somebody logs in with.
#[derive(Default)]
pub struct Before {
    /// Names the session that ends when another begins.
    pub token: Option<RefreshToken>,
    /// Of the accounts that were logged in in it.
    pub marks: Vec<String>,
}

impl SignIn {
    /// Logs in, and ends the session that the browser held before.
    pub async fn attempt(
        &self,
        credentials: Credentials,
        before: Before,
        context: RequestContext,
    ) -> Result<Attempt, Error> {
        let mark = self.marks.find(&credentials.email, &before.marks);
        let requester = Requester::stranger(&context).known_as(mark);
        let user = match self.authenticate(credentials, requester, &context).await? {
            Ok(user) => user,
            Err(rejection) => return Ok(rejection.into()),
        };
        let proofs = Amr::from([AuthMethod::Password]);
        let (key, limits, clock) = (self.refresh_key.clone(), self.limits, self.clock.clone());
        let sign_in = move |conn: &mut _| {
            let before = before.token.as_ref().map(|token| (token, &key));
            Session::sign_in(conn, &user, &proofs, before, &context, limits, &clock)
        };
        Ok(self.db.query(sign_in).await?)
    }

    /// Checks the password of somebody who is logged in, before something delicate: whose browser is known, therefore.
    pub async fn reauthenticate(
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
}
