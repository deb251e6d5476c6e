//! Maintenance of a whole SQLite file: copied while it is in use, checked, and shrunk.
//!
//! PostgreSQL has programs of its own for both, and answers all of this with an error.

#[cfg(feature = "sqlite")]
use std::time::{Duration, Instant};

use diesel::QueryResult;

use super::AnyConnection;
#[cfg(feature = "sqlite")]
use super::Unavailable;

/// How long a switch to the log may meet somebody who reads or writes at that moment.
#[cfg(feature = "sqlite")]
const SWITCH: Duration = Duration::from_secs(10);

/// Copies the database, as it is at one moment, to `draft`, lets `change` work on that, and packs
/// what is left into `path`. Both are empty files or none. Others read and write the database
/// meanwhile, and it takes no more memory than SQLite's cache.
///
/// Rows that `change` deletes are nowhere in the copy: not in its free pages, and not in a journal
/// beside it.
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
            // On failure the draft is thrown away, so nothing needs to be rolled back: a journal
            // would hold everything that was deleted.
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

/// Switches the file to a write-ahead log, in which readers and a writer do not block each other,
/// if it has none yet. SQLite refuses while anybody else has the file open, and no busy timeout
/// helps, because two who switch would wait for each other. So this tries again.
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

/// Writes what is in the log of a SQLite file into the file, and empties the log. `false` when
/// somebody else has the file open and reads in it: then some of it may be in the log only.
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

/// Lists a few of the damages of a SQLite file; none when it is whole. Reads all of it.
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
