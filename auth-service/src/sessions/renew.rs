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
use crate::sessions::{Current, EndReason, RefreshKey, RefreshToken, Rotation, Session, Verdict};
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
    /// The account may no longer be logged in.
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
        if !conn.is_locked()
            && let Some(renewal) = Self::renew_without_lock(conn, key, token, context, limits)?
        {
            return Ok(renewal);
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
            let renewed =
                |session| Ok(Renewal::Renewed(Box::new(Current { user: user.clone(), session, at: now })));
            // A client with a login can cause some of these events at any rate, so they are
            // counted. The session's lock prevents concurrent counting.
            if !user.may_be_logged_in(limits.verified_only) {
                session.event(EventKind::RenewalRefused, context).record_or_count(conn)?;
                return Ok(Renewal::Inactive);
            }
            match session.rotation().judge(token.generation, limits.grace, now) {
                Verdict::Rotate(to) => {
                    let event = session.event_of_rotation(&to, context);
                    let Some(session) = session.rotate(conn, &to, context, limits)? else {
                        return Ok(Renewal::Over);
                    };
                    event.record(conn)?;
                    renewed(session)
                }
                Verdict::Again(generation) => {
                    session.event_of_repetition(EventKind::RenewalGrace, context).record_or_count(conn)?;
                    renewed(session.handing_out(generation))
                }
                Verdict::Reuse => {
                    if !Self::end(conn, session.id, EndReason::RefreshReuse, now)? {
                        return Ok(Renewal::Over);
                    }
                    session.event(EventKind::RefreshReuse, context).record(conn)?;
                    Ok(Renewal::Reused)
                }
                Verdict::Unknown => Ok(Renewal::Over),
            }
        })
    }

    /// What a look without a lock is enough for: an invalid token, and on PostgreSQL a rotation of
    /// a session that nobody else uses at the moment. `None` if the transaction has to decide.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "only PostgreSQL rotates without the lock")
    )]
    fn renew_without_lock(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Option<Renewal>> {
        let Some((session, context)) = Self::with_time(conn, token.session, context)? else {
            return Ok(Some(Renewal::Over));
        };
        if !key.is_valid(token, &session) || session.revoked_at.is_some() {
            return Ok(Some(Renewal::Over));
        }
        match conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => Ok(None),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => {
                let now = context.now();
                let verdict = session.rotation().judge(token.generation, limits.grace, now);
                let Verdict::Rotate(to) = verdict else { return Ok(None) };
                let event = session.event_of_rotation(&to, &context);
                let rotated = session.rotate_at_once(conn, &to, &event, &context, limits)?;
                Ok(rotated
                    .map(|(session, user)| Renewal::Renewed(Box::new(Current { user, session, at: now }))))
            }
        }
    }

    fn event(&self, kind: EventKind, context: &RequestContext) -> AuditEvent {
        AuditEvent::new(kind, context).user(self.user_id.uuid()).session(self.id.uuid())
    }

    /// The event of a rotation that was decided for this row.
    fn event_of_rotation(&self, to: &Rotation, context: &RequestContext) -> AuditEvent {
        if to.anchor == self.rotation().anchor {
            self.event_of_repetition(EventKind::RenewalRepeated, context)
        } else {
            self.event(EventKind::Renewal, context)
        }
    }

    /// The event of a token that was used before. One holder seldom changes networks; two holders
    /// are usually in different ones.
    fn event_of_repetition(&self, kind: EventKind, context: &RequestContext) -> AuditEvent {
        let event = self.event(kind, context);
        let last = self.address.as_deref().and_then(|address| address.parse().ok());
        let has_moved = last.is_some() && Network::of(last) != Network::from(context);
        if has_moved { event.reason(RepeatedFrom::AnotherNetwork) } else { event }
    }
}
