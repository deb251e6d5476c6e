//! A SQLite file as a whole: copied while it is in use, and made to give back the space that it no longer needs.
//!
//! PostgreSQL has programs of its own for both, and answers all of this with an error.

use diesel::QueryResult;

use super::AnyConnection;

/// Copies the database, as it is at one moment, to `draft`, lets `change` work on that, and packs what is left into `path`. Both are
/// empty files or none. Others read and write the database meanwhile, and it takes no more memory than SQLite's cache.
///
/// What `change` takes away is nowhere in the copy: not in its free pages, and not in a journal beside it.
pub fn copy<T>(
    conn: &mut AnyConnection,
    (draft, path): (&str, &str),
    change: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => {
            use diesel::connection::SimpleConnection;
            use diesel::{Connection, RunQueryDsl};
            let pack = |from: &mut diesel::SqliteConnection, to: &str| {
                diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(to).execute(from)
            };
            pack(conn, draft)?;
            let mut copy = diesel::SqliteConnection::establish(draft)
                .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
            // Whoever fails throws the draft away, so nothing needs to be taken back: a journal would hold all that goes.
            copy.batch_execute("PRAGMA journal_mode = OFF; PRAGMA secure_delete = ON;")?;
            let mut copy = AnyConnection::Sqlite(copy);
            let changed = copy.write(change)?;
            // Not `VACUUM`, which makes a copy wherever temporary files go, and that may be memory.
            match &mut copy {
                AnyConnection::Sqlite(copy) => pack(copy, path)?,
                #[cfg(feature = "postgres")]
                AnyConnection::Postgres(_) => return Err(no_file()),
            };
            Ok(changed)
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => {
            let _ = (draft, path, change);
            Err(no_file())
        }
    }
}

/// Gives the space of rows that are gone back to the disk. Nobody writes meanwhile.
pub fn shrink(conn: &mut AnyConnection) -> QueryResult<()> {
    execute(conn, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
}

fn execute(conn: &mut AnyConnection, sql: &str) -> QueryResult<()> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => diesel::connection::SimpleConnection::batch_execute(conn, sql),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => {
            let _ = sql;
            Err(no_file())
        }
    }
}

#[cfg(feature = "postgres")]
fn no_file() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError("PostgreSQL is no file".into())
}
