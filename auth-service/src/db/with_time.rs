//! A query that also returns the database's time.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::types::UtcTimestamp;

/// A query with PostgreSQL's time behind each row. With `for_update()` that is the time after the
/// lock was taken.
///
/// Inside the query itself, the time would be that before the wait, because PostgreSQL computes the
/// selected values first and then locks the row.
#[derive(QueryId)]
pub struct WithTime<Q>(pub Q);

impl<Q: Query> Query for WithTime<Q> {
    type SqlType = (Q::SqlType, UtcTimestamp);
}

impl<Q> RunQueryDsl<PgConnection> for WithTime<Q> {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for WithTime<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT *, clock_timestamp() FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS rows");
        Ok(())
    }
}
