//! Renewal: a refresh token goes in, its successor comes out.
//!
//! Fifty tabs may renew at the same moment. One guarded `UPDATE` decides who moves the session on; the others
//! find that their token is the one just replaced, and receive the same successor, so that it does not matter
//! whose answer reaches the browser last. Within the grace after that, the successor itself is handed out again and
//! not replaced. A token older than that is in two hands: the session ends (RFC 9700, 4.14.2).

use diesel::QueryResult;

use super::{Current, Ended, RefreshKey, RefreshToken, Session};
use crate::audit::{Client, Entry, Event};
use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::db::AnyConnection;

/// What came of a renewal.
#[derive(Debug)]
#[must_use]
pub enum Renewal {
    /// Still logged in; the session's current generation is the token to hand out.
    Renewed(Box<Current>),
    /// The token proves nothing, or its session is over.
    Over,
    /// The account may not log in any more.
    Inactive,
    /// A token came that was replaced long ago: whoever holds the session now is logged out, once.
    Reused,
}

/// How many requests within the grace of one generation are written down: those of a browser with fifty tabs.
const MOST_NOTED: i64 = 50;

impl Session {
    /// Judges `token`, moves its session on, and re-checks what a login checks.
    ///
    /// A token that proves nothing writes nothing, and takes no lock. What comes after is one transaction, so that the
    /// trail tells of each outcome; a refusal is a value and no error, so the end of a reused session stays. In it, the
    /// session is locked and the time is asked for, in this order: whoever had to wait decides by the time that it is then.
    pub fn renew(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        client: &Client,
        limits: SessionLimits,
        clock: &Clock,
    ) -> QueryResult<Renewal> {
        let Some((session, user)) = Self::with_user(conn, token.session)? else {
            return Ok(Renewal::Over);
        };
        if !key.made(token, &session) || session.revoked_at.is_some() {
            return Ok(Renewal::Over);
        }
        conn.write(|conn| {
            let Some((session, now)) = Self::lock(conn, session.id, clock)? else {
                return Ok(Renewal::Over);
            };
            // Once more: its owner may have given the password in between.
            if !key.made(token, &session) || session.is_over(now) {
                return Ok(Renewal::Over);
            }
            let id = session.id;
            let note = |conn: &mut _, event| {
                let entry = Entry::new(event, client, now).user(user.id.uuid());
                entry.session(id.uuid()).record(conn)
            };
            let renewed =
                |session| Renewal::Renewed(Box::new(Current { user: user.clone(), session, at: now }));
            if !user.is_active {
                note(conn, Event::RenewalRefused)?;
                return Ok(Renewal::Inactive);
            }
            if let Some(session) = session.clone().advance(conn, token.generation, client, limits, now)? {
                note(conn, Event::Renewal)?;
                return Ok(renewed(session));
            }
            // The session did not move on: the token is its current one from a moment ago, or was just replaced,
            // or is a copy.
            if session.accepts(token.generation, limits.grace, now) {
                // Anybody with a login can ask as often as they like; the trail has an end for that.
                let (user, since) = (user.id.uuid(), session.rotated_at);
                if Entry::count_of(conn, Event::RenewalGrace, (user, id.uuid()), since, MOST_NOTED)?
                    < MOST_NOTED
                {
                    note(conn, Event::RenewalGrace)?;
                }
                return Ok(renewed(session));
            }
            if token.generation < session.generation {
                // Of several copies at the same moment one ends it; to the others it is over.
                if !Self::end(conn, id, Ended::RefreshReuse, now)? {
                    return Ok(Renewal::Over);
                }
                note(conn, Event::RefreshReuse)?;
                return Ok(Renewal::Reused);
            }
            // A generation that we have not reached: the database was restored from an older copy.
            Ok(Renewal::Over)
        })
    }
}
