//! The current user: read from the session's row, renewing nothing.

use diesel::QueryResult;

use crate::clock::Clock;
use crate::config::SessionLimits;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;
use crate::sessions::{RefreshKey, RefreshToken, Session};
use crate::users::User;

/// The current user: an account and the session that it is logged in with.
#[derive(Debug, Clone)]
pub struct Current {
    pub user: User,
    pub session: Session,
    /// When that was so: what is decided and said about them goes by this.
    pub at: Timestamp,
}

impl Current {
    /// The user whose session `token` names, if it is active.
    ///
    /// A token that was replaced long ago is nobody here. Only a renewal takes it for theft, so
    /// that one place decides that.
    pub fn load(
        conn: &mut AnyConnection,
        key: &RefreshKey,
        token: &RefreshToken,
        limits: SessionLimits,
        clock: &Clock,
    ) -> QueryResult<Option<Self>> {
        let Some((session, user)) = Session::with_user(conn, token.session)? else { return Ok(None) };
        let now = clock.read(conn)?;
        let is_here = key.is_valid(token, &session)
            && session.accepts(token.generation, limits.grace, now)
            && !session.is_expired_or_revoked(now)
            && user.is_active;
        Ok(is_here.then_some(Self { user, session, at: now }))
    }
}
