//! The password, asked for again before something delicate.

use diesel::QueryResult;

use crate::audit::{Entry, Event, RequestContext};
use crate::clock::Clock;
use crate::db::AnyConnection;
use crate::sessions::{Current, Session};
use crate::users::{User, UserId};

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
    /// Notes that the owner gave the right password: from now on the session's tokens say so, and every refresh token
    /// from before is void (ASVS 7.2.4). Another tab that is under way at this moment finds the new one in its browser.
    pub fn proven(
        conn: &mut AnyConnection,
        current: Current,
        context: &RequestContext,
        clock: &Clock,
    ) -> QueryResult<Proven> {
        conn.write(|conn| {
            let id = current.session.id;
            let Some((_, now)) = Self::lock(conn, id, clock)? else { return Ok(Proven::TooLate) };
            current.session.prove(conn, context, now)?;
            let alive = Self::by_id(conn, id)?.filter(|session| !session.is_over(now));
            // As they are by now: checking the password took a while.
            let (Some(session), Some(user)) = (alive, User::by_id(conn, current.user.id)?) else {
                return Ok(Proven::TooLate);
            };
            let entry = Entry::new(Event::PasswordProven, context, now).user(user.id.uuid());
            entry.session(id.uuid()).record(conn)?;
            Ok(Proven::Yes(Box::new(Current { user, session, at: now })))
        })
    }

    /// Notes that somebody in this session gave a wrong one.
    pub fn not_proven(
        &self,
        conn: &mut AnyConnection,
        user: UserId,
        context: &RequestContext,
        clock: &Clock,
    ) -> QueryResult<()> {
        let entry = Entry::new(Event::PasswordRefused, context, clock.read(conn)?).user(user.uuid());
        entry.session(self.id.uuid()).record_or_count(conn)
    }
}
