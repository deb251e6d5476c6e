//! Connections, opened by the scheme of the URL and kept in a pool.

use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, ManageConnection, R2D2Connection};

use super::AnyConnection;

pub type Pool = r2d2::Pool<Manager>;

/// How long a request waits for a free connection before it is told to come back later.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(2);

/// Where the database is: `sqlite:<path>` or `postgres://…`. Its text may hold a password and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Target);

#[derive(Clone, PartialEq, Eq)]
enum Target {
    #[cfg(feature = "sqlite")]
    Sqlite(String),
    #[cfg(feature = "postgres")]
    Postgres(String),
}

/// Why a database URL cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DatabaseUrlError {
    #[error("must be sqlite:<path of a file> or postgres://<user>@<host>/<name>")]
    UnknownScheme,
    #[error("names PostgreSQL, but this binary was built without it: build with --features postgres")]
    WithoutPostgres,
    #[error("names SQLite, but this binary was built without it: build with --features sqlite")]
    WithoutSqlite,
}

impl DatabaseUrl {
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        match text.split_once(':') {
            #[cfg(feature = "sqlite")]
            Some(("sqlite", path)) if !path.is_empty() => {
                Ok(Self(Target::Sqlite(path.strip_prefix("//").unwrap_or(path).to_owned())))
            }
            #[cfg(not(feature = "sqlite"))]
            Some(("sqlite", _)) => Err(DatabaseUrlError::WithoutSqlite),
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", _)) => Ok(Self(Target::Postgres(text.to_owned()))),
            #[cfg(not(feature = "postgres"))]
            Some(("postgres" | "postgresql", _)) => Err(DatabaseUrlError::WithoutPostgres),
            _ => Err(DatabaseUrlError::UnknownScheme),
        }
    }

    /// What may be shown: the path of a SQLite file, or the bare word.
    pub fn masked(&self) -> String {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => format!("sqlite:{path}"),
            #[cfg(feature = "postgres")]
            Target::Postgres(_) => "postgres://…".to_owned(),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Opens connections by the URL's scheme.
///
/// The derived `Connection::establish` tries every backend in turn, so a PostgreSQL server that is down would
/// be reported as a SQLite file that cannot be opened.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, r2d2::Error> {
        match &self.url.0 {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => {
                let mut conn = diesel::SqliteConnection::establish(path)?;
                // FULL: an answered request is on the disk, whatever loses its power next.
                conn.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                )
                .map_err(r2d2::Error::QueryError)?;
                Ok(AnyConnection::Sqlite(conn))
            }
            #[cfg(feature = "postgres")]
            Target::Postgres(url) => Ok(AnyConnection::Postgres(diesel::PgConnection::establish(url)?)),
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
pub(super) fn connect(url: &DatabaseUrl, size: u32) -> Result<Pool, r2d2::PoolError> {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(WAIT_FOR_CONNECTION)
        .error_handler(Box::new(LogFailures))
        .build(Manager { url: url.clone() })
}

#[derive(Debug)]
struct LogFailures;

impl diesel::r2d2::HandleError<r2d2::Error> for LogFailures {
    fn handle_error(&self, error: r2d2::Error) {
        tracing::warn!(%error, "a database connection failed");
    }
}
