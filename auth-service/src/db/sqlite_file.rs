//! Maintenance of a SQLite file: online copy, integrity check, and vacuum.
//!
//! PostgreSQL has its own programs for these, so here it returns an error.

#[cfg(feature = "sqlite")]
use std::time::{Duration, Instant};

use diesel::QueryResult;

use super::AnyConnection;
#[cfg(feature = "sqlite")]
use super::Unavailable;

/// How long to retry a switch to WAL mode while others use the file.
#[cfg(feature = "sqlite")]
const SWITCH: Duration = Duration::from_secs(10);

/// Copies a snapshot of the database to `draft`, applies `change` to it, and packs the result into
/// `path`. Both are empty or new files. Others can use the database meanwhile. It needs no more
/// memory than SQLite's cache.
///
/// Rows that `change` deletes leave no trace in the copy, neither in free pages nor in a journal.
pub fn copy<T>(
    conn: &mut AnyConnection,
    (draft, path): (&str, &str),
    change: impl FnMut(&mut AnyConnection) -> QueryResult<T>,
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
            // If this fails, the draft is deleted, so rollback is not needed. A journal would
            // contain the deleted rows.
            copy.batch_execute("PRAGMA journal_mode = OFF; PRAGMA secure_delete = ON;")?;
            let mut copy = AnyConnection::Sqlite(copy);
            let changed = copy.write(change)?;
            // `VACUUM` would write a copy to the folder for temporary files, which may be in
            // memory.
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

/// Returns the space of deleted rows to the disk. It blocks all writers.
pub fn shrink(conn: &mut AnyConnection) -> QueryResult<()> {
    execute(conn, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
}

/// Switches the file to WAL mode, in which readers and a writer do not block each other, unless it
/// is in it. SQLite refuses the switch while others have the file open. Its busy timeout does not
/// apply, because two switching processes would wait for each other. So this retries.
#[cfg(feature = "sqlite")]
pub(super) fn log_ahead(conn: &mut diesel::SqliteConnection) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    let began = Instant::now();
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error)
                if Unavailable::reason(&error) == Some(Unavailable::Busy) && began.elapsed() < SWITCH =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            switched => return switched,
        }
    }
}

/// Writes the log of a SQLite file into the file and truncates the log. `false` if others are
/// reading the file; then part of the data may be only in the log.
#[cfg(feature = "sqlite")]
pub(super) fn checkpoint(conn: &mut diesel::SqliteConnection) -> QueryResult<bool> {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        busy: i32,
    }
    let done: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
    Ok(done.busy == 0)
}

/// Lists some of the damage in a SQLite file; empty if it is intact. Reads the whole file.
pub fn damage(conn: &mut AnyConnection) -> QueryResult<Vec<String>> {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        integrity_check: String,
    }
    let lines: Vec<Line> = match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => {
            diesel::RunQueryDsl::load(diesel::sql_query("PRAGMA integrity_check(3)"), conn)?
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => return Err(no_file()),
    };
    Ok(lines.into_iter().map(|line| line.integrity_check).filter(|line| line != "ok").collect())
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
