//! The password, asked for again before something delicate.

use diesel::QueryResult;

use super::{Current, Session, UserId};
use crate::audit::{Client, Entry, Event};
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// What came of asking for the password again.
#[derive(Debug)]
#[must_use]
pub enum Proven {
    /// The session, in which that is written down.
    Yes(Box<Current>),
    No,
    /// The session ended while the password was checked.
    TooLate,
}

impl Session {
    /// Notes that the owner gave the right password: from now on the session's tokens say so. The refresh token is
    /// replaced by it too (ASVS 7.2.4), unless that happened a moment ago.
    pub fn proven(
        conn: &mut AnyConnection,
        current: Current,
        client: &Client,
        limits: SessionLimits,
        now: Timestamp,
    ) -> QueryResult<Proven> {
        conn.write(|conn| {
            let (id, generation) = (current.session.id, current.session.generation);
            if !Self::prove(conn, id, now)? {
                return Ok(Proven::TooLate);
            }
            let entry = Entry::new(Event::PasswordProven, client, now).user(current.user.id.uuid());
            // Whoever moved it on in between: what the row holds now is what counts.
            let _ = current.session.advance(conn, generation, client, limits, now)?;
            let Some(session) = Self::by_id(conn, id)? else { return Ok(Proven::TooLate) };
            entry.session(id.uuid()).record(conn)?;
            Ok(Proven::Yes(Box::new(Current { user: current.user, session })))
        })
    }

    /// Notes that somebody in this session gave a wrong one.
    pub fn not_proven(
        &self,
        conn: &mut AnyConnection,
        user: UserId,
        client: &Client,
        now: Timestamp,
    ) -> QueryResult<()> {
        let entry = Entry::new(Event::PasswordRefused, client, now).user(user.uuid());
        entry.session(self.id.uuid()).record(conn)
    }
}
