//! Renewal: exchanges a refresh token for its successor.
//!
//! [`Rotation::judge`](super::Rotation::judge) decides by the session's row, which stays locked
//! until what was decided is done. So of fifty tabs that renew at the same moment one moves the
//! session on; the others find that their token was just replaced, and receive the same successor.
//! It does not matter whose answer reaches the browser last.

use diesel::QueryResult;

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::text_enum;
use crate::rate_limit::Network;
use crate::sessions::{Current, EndReason, RefreshKey, RefreshToken, Session, Verdict};
use crate::users::User;

text_enum! {
    /// The detail of an event about a token that came again.
    pub(super) enum RepeatedFrom {
        /// Not from where its session was used last.
        AnotherNetwork = "another_network",
    }
}

/// The outcome of a renewal.
#[derive(Debug)]
#[must_use]
pub enum Renewal {
    /// Still logged in; the session's generation is the token to hand out.
    Renewed(Box<Current>),
    /// The token proves nothing, or its session is over.
    Over,
    /// The account may not log in any more.
    Inactive,
    /// Reuse was detected: only a second holder can have shown this token. The session has ended,
    /// for all holders.
    Reused,
}

impl Session {
    /// Rotates the session of `token`, after the checks that a login makes.
    ///
    /// A token that proves nothing writes nothing and takes no lock. Everything else is one
    /// transaction, so that each outcome has an event in the trail. A refusal is a value and no
    /// error, so the end of a reused session is committed. The transaction first locks the session
    /// and then reads the time and the account: after waiting for the lock, the renewal is decided
    /// by the time and the rights of that moment.
    pub fn renew(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Renewal> {
        let Some(session) = Self::by_id(conn, token.session)? else { return Ok(Renewal::Over) };
        if !key.is_valid(token, &session) || session.revoked_at.is_some() {
            return Ok(Renewal::Over);
        }
        conn.write(|conn| {
            let Some((session, context)) = Self::lock(conn, session.id, context)? else {
                return Ok(Renewal::Over);
            };
            let (context, now) = (&context, context.now());
            // Once more: its owner may have given the password in between.
            if !key.is_valid(token, &session) || session.is_expired_or_revoked(now) {
                return Ok(Renewal::Over);
            }
            // Whatever was taken from them while this waited is in no token that is made now.
            let Some(user) = User::by_id(conn, session.user_id)? else { return Ok(Renewal::Over) };
            let id = session.id;
            let entry = |event| AuditEvent::new(event, context).user(user.id.uuid()).session(id.uuid());
            let note = |conn: &mut _, event| entry(event).record(conn);
            // Anybody with a login can ask for these as often as they like. The session's lock
            // keeps others from counting the same at this moment.
            let count = |conn: &mut _, event| entry(event).record_or_count(conn);
            // One holder changes networks now and then; two are mostly in different ones.
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
