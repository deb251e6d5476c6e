//! Where a session begins, and where its owner ends it: the one place for each.

use diesel::QueryResult;

use super::{Current, Ended, RefreshKey, RefreshToken, Session, User};
use crate::audit::{Client, Entry, Event};
use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// What came of beginning a session.
#[derive(Debug)]
#[must_use]
pub enum SignedIn {
    Yes(Box<Current>),
    /// The account was deactivated, or its password changed, since the password was checked.
    TooLate,
}

impl Session {
    /// Begins a session for `user`, whose password was just found right, and ends the one that this browser
    /// held before, whoever's it was: nobody acts in a session that they believe to have left (ASVS 7.2.4).
    pub fn sign_in(
        conn: &mut AnyConnection,
        user: &User,
        before: Option<(&RefreshToken, &RefreshKey)>,
        client: &Client,
        limits: SessionLimits,
        clock: &Clock,
    ) -> QueryResult<SignedIn> {
        conn.write(|conn| {
            // Logins of one person stand in a queue from here on.
            User::queue(conn, user.id)?;
            let now = clock.read(conn)?;
            if !User::note_login(conn, user.id, &user.password_hash, now)? {
                let reason = match User::by_id(conn, user.id)? {
                    Some(user) if !user.is_active => "inactive",
                    Some(_) => "wrong password",
                    None => "no such account",
                };
                let entry = Entry::new(Event::LoginRefused, client, now).user(user.id.uuid());
                entry.detail(reason).record(conn)?;
                return Ok(SignedIn::TooLate);
            }
            let mut now = now;
            if let Some((token, key)) = before {
                Self::leave(conn, token, key, Ended::Replaced, client, clock)?;
                // Another person's session, perhaps, for which this one waited.
                now = clock.read(conn)?;
            }
            let session = Self::begin(conn, user.id, "pwd", client, limits, now)?;
            for surplus in Self::alive_of(conn, user.id, now)?.into_iter().skip(limits.per_user) {
                surplus.end_noted(conn, Ended::TooMany, client, now)?;
            }
            let entry = Entry::new(Event::Login, client, now).user(user.id.uuid());
            entry.session(session.id.uuid()).record(conn)?;
            Ok(SignedIn::Yes(Box::new(Current { user: user.clone(), session, at: now })))
        })
    }

    /// Ends the session that `token` names, if we made that token. Any generation will do: somebody who logs
    /// out with a token from a moment ago means it.
    pub fn sign_out(
        conn: &mut AnyConnection,
        token: &RefreshToken,
        key: &RefreshKey,
        why: Ended,
        client: &Client,
        clock: &Clock,
    ) -> QueryResult<bool> {
        conn.write(|conn| Self::leave(conn, token, key, why, client, clock))
    }

    /// [`Session::sign_out`] within the caller's transaction.
    fn leave(
        conn: &mut AnyConnection,
        token: &RefreshToken,
        key: &RefreshKey,
        why: Ended,
        client: &Client,
        clock: &Clock,
    ) -> QueryResult<bool> {
        // Asked before it is locked: a forged token holds nobody up.
        if !Self::by_id(conn, token.session)?.is_some_and(|session| key.made(token, &session)) {
            return Ok(false);
        }
        match Self::lock(conn, token.session, clock)? {
            Some((session, now)) if key.made(token, &session) => session.end_noted(conn, why, client, now),
            _ => Ok(false),
        }
    }

    /// Ends those sessions of this one's owner that `which` picks; how many there were. None, when this one is over by
    /// now: who was just logged out everywhere ends nothing more.
    pub fn end_among_its_owners(
        &self,
        conn: &mut AnyConnection,
        which: impl Fn(&Self) -> bool,
        why: Ended,
        client: &Client,
        clock: &Clock,
    ) -> QueryResult<usize> {
        conn.write(|conn| {
            // Of two that end each other at the same moment, the second finds itself ended.
            User::queue(conn, self.user_id)?;
            let now = clock.read(conn)?;
            let alive = Self::alive_of(conn, self.user_id, now)?;
            if !alive.iter().any(|session| session.id == self.id) {
                return Ok(0);
            }
            let mut ended = 0;
            for session in alive.iter().filter(|session| which(session)) {
                ended += usize::from(session.end_noted(conn, why, client, now)?);
            }
            Ok(ended)
        })
    }

    /// Ends this session and writes it down, within the caller's transaction. `false` when it was over before.
    pub fn end_noted(
        &self,
        conn: &mut AnyConnection,
        why: Ended,
        client: &Client,
        now: Timestamp,
    ) -> QueryResult<bool> {
        if self.is_over(now) || !Self::end(conn, self.id, why, now)? {
            return Ok(false);
        }
        let event = if why == Ended::LoggedOut { Event::Logout } else { Event::SessionEnded };
        let entry = Entry::new(event, client, now).user(self.user_id.uuid()).session(self.id.uuid());
        entry.detail(why.as_str()).record(conn)?;
        Ok(true)
    }
}
