//! The only module that begins a session.

use diesel::QueryResult;

use super::attempt::{Attempt, Rejection};
use super::login_notice::LoginNotices;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::sessions::{Amr, Current, EndReason, RefreshKey, RefreshToken, Session};
use crate::users::User;

impl Session {
    /// Begins a session for `user`, who has just given the `proofs`. It revokes the session that
    /// this browser held before, of whichever user, so that an old login does not remain active
    /// (ASVS 7.2.4). With `notices`, the owner is told if the network is new too.
    ///
    /// Rejected if the account was deactivated or its password changed since the check.
    pub fn sign_in(
        conn: &mut AnyConnection,
        user: &User,
        proofs: &Amr,
        before: Option<(&RefreshToken, &RefreshKey)>,
        notices: Option<&LoginNotices>,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Attempt> {
        conn.write(|conn| {
            let attempt = Self::begin_for(conn, user, proofs, before, context, limits)?;
            if let (Attempt::SignedIn(current), Some(notices)) = (&attempt, notices) {
                notices.tell(conn, current, &context.at(current.at))?;
            }
            Ok(attempt)
        })
    }

    /// The session itself, within the caller's transaction.
    fn begin_for(
        conn: &mut AnyConnection,
        user: &User,
        proofs: &Amr,
        before: Option<(&RefreshToken, &RefreshKey)>,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Attempt> {
        // From here on, concurrent logins of one user wait for each other.
        User::lock_row(conn, user.id)?;
        let context = context.read_time(conn)?;
        let is_still_right = User::record_login(conn, user.id, &user.password_hash, context.now())?;
        // Read the account again, because rights that were revoked during the password check
        // must not get into a token.
        let user = match User::by_id(conn, user.id)? {
            Some(as_they_are) if is_still_right && as_they_are.may_be_logged_in(limits.verified_only) => {
                as_they_are
            }
            other => {
                let reason = match other {
                    Some(user) if !user.is_active => Rejection::Inactive,
                    Some(_) if is_still_right => Rejection::Unverified,
                    Some(_) => Rejection::WrongPassword,
                    None => Rejection::NoSuchAccount,
                };
                let entry = AuditEvent::new(EventKind::LoginRefused, &context).user(user.id.uuid());
                entry.reason(reason).record(conn)?;
                return Ok(Attempt::Rejected(reason));
            }
        };
        let context = &match before {
            Some((token, key)) => {
                Self::sign_out_in(conn, token, key, EndReason::Replaced, &context)?;
                // It may have been another user's session, and its lock may have taken a while.
                context.read_time(conn)?
            }
            None => context,
        };
        let now = context.now();
        let session = Self::begin(conn, user.id, proofs, context, limits)?;
        for surplus in Self::active_for_user(conn, user.id, now)?.into_iter().skip(limits.per_user) {
            surplus.end_and_audit(conn, EndReason::TooMany, context)?;
        }
        let entry = AuditEvent::new(EventKind::Login, context).user(user.id.uuid());
        entry.session(session.id.uuid()).record(conn)?;
        Ok(Attempt::SignedIn(Box::new(Current { user, session, at: now })))
    }
}
