//! Reauthentication: requires the password again before a sensitive action.

use diesel::QueryResult;

use super::attempt::{Attempt, Rejection};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::sessions::{Current, Session};
use crate::users::{User, UserId};

impl Session {
    /// Records that the owner gave the correct password. The session's tokens then say so, and
    /// every earlier refresh token is invalid (ASVS 7.2.4). A concurrent request of another tab
    /// finds the new token in the browser.
    pub fn reauthenticate(
        conn: &mut AnyConnection,
        current: Current,
        context: &RequestContext,
    ) -> QueryResult<Attempt> {
        let too_late = || Ok(Attempt::Rejected(Rejection::SessionEnded));
        conn.write(|conn| {
            let id = current.session.id;
            let Some((_, context)) = Self::lock(conn, id, context)? else { return too_late() };
            current.session.record_reauthentication(conn, &context)?;
            let alive =
                Self::by_id(conn, id)?.filter(|session| !session.is_expired_or_revoked(context.now()));
            // Read both again, because the password check took a while.
            let (Some(session), Some(user)) = (alive, User::by_id(conn, current.user.id)?) else {
                return too_late();
            };
            let entry = AuditEvent::new(EventKind::Reauthenticated, &context).user(user.id.uuid());
            entry.session(id.uuid()).record(conn)?;
            Ok(Attempt::SignedIn(Box::new(Current { user, session, at: context.now() })))
        })
    }

    /// Records that a wrong password was given in this session.
    pub fn reauthentication_failed(
        &self,
        conn: &mut AnyConnection,
        user: UserId,
        context: &RequestContext,
    ) -> QueryResult<()> {
        let entry =
            AuditEvent::new(EventKind::ReauthenticationRejected, &context.read_time(conn)?).user(user.uuid());
        entry.session(self.id.uuid()).record_or_count(conn)
    }
}
