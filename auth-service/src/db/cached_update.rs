//! An `UPDATE` that a connection prepares once.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// Updates the rows of `table` to which `filter` applies.
///
/// Diesel prepares its own `UPDATE` anew for each call: a changeset may leave out columns, so there
/// could be many texts, and a connection keeps what it has prepared. Use this one for a changeset
/// that always has all of its columns.
pub struct CachedUpdate<T, S, F> {
    pub table: T,
    /// A changeset.
    pub set: S,
    pub filter: F,
}

/// The text identifies the statement.
impl<T, S, F> QueryId for CachedUpdate<T, S, F> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, S, F, Conn> diesel::RunQueryDsl<Conn> for CachedUpdate<T, S, F> {}

impl<DB, T, S, F> QueryFragment<DB> for CachedUpdate<T, S, F>
where
    DB: Backend,
    T: QueryFragment<DB>,
    S: QueryFragment<DB>,
    F: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.set.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.filter.walk_ast(out)
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{InstrumentationEvent, SimpleConnection};
    use diesel::query_builder::AsChangeset;
    use diesel::{Connection, ExpressionMethods, RunQueryDsl, SqliteConnection};

    use super::*;

    diesel::table! {
        notes (id) {
            id -> Integer,
        }
    }

    #[test]
    fn it_is_prepared_once() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute("CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1), (9)")
            .unwrap();
        let prepared: Arc<AtomicUsize> = Arc::default();
        let count = prepared.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { .. } = event {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        for id in 1..5 {
            let set = notes::id.eq(id + 1).as_changeset();
            let update = CachedUpdate { table: notes::table, set, filter: notes::id.eq(id) };
            assert_eq!(update.execute(&mut conn), Ok(1));
        }
        assert_eq!(prepared.load(Ordering::Relaxed), 1);
    }
}
