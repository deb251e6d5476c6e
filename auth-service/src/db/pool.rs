//! Connections, opened by the scheme of the URL and kept in a pool.

use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, ManageConnection, R2D2Connection};

use super::url::{DatabaseUrl, Target};
use super::{AnyConnection, deadlines, private_file};

pub type Pool = r2d2::Pool<Manager>;

/// How long a start waits for the first one: nobody is told to come back, and a machine that starts everything at
/// once is slow.
const WAIT_AT_START: Duration = Duration::from_secs(10);

/// Opens connections by the URL's scheme.
///
/// The derived `Connection::establish` tries every backend in turn, so a PostgreSQL server that is down would
/// be reported as a SQLite file that cannot be opened.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
    patience: Patience,
}

/// How long its statements may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Somebody waits for an answer.
    Short,
    /// A command takes the time that it takes.
    Long,
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, r2d2::Error> {
        match self.url.target() {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => {
                private_file::make(path);
                let mut conn = diesel::SqliteConnection::establish(path)?;
                // First, for the others may have to wait already.
                conn.batch_execute(deadlines::sqlite(self.patience)).map_err(r2d2::Error::QueryError)?;
                // FULL: an answered request is on the disk, whatever loses its power next.
                conn.batch_execute(
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                )
                .map_err(r2d2::Error::QueryError)?;
                Ok(AnyConnection::Sqlite(conn))
            }
            #[cfg(feature = "postgres")]
            Target::Postgres(url) => {
                let mut conn = diesel::PgConnection::establish(&deadlines::with_deadlines(url))?;
                if self.patience == Patience::Short {
                    conn.batch_execute(deadlines::POSTGRES).map_err(r2d2::Error::QueryError)?;
                }
                Ok(AnyConnection::Postgres(conn))
            }
        }
    }

    fn is_valid(&self, conn: &mut AnyConnection) -> Result<(), r2d2::Error> {
        conn.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut AnyConnection) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// A pool of at most `size` connections; fails when the first cannot be opened.
pub(super) fn connect(url: &DatabaseUrl, size: u32, patience: Patience) -> Result<Pool, r2d2::PoolError> {
    let pool = r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(deadlines::TURN)
        .error_handler(Box::new(LogFailures))
        .build_unchecked(Manager { url: url.clone(), patience });
    pool.get_timeout(WAIT_AT_START)?;
    Ok(pool)
}

#[derive(Debug)]
struct LogFailures;

impl diesel::r2d2::HandleError<r2d2::Error> for LogFailures {
    fn handle_error(&self, error: r2d2::Error) {
        // As text, which the log escapes: libpq's messages have several lines.
        tracing::warn!(error = error.to_string(), "a database connection failed");
    }
}
