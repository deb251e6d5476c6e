//! The ordinary rotation on PostgreSQL, in one statement.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::store_rotation::{MoveToAnotherDay, is_unchanged};
use crate::audit::{AuditEvent, RequestContext};
use crate::config::SessionLimits;
use crate::db::schema::{sessions, users};
use crate::db::{OneStatement, updated};
use crate::sessions::{Rotation, Session};
use crate::users::User;

impl Session {
    /// Stores the rotation that was decided for this row, and its event, if the row is unchanged,
    /// nobody has locked it, and the account may be logged in. Returns the session as it is now,
    /// and its user. `None` if nothing was stored.
    ///
    /// It never waits for a lock. So the time and the account are those of the decision, and not
    /// those of before a wait.
    pub(super) fn rotate_at_once(
        self,
        conn: &mut PgConnection,
        to: &Rotation,
        event: &AuditEvent,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Option<(Self, User)>> {
        let owner = users::table.find(self.user_id);
        let any_address = (!limits.verified_only).into_sql::<Bool>();
        let may_be_logged_in = users::is_active.and(users::email_verified_at.is_not_null().or(any_address));
        let lock = sessions::table
            .filter(is_unchanged(self.id, self.generation, context.now()))
            .filter(exists(owner.filter(may_be_logged_in)))
            .select(sessions::id)
            .for_update()
            .skip_locked();
        let moved = self.moved(to, context, limits);
        // One text for all days: PostgreSQL compares the values, and leaves the index alone if the
        // day is the same.
        let set = MoveToAnotherDay::from(&moved).as_changeset();
        let insert = event.insert_with(updated::table);
        let result = owner.filter(exists(updated::table.select(updated::id))).select(User::as_select());
        let user: Option<User> = OneStatement { lock, set, insert, result }.get_result(conn).optional()?;
        Ok(user.map(|user| {
            event.log();
            (moved, user)
        }))
    }
}
