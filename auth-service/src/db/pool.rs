//! The connection pool. The URL's scheme selects the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, ManageConnection, R2D2Connection};

use super::AnyConnection;
use super::deadlines::{self, Timeouts};
use super::error::DatabaseError;
use super::url::{DatabaseUrl, Target};
#[cfg(feature = "postgres")]
use super::{messages, pooler};
#[cfg(feature = "sqlite")]
use super::{private_file, sqlite_file};

/// Timeout for the first connection at startup; longer, because the database may still be booting.
const WAIT_AT_START: Duration = Duration::from_secs(10);

/// Opens connections by the URL's scheme.
///
/// The derived `Connection::establish` tries every backend in turn, so it would report an
/// unreachable PostgreSQL server as a SQLite file that cannot be opened.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
    timeouts: Timeouts,
    /// Once set, every returned connection is closed.
    is_closing: Arc<AtomicBool>,
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
                prepare_sqlite(&mut conn, self.timeouts).map_err(r2d2::Error::QueryError)?;
                Ok(AnyConnection::Sqlite(conn))
            }
            #[cfg(feature = "postgres")]
            Target::Postgres(url) => {
                let mut conn = diesel::PgConnection::establish(&deadlines::with_deadlines(url))?;
                conn.batch_execute(deadlines::ISOLATION).map_err(r2d2::Error::QueryError)?;
                messages::ask_for_english(&mut conn).map_err(r2d2::Error::QueryError)?;
                if self.timeouts == Timeouts::Service {
                    conn.batch_execute(deadlines::POSTGRES).map_err(r2d2::Error::QueryError)?;
                }
                Ok(AnyConnection::Postgres(conn))
            }
        }
    }

    fn is_valid(&self, conn: &mut AnyConnection) -> Result<(), r2d2::Error> {
        match conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(conn) => conn.ping().map_err(r2d2::Error::QueryError),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => require_open(conn).map_err(r2d2::Error::QueryError),
        }
    }

    fn has_broken(&self, conn: &mut AnyConnection) -> bool {
        self.is_closing.load(Ordering::Acquire) || std::thread::panicking() || conn.is_broken()
    }
}

/// Sets the busy timeout first, because the other statements may already have to wait. `FULL` means
/// that acknowledged writes survive a power failure. A file without tables gets its log only with
/// the schema. Until then others that open it have to wait, and an empty database with a log never
/// occurs.
#[cfg(feature = "sqlite")]
fn prepare_sqlite(conn: &mut diesel::SqliteConnection, timeouts: Timeouts) -> diesel::QueryResult<()> {
    use diesel::RunQueryDsl;
    let busy = deadlines::sqlite(timeouts).as_millis();
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {busy}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    ))?;
    let has_tables = diesel::dsl::sql::<diesel::sql_types::Bool>("EXISTS (SELECT 1 FROM sqlite_master)");
    if diesel::select(has_tables).get_result(conn)? { sqlite_file::log_ahead(conn) } else { Ok(()) }
}

/// Fails if the server has closed the connection. Reads only what has already arrived: a question
/// would be a round trip for each request, and its answer could be out of date as soon.
///
/// A server that ends a connection usually says why before. So the first look may find its words,
/// and only the second the end.
#[cfg(feature = "postgres")]
fn require_open(conn: &mut diesel::PgConnection) -> diesel::QueryResult<()> {
    for _look in 0..2 {
        if let Some(arrived) = conn.notifications_iter().next() {
            arrived?;
        }
    }
    Ok(())
}

/// Whether the server responds to a new connection, even if it refuses it.
pub(super) fn answers(url: &DatabaseUrl) -> bool {
    match url.target() {
        #[cfg(feature = "sqlite")]
        Target::Sqlite(_) => true,
        #[cfg(feature = "postgres")]
        Target::Postgres(url) => {
            let (send, receive) = std::sync::mpsc::channel();
            let url = deadlines::with_deadlines(url);
            // This thread may stay blocked.
            std::thread::spawn(move || {
                let answer =
                    diesel::PgConnection::establish(&url).map(|mut conn| conn.batch_execute("SELECT 1"));
                let _ = send.send(answer.map_err(|error| error.to_string()));
            });
            // The text comes from the client library, which is English unless the process sets a
            // language.
            match receive.recv_timeout(deadlines::ANSWER) {
                Ok(Err(refusal)) => !refusal.contains("timeout expired"),
                Ok(Ok(_)) => true,
                Err(_) => false,
            }
        }
    }
}

/// A connection that goes back to its pool.
pub(super) type PooledConnection = r2d2::PooledConnection<Manager>;

/// Connections that are closed when the last owner drops this. r2d2 alone closes them on its last
/// thread, and the process may end before that. SQLite merges its log when the last connection
/// closes.
#[derive(Debug)]
pub(super) struct Pool {
    connections: r2d2::Pool<Manager>,
    is_closing: Arc<AtomicBool>,
}

impl Pool {
    /// Opens at most `size` connections, and fails if the first cannot be opened.
    ///
    /// Connections are opened on demand only, so that a failed start leaves no thread behind that
    /// is still connecting.
    pub fn connect(url: &DatabaseUrl, size: u32, timeouts: Timeouts) -> Result<Self, DatabaseError> {
        let is_closing = Arc::<AtomicBool>::default();
        let manager = Manager { url: url.clone(), timeouts, is_closing: is_closing.clone() };
        let began = Instant::now();
        // Errors of a file, or of a transaction pooler, do not go away by waiting.
        let is_looked_at = match manager.connect() {
            Ok(mut first) => {
                look_at(&mut first, url)?;
                true
            }
            #[cfg(feature = "postgres")]
            Err(error) if pooler::is_meant_by(&error) => return Err(DatabaseError::Pooled),
            Err(error) if url.file().is_some() => return Err(DatabaseError::Connection(error)),
            // The wait follows below.
            Err(_) => false,
        };
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(deadlines::TURN)
            .error_handler(Box::new(LogFailures))
            .build_unchecked(manager);
        let pool = Self { connections, is_closing };
        let mut conn = pool.connections.get_timeout(WAIT_AT_START.saturating_sub(began.elapsed()))?;
        if !is_looked_at {
            look_at(&mut conn, url)?;
        }
        drop(conn);
        Ok(pool)
    }

    pub fn get(&self) -> Result<PooledConnection, r2d2::PoolError> {
        self.connections.get()
    }

    /// Closes idle connections now, and the others when they are returned.
    pub fn close(&self) {
        self.is_closing.store(true, Ordering::Release);
        while let Some(conn) = self.connections.try_get() {
            drop(conn);
        }
    }
}

/// Checks of the first connection, done once.
fn look_at(conn: &mut AnyConnection, url: &DatabaseUrl) -> Result<(), DatabaseError> {
    match (conn, url.target()) {
        #[cfg(feature = "postgres")]
        (AnyConnection::Postgres(conn), Target::Postgres(url)) => {
            if pooler::shares_connections(conn, url) {
                return Err(DatabaseError::Pooled);
            }
            Ok(messages::look(conn)?)
        }
        _ => Ok(()),
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close();
    }
}

#[derive(Debug)]
struct LogFailures;

impl diesel::r2d2::HandleError<r2d2::Error> for LogFailures {
    fn handle_error(&self, error: r2d2::Error) {
        // As a string, so that the log escapes the line breaks in libpq's messages.
        tracing::warn!(error = error.to_string(), "a database connection failed");
    }
}
