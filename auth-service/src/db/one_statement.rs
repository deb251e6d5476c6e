//! A guarded change of a session in one statement of PostgreSQL, which needs no transaction around
//! it: one round trip instead of one for `BEGIN`, for each statement, and for `COMMIT`.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::schema::users;

diesel::table! {
    use crate::db::types::Uuid;

    /// The sessions that [`OneStatement`] has updated.
    updated (id) {
        id -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(updated, users);

/// Locks sessions, updates them, inserts rows because of them, and returns a result.
///
/// All parts see the database as it was when the statement began. `lock` alone also sees whether a
/// row has changed since, so the others must depend on what it found ([`updated`]).
pub struct OneStatement<L, S, I, R> {
    /// Selects the ids of the sessions.
    pub lock: L,
    /// A changeset. Diesel's own `UPDATE` would be planned anew each time, because Diesel does not
    /// keep it prepared.
    pub set: S,
    pub insert: I,
    pub result: R,
}

/// The text of the statement identifies it, because a changeset may leave out columns.
impl<L, S, I, R> QueryId for OneStatement<L, S, I, R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<L, S, I, R: Query> Query for OneStatement<L, S, I, R> {
    type SqlType = R::SqlType;
}

impl<L, S, I, R> RunQueryDsl<PgConnection> for OneStatement<L, S, I, R> {}

impl<L, S, I, R> QueryFragment<Pg> for OneStatement<L, S, I, R>
where
    L: QueryFragment<Pg>,
    S: QueryFragment<Pg>,
    I: QueryFragment<Pg>,
    R: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH locked AS (");
        self.lock.walk_ast(out.reborrow())?;
        out.push_sql("), updated AS (UPDATE sessions SET ");
        self.set.walk_ast(out.reborrow())?;
        out.push_sql(" FROM locked WHERE sessions.id = locked.id RETURNING sessions.id), inserted AS (");
        self.insert.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.result.walk_ast(out.reborrow())
    }
}
