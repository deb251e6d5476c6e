//! The current user, read from the session's row without a renewal.

use diesel::QueryResult;

use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;
use crate::sessions::{RefreshKey, RefreshToken, Session, SessionId};
use crate::users::User;

/// The current user: an account and the session that it is logged in with.
#[derive(Debug, Clone)]
pub struct Current {
    pub user: User,
    pub session: Session,
    /// The time at which this was read; decisions and tokens use it.
    pub at: Timestamp,
}

impl Current {
    /// The user of the session that `token` names, if the session is active.
    ///
    /// A token that was rotated long ago is not accepted here. Only a renewal treats it as reuse,
    /// so that the decision is made in one place.
    pub fn load(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        limits: SessionLimits,
        clock: &Clock,
    ) -> QueryResult<Option<Self>> {
        let Some((session, user)) = Session::with_user(conn, token.session)? else { return Ok(None) };
        let now = clock.read(conn)?;
        let is_here = key.is_valid(token, &session)
            && session.accepts(token.generation, limits.grace, now)
            && !session.is_expired_or_revoked(now)
            && user.may_be_logged_in(limits.verified_only);
        Ok(is_here.then_some(Self { user, session, at: now }))
    }

    /// Whether the session goes on, and the account is active and has the password that `checked`
    /// has. Call it after [`User::lock_row`], before something that needed the password.
    pub fn goes_on(
        conn: &mut AnyConnection,
        session: SessionId,
        checked: &User,
        now: Timestamp,
    ) -> QueryResult<bool> {
        let session = Session::by_id(conn, session)?;
        let goes_on = session.is_some_and(|session| !session.is_expired_or_revoked(now));
        let is_as_checked = |user: User| user.is_active && user.password_hash == checked.password_hash;
        Ok(goes_on && User::by_id(conn, checked.id)?.is_some_and(is_as_checked))
    }
}
