//! Where a session begins: the one place.

use diesel::QueryResult;

use super::{Ended, RefreshKey, RefreshToken, Session, User};
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// What came of beginning a session.
#[derive(Debug)]
#[must_use]
pub enum SignedIn {
    Yes(Session),
    /// The account was deactivated, or its password changed, since the password was checked.
    TooLate,
}

impl Session {
    /// Begins a session for `user`, whose password was just found right, and ends the one that this browser
    /// held before, whoever's it was: nobody acts in a session that they believe to have left (ASVS 7.2.4).
    pub fn sign_in(
        conn: &mut AnyConnection,
        user: &User,
        before: Option<&RefreshToken>,
        key: &RefreshKey,
        limits: SessionLimits,
        now: Timestamp,
    ) -> QueryResult<SignedIn> {
        conn.write(|conn| {
            if !User::note_login(conn, user.id, &user.password_hash, now)? {
                return Ok(SignedIn::TooLate);
            }
            if let Some(before) = before {
                Self::sign_out(conn, before, key, Ended::Replaced, now)?;
            }
            Self::begin(conn, user.id, "pwd", limits, now).map(SignedIn::Yes)
        })
    }

    /// Ends the session that `token` names, if we made that token. Any generation will do: somebody who logs
    /// out with a token from a moment ago means it.
    pub fn sign_out(
        conn: &mut AnyConnection,
        token: &RefreshToken,
        key: &RefreshKey,
        why: Ended,
        now: Timestamp,
    ) -> QueryResult<bool> {
        match Self::by_id(conn, token.session)? {
            Some(session) if key.made(token, &session) => Self::end(conn, session.id, why, now),
            _ => Ok(false),
        }
    }
}
