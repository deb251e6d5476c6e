//! The sign-in service: turns an address and a password into a session.

use super::attempt::{Attempt, Rejection};
use super::login_notice::LoginNotices;
use crate::audit::RequestContext;
use crate::config::SessionLimits;
use crate::db::Database;
use crate::error::Error;
use crate::passwords::{AccountMarks, DummyHashes, HashPool, Password, Requester};
use crate::sessions::{Amr, AuthMethod, Current, RefreshKey, RefreshToken, Session};
use crate::users::{Email, User};

/// The service that logs people in.
#[derive(Clone)]
pub struct SignIn {
    pub db: Database,
    pub hashers: HashPool,
    pub dummy_hashes: DummyHashes,
    /// Creates the marks that identify browsers with an earlier login.
    pub marks: AccountMarks,
    pub refresh_key: RefreshKey,
    pub limits: SessionLimits,
    pub notices: LoginNotices,
}

/// An address and a password, as entered.
#[derive(Clone)]
pub struct Credentials {
    pub email: Email,
    pub password: Password,
}

/// The state of the browser before the login.
#[derive(Default)]
pub struct Before {
    /// Names the session to revoke when a new one begins.
    pub token: Option<RefreshToken>,
    /// The marks of accounts that logged in here before.
    pub marks: Vec<String>,
}

impl SignIn {
    /// Logs in, and revokes the browser's previous session. Takes the same time whether or not the
    /// account exists.
    pub async fn attempt(
        &self,
        Credentials { email, password }: Credentials,
        before: Before,
        context: RequestContext,
    ) -> Result<Attempt, Error> {
        // `Attempt::Throttled` belongs here.
        let mark = self.marks.find(&email, &before.marks);
        let requester = Requester::unknown(&context).known_as(mark);
        // Run both queries whether or not the account exists.
        let dummies = self.dummy_hashes.clone();
        let find =
            move |conn: &mut _| Ok((User::by_email(conn, &email)?, dummies.for_address(conn, &email)?));
        let (user, dummy) = self.db.query(find).await?;
        let Some(user) = user else {
            self.hashers.verify_dummy(dummy, requester).await?;
            return self.reject(Rejection::NoSuchAccount, None, context).await;
        };
        let (user, verification) = self.verify(user, password, requester).await?;
        if let Some(rejection) = Rejection::of(verification, &user) {
            return self.reject(rejection, Some(user.id), context).await;
        }
        if !user.may_be_logged_in(self.limits.verified_only) {
            // Only the audit trail has this as a rejection.
            let _ = self.reject(Rejection::Unverified, Some(user.id), context).await?;
            return Ok(Attempt::Unverified(Box::new(user)));
        }
        // `Attempt::NeedsSecondFactor` belongs here.
        self.begin(user, before.token, mark.is_some(), context).await
    }

    /// Begins a session of `user`, who has given the account's password in this browser: when it
    /// made the account, or before it showed that the address is theirs. It is a login as any
    /// other.
    pub async fn first_login(
        &self,
        user: User,
        before: Option<RefreshToken>,
        context: RequestContext,
    ) -> Result<Attempt, Error> {
        self.begin(user, before, true, context).await
    }

    async fn begin(
        &self,
        user: User,
        before: Option<RefreshToken>,
        is_known_browser: bool,
        context: RequestContext,
    ) -> Result<Attempt, Error> {
        let proofs = Amr::from([AuthMethod::Password]);
        let (key, limits) = (self.refresh_key.clone(), self.limits);
        let notices = (!is_known_browser).then(|| self.notices.clone());
        let sign_in = move |conn: &mut _| {
            let before = before.as_ref().map(|token| (token, &key));
            Session::sign_in(conn, &user, &proofs, before, notices.as_ref(), &context, limits)
        };
        let attempt = self.db.query_on_writer(sign_in).await?;
        self.notices.postbox.ring();
        Ok(attempt)
    }

    /// Checks the password of a logged-in user before a sensitive action. The browser counts as
    /// known, because it is logged in.
    pub async fn reauthenticate(
        &self,
        current: &Current,
        password: Password,
        context: RequestContext,
    ) -> Result<Attempt, Error> {
        let mark = self.marks.of(&current.user.email);
        let requester = Requester::unknown(&context).known_as(Some(mark));
        let verification =
            self.hashers.check(current.user.password_hash.clone(), password, requester).await?;
        let (current, rejection) = (current.clone(), Rejection::of(verification, &current.user));
        let note = move |conn: &mut _| match rejection {
            None => Session::reauthenticate(conn, current, &context),
            Some(rejection) => {
                current.session.reauthentication_failed(conn, current.user.id, &context)?;
                Ok(Attempt::Rejected(rejection))
            }
        };
        Ok(self.db.query(note).await?)
    }
}
