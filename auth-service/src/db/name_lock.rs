//! Locks of names, for decisions about something that has no row to lock.

use diesel::QueryResult;
#[cfg(feature = "postgres")]
use diesel::{RunQueryDsl, sql_query, sql_types::Text};

use super::AnyConnection;

impl AnyConnection {
    /// Lets one transaction at a time decide about `name`, until it ends. Take several
    /// only in the same order everywhere: two transactions may otherwise wait for each other.
    ///
    /// SQLite's write transactions exclude each other anyway.
    pub fn lock_name(&mut self, name: &str) -> QueryResult<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let _ = name;
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(conn) => sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind::<Text, _>(name)
                .execute(conn)
                .map(|_| ()),
        }
    }
}
