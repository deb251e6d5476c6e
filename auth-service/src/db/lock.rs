//! `SELECT … FOR UPDATE` that also returns the database's time once the row is locked.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::types::UtcTimestamp;

/// A query with `for_update()` that also returns PostgreSQL's time after the lock was taken.
///
/// Inside the query itself, the time would be that before the wait, because PostgreSQL computes the
/// selected values first and then locks the row.
#[derive(QueryId)]
pub struct Locked<Q>(pub Q);

impl<Q: Query> Query for Locked<Q> {
    type SqlType = (Q::SqlType, UtcTimestamp);
}

impl<Q> RunQueryDsl<PgConnection> for Locked<Q> {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Locked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT *, clock_timestamp() FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS locked");
        Ok(())
    }
}
