//! Revocation of sessions, with an event in the audit trail: the one place.

use diesel::QueryResult;

use super::end_reason::EndReason;
use super::refresh_token::{RefreshKey, RefreshToken};
use super::session::Session;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::users::User;

impl Session {
    /// Ends the session that `token` names, if we made that token. Any generation will do: somebody
    /// who logs out with a token from a moment ago means it.
    pub fn sign_out(
        conn: &mut AnyConnection,
        token: &RefreshToken,
        key: &RefreshKey,
        why: EndReason,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        conn.write(|conn| Self::sign_out_in(conn, token, key, why, context))
    }

    /// [`Session::sign_out`] within the caller's transaction.
    pub fn sign_out_in(
        conn: &mut AnyConnection,
        token: &RefreshToken,
        key: &RefreshKey,
        why: EndReason,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        // Asked before it is locked: a forged token holds nobody up.
        if !Self::by_id(conn, token.session)?.is_some_and(|session| key.is_valid(token, &session)) {
            return Ok(false);
        }
        match Self::lock(conn, token.session, context)? {
            Some((session, context)) if key.is_valid(token, &session) => {
                session.end_and_audit(conn, why, &context)
            }
            _ => Ok(false),
        }
    }

    /// Ends the sessions of the same user that `which` picks, and returns their number. Ends none
    /// when this session itself is over by now: somebody who was just logged out everywhere ends
    /// nothing more.
    pub fn end_where(
        &self,
        conn: &mut AnyConnection,
        which: impl Fn(&Self) -> bool,
        why: EndReason,
        context: &RequestContext,
    ) -> QueryResult<usize> {
        conn.write(|conn| {
            // Of two that end each other at the same moment, the second finds itself ended.
            User::lock_row(conn, self.user_id)?;
            let context = context.read_time(conn)?;
            let alive = Self::active_for_user(conn, self.user_id, context.now())?;
            if !alive.iter().any(|session| session.id == self.id) {
                return Ok(0);
            }
            let mut ended = 0;
            for session in alive.iter().filter(|session| which(session)) {
                ended += usize::from(session.end_and_audit(conn, why, &context)?);
            }
            Ok(ended)
        })
    }

    /// Ends this session and writes it down, within the caller's transaction. `false` when it was
    /// over before.
    pub fn end_and_audit(
        &self,
        conn: &mut AnyConnection,
        why: EndReason,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        let now = context.now();
        if self.is_expired_or_revoked(now) || !Self::end(conn, self.id, why, now)? {
            return Ok(false);
        }
        let event = if why == EndReason::LoggedOut { EventKind::Logout } else { EventKind::SessionEnded };
        let entry = AuditEvent::new(event, context).user(self.user_id.uuid()).session(self.id.uuid());
        entry.reason(why).record(conn)?;
        Ok(true)
    }
}
