//! Renewal: a refresh token goes in, its successor comes out.
//!
//! Fifty tabs may renew at the same moment. One guarded `UPDATE` decides who moves the session on; the others
//! find that their token is the one just replaced, and receive the same successor, so that it does not matter
//! whose answer reaches the browser last. Within the grace after that, the successor itself is handed out again and
//! not replaced. A token older than that is in two hands: the session ends (RFC 9700, 4.14.2).

use std::time::Duration;

use diesel::QueryResult;

use super::{Ended, RefreshKey, RefreshToken, Session, SessionId, User};
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// What came of a renewal.
#[derive(Debug)]
#[must_use]
pub enum Renewal {
    /// Still logged in; the session's current generation is the token to hand out.
    Renewed { user: Box<User>, session: Session },
    /// The token proves nothing, or its session is over.
    Over,
    /// The account may not log in any more.
    Inactive(SessionId),
    /// A token came that was replaced long ago: whoever holds the session now is logged out, once.
    Reused(SessionId),
}

impl Session {
    /// Judges `token`, moves its session on, and re-checks what a login checks.
    ///
    /// Not one transaction on purpose: each step is one statement whose row count decides, and the end of a
    /// reused session must stay though the request is refused.
    pub fn renew(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        limits: SessionLimits,
        now: Timestamp,
    ) -> QueryResult<Renewal> {
        let Some((mut session, user)) = Self::with_user(conn, token.session)? else {
            return Ok(Renewal::Over);
        };
        if !key.made(token, &session) || session.is_over(now) {
            return Ok(Renewal::Over);
        }
        if !user.is_active {
            return Ok(Renewal::Inactive(session.id));
        }
        let user = Box::new(user);
        if Self::advance(conn, session.id, token.generation, limits, now)? {
            session.generation = token.generation + 1;
            session.rotated_at = now;
            session.idle_until = now + limits.idle;
            return Ok(Renewal::Renewed { user, session });
        }
        let Some(session) = Self::by_id(conn, session.id)? else { return Ok(Renewal::Over) };
        Self::judge_late(conn, session, user, token.generation, limits.grace, now)
    }

    /// The session did not move on: the token is its current one from a moment ago, or was just replaced, or is a copy.
    fn judge_late(
        conn: &mut AnyConnection,
        session: Self,
        user: Box<User>,
        generation: i64,
        grace: Duration,
        now: Timestamp,
    ) -> QueryResult<Renewal> {
        if session.is_over(now) {
            return Ok(Renewal::Over);
        }
        if session.accepts(generation, grace, now) {
            return Ok(Renewal::Renewed { user, session });
        }
        if generation < session.generation {
            Self::end(conn, session.id, Ended::RefreshReuse, now)?;
            return Ok(Renewal::Reused(session.id));
        }
        // A generation that we have not reached: the database was restored from an older copy.
        Ok(Renewal::Over)
    }
}
