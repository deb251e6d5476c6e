//! Renewal: exchanges a refresh token for its successor.
//!
//! [`Rotation::judge`](super::Rotation::judge) decides by the session's row, which stays locked
//! until the result is stored. So if fifty tabs renew at the same moment, one of them rotates the
//! token. The others find that their token was just rotated, and receive the same successor. The
//! order in which the responses arrive does not matter.

use diesel::QueryResult;

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::text_enum;
use crate::rate_limit::Network;
use crate::sessions::{Current, EndReason, RefreshKey, RefreshToken, Session, Verdict};
use crate::users::User;

text_enum! {
    /// The detail of an event about a repeated token.
    pub(super) enum RepeatedFrom {
        /// The network differs from that of the session's last use.
        AnotherNetwork = "another_network",
    }
}

/// The outcome of a renewal.
#[derive(Debug)]
#[must_use]
pub enum Renewal {
    /// The session is active; hand out the token of its generation.
    Renewed(Box<Current>),
    /// The token is invalid, or its session is over.
    Over,
    /// The account is no longer active.
    Inactive,
    /// Reuse was detected: only a second holder can have used this token. The session was revoked
    /// for all holders.
    Reused,
}

impl Session {
    /// Rotates the session of `token`, after the same checks as at a login.
    ///
    /// An invalid token writes nothing, and no lock is taken for it. Everything else happens in one
    /// transaction, so that each result has an audit event. A refusal is a value and no error, so
    /// that the revocation of a reused session is committed. The transaction locks the session
    /// first, and then reads the time and the account. After a wait for the lock, the decision thus
    /// uses the latest time and rights.
    pub fn renew(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Renewal> {
        let may_be_renewed = |session: Self| key.is_valid(token, &session) && session.revoked_at.is_none();
        if !conn.is_locked() && !Self::by_id(conn, token.session)?.is_some_and(may_be_renewed) {
            return Ok(Renewal::Over);
        }
        conn.write(|conn| {
            let Some((session, context)) = Self::lock(conn, token.session, context)? else {
                return Ok(Renewal::Over);
            };
            let (context, now) = (&context, context.now());
            // The owner may have reauthenticated since the first look.
            if !key.is_valid(token, &session) || session.is_expired_or_revoked(now) {
                return Ok(Renewal::Over);
            }
            // Read the user after the wait, so that the token has no rights that were revoked
            // meanwhile.
            let Some(user) = User::by_id(conn, session.user_id)? else { return Ok(Renewal::Over) };
            let id = session.id;
            let entry = |event| AuditEvent::new(event, context).user(user.id.uuid()).session(id.uuid());
            let note = |conn: &mut _, event| entry(event).record(conn);
            // A client with a login can cause these events at any rate, so they are counted. The
            // session's lock prevents concurrent counting.
            let count = |conn: &mut _, event| entry(event).record_or_count(conn);
            // One holder seldom changes networks; two holders are usually in different ones.
            let last = session.address.as_deref().and_then(|address| address.parse().ok());
            let has_moved = last.is_some() && Network::of(last) != Network::from(context);
            let again = |event| {
                if has_moved { entry(event).reason(RepeatedFrom::AnotherNetwork) } else { entry(event) }
            };
            let renewed =
                |session| Ok(Renewal::Renewed(Box::new(Current { user: user.clone(), session, at: now })));
            if !user.is_active {
                count(conn, EventKind::RenewalRefused)?;
                return Ok(Renewal::Inactive);
            }
            let rotation = session.rotation();
            match rotation.judge(token.generation, limits.grace, now) {
                Verdict::Rotate(to) => {
                    let Some(session) = session.rotate(conn, &to, context, limits)? else {
                        return Ok(Renewal::Over);
                    };
                    if to.anchor == rotation.anchor {
                        again(EventKind::RenewalRepeated).record(conn)?;
                    } else {
                        note(conn, EventKind::Renewal)?;
                    }
                    renewed(session)
                }
                Verdict::Again(generation) => {
                    again(EventKind::RenewalGrace).record_or_count(conn)?;
                    renewed(session.handing_out(generation))
                }
                Verdict::Reuse => {
                    if !Self::end(conn, id, EndReason::RefreshReuse, now)? {
                        return Ok(Renewal::Over);
                    }
                    note(conn, EventKind::RefreshReuse)?;
                    Ok(Renewal::Reused)
                }
                Verdict::Unknown => Ok(Renewal::Over),
            }
        })
    }
}
