//! A SQLite file as a whole: copied while it is in use, and made to give back the space that it no longer needs.
//!
//! PostgreSQL has programs of its own for both, and answers all of this with an error.

use diesel::QueryResult;

use super::AnyConnection;

/// Writes a copy of the database, as it is at one moment, to `path`, which is an empty file or none; then lets `change`
/// work on the copy, and packs it. Others read and write the database meanwhile.
///
/// What `change` takes away is nowhere in the copy: not in its free pages, and not in a journal beside it.
pub fn copy<T>(
    conn: &mut AnyConnection,
    path: &str,
    change: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => {
            use diesel::connection::SimpleConnection;
            use diesel::{Connection, RunQueryDsl};
            diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(path).execute(conn)?;
            let mut copy = diesel::SqliteConnection::establish(path)
                .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
            copy.batch_execute("PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON;")?;
            let mut copy = AnyConnection::Sqlite(copy);
            let changed = copy.write(change)?;
            execute(&mut copy, "VACUUM")?;
            Ok(changed)
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => {
            let _ = (path, change);
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
