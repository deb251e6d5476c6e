//! The only module that revokes sessions together with an audit event.

use diesel::QueryResult;

use super::end_reason::EndReason;
use super::refresh_token::{RefreshKey, RefreshToken};
use super::session::Session;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::users::User;

impl Session {
    /// Revokes the session that `token` names, if we issued the token. Any generation is accepted,
    /// because a logout with a slightly older token is still meant.
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
        // Verify before locking, so that forged tokens block no one.
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

    /// Revokes the sessions of the same user that `which` selects, and returns their number.
    /// Revokes none if this session itself is over by now: a browser that was just logged out must
    /// not revoke others.
    pub fn end_where(
        &self,
        conn: &mut AnyConnection,
        which: impl Fn(&Self) -> bool,
        why: EndReason,
        context: &RequestContext,
    ) -> QueryResult<usize> {
        conn.write(|conn| {
            // If two sessions revoke each other at the same moment, the second finds itself
            // revoked.
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

    /// Revokes this session and records the event, within the caller's transaction. `false` if it
    /// was over before.
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
