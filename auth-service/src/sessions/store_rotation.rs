//! How a rotation that was decided is stored: as a guarded change of the session's row.

use diesel::prelude::*;

use super::session::{Lineage, Session, SessionId};
use crate::audit::RequestContext;
use crate::config::SessionLimits;
use crate::db::schema::sessions;
use crate::db::types::Timestamp;
use crate::db::{AnyConnection, CachedUpdate, on_connection};
use crate::sessions::Rotation;

/// What a rotation changes.
#[derive(AsChangeset)]
#[diesel(table_name = sessions, treat_none_as_null = true)]
pub(super) struct Move<'a> {
    generation: i64,
    rotated_at: Timestamp,
    idle_until: Timestamp,
    expires_at: Timestamp,
    address: Option<&'a str>,
    user_agent: Option<&'a str>,
    #[diesel(embed)]
    lineage: Lineage,
}

/// What a rotation changes on another day than the one before. The day is in an index, and SQLite
/// writes the entry anew whenever a statement names the column.
#[derive(AsChangeset)]
#[diesel(table_name = sessions)]
pub(super) struct MoveToAnotherDay<'a> {
    #[diesel(embed)]
    moved: Move<'a>,
    idle_day: i32,
}

impl<'a> From<&'a Session> for MoveToAnotherDay<'a> {
    fn from(moved: &'a Session) -> Self {
        Self { moved: moved.into(), idle_day: moved.idle_day }
    }
}

impl<'a> From<&'a Session> for Move<'a> {
    fn from(moved: &'a Session) -> Self {
        Self {
            generation: moved.generation,
            rotated_at: moved.rotated_at,
            idle_until: moved.idle_until,
            expires_at: moved.expires_at,
            address: moved.address.as_deref(),
            user_agent: moved.user_agent.as_deref(),
            lineage: moved.lineage,
        }
    }
}

/// The session, if it is active and still has the generation for which a rotation was decided.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn is_unchanged(id: SessionId, generation: i64, now: Timestamp) -> _ {
    sessions::id
        .eq(id)
        .and(sessions::generation.eq(generation))
        .and(sessions::revoked_at.is_null())
        .and(sessions::idle_until.gt(now))
        .and(sessions::expires_at.gt(now))
}

impl Session {
    /// Stores the rotation that was decided for this row. `None` if the row has changed since or
    /// the session is over. Every change that affects the decision raises the generation, so of
    /// several concurrent rotations exactly one succeeds.
    pub fn rotate(
        self,
        conn: &mut AnyConnection,
        to: &Rotation,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Option<Self>> {
        let (table, filter) = (sessions::table, is_unchanged(self.id, self.generation, context.now()));
        let day = self.idle_day;
        let moved = self.moved(to, context, limits);
        let changed = if moved.idle_day == day {
            let update = CachedUpdate { table, set: Move::from(&moved).as_changeset(), filter };
            on_connection!(conn, |conn| update.execute(conn))?
        } else {
            let update = CachedUpdate { table, set: MoveToAnotherDay::from(&moved).as_changeset(), filter };
            on_connection!(conn, |conn| update.execute(conn))?
        };
        Ok((changed == 1).then_some(moved))
    }

    /// The session after a rotation.
    pub(super) fn moved(self, to: &Rotation, context: &RequestContext, limits: SessionLimits) -> Self {
        let now = context.now();
        // A session that began while the clock was ahead would otherwise live longer.
        let expires_at = self.expires_at.min(now + limits.absolute);
        let idle_until = (now + limits.idle).min(expires_at);
        Self {
            generation: to.newest,
            rotated_at: to.rotated_at,
            idle_until,
            idle_day: idle_until.day(),
            expires_at,
            address: context.address_text(),
            user_agent: context.user_agent.clone(),
            lineage: to.into(),
            ..self
        }
    }
}
