//! The database handle for requests. Every query runs on the blocking pool and never on an async
//! worker thread.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use tokio::sync::Semaphore;

use super::deadlines::Timeouts;
use super::error::DatabaseError;
use super::pool::{Pool, PooledConnection};
use super::retry::OfDatabase;
use super::watchdog::Watchdog;
use super::{AnyConnection, DatabaseUrl, deadlines, migrate, pool};
#[cfg(feature = "sqlite")]
use super::{
    LostFile,
    data_file::DataFile,
    sqlite_file,
    write_queue::WriteQueue,
    writer::{Limits, Writer},
};

/// How many checks in a row a server must fail before a command gives up.
const LOOKS: u32 = 3;

/// The database. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Database {
    pool: Arc<Pool>,
    /// One permit for each connection. Waiting for it blocks no thread, and a request that is
    /// cancelled leaves the queue.
    turns: Arc<Semaphore>,
    size: u32,
    /// Guards a command that waits for a server.
    watchdog: Option<Arc<Watchdog>>,
    #[cfg(feature = "sqlite")]
    file: Option<DataFile>,
    #[cfg(feature = "sqlite")]
    writers: WriteQueue,
    /// The thread that commits for requests, of a service on a file.
    #[cfg(feature = "sqlite")]
    writer: Option<Arc<Writer>>,
}

impl OfDatabase for DatabaseError {
    fn of_database(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Query(error) => Some(error),
            Self::Migration(error) => error.of_database(),
            _ => None,
        }
    }
}

impl Database {
    /// Opens up to `size` connections for a command, without statement timeouts.
    pub fn connect(url: &DatabaseUrl, size: u32) -> Result<Self, DatabaseError> {
        Self::with_timeouts(url, size, Timeouts::Command)
    }

    /// Opens one connection for a command, like [`Database::connect`]. If the server stops
    /// responding later, `end` is called with the reason on another thread, and must end the
    /// process.
    pub fn connect_for_command(
        url: &DatabaseUrl,
        end: impl FnOnce(DatabaseError) + Send + 'static,
    ) -> Result<Self, DatabaseError> {
        let timeout = deadlines::STANDSTILL;
        let asked = url.clone();
        let watchdog = url.file().is_none().then(|| {
            // Check several times, because a busy machine may be late once.
            let is_unresponsive = move || (0..LOOKS).all(|_| !pool::answers(&asked));
            Arc::new(Watchdog::new(timeout, is_unresponsive, move || {
                end(DatabaseError::StandsStill(timeout))
            }))
        });
        let connect = || Self::connect(url, 1);
        let db = watchdog.as_ref().map_or_else(connect, |watchdog| watchdog.guard(connect))?;
        Ok(Self { watchdog, ..db })
    }

    /// Like [`Database::connect`], but for a service: statements take no longer than [`deadlines`]
    /// allows.
    pub fn connect_for_service(url: &DatabaseUrl, size: u32) -> Result<Self, DatabaseError> {
        Self::with_timeouts(url, size, Timeouts::Service)
    }

    fn with_timeouts(url: &DatabaseUrl, size: u32, timeouts: Timeouts) -> Result<Self, DatabaseError> {
        url.require_file().map_err(DatabaseError::NoFile)?;
        #[cfg(feature = "sqlite")]
        let file = url.file().and_then(std::path::Path::to_str).and_then(DataFile::new);
        #[cfg(feature = "sqlite")]
        let before = file.as_ref().map(DataFile::may_be_opened).transpose()?;
        // The writer has a connection beside those of the requests.
        let has_writer = timeouts == Timeouts::Service && url.file().is_some();
        let pool = Arc::new(Pool::connect(url, size + u32::from(has_writer), timeouts)?);
        #[cfg(feature = "sqlite")]
        if let (Some(file), Some(before)) = (&file, before) {
            file.is_opened(&mut *pool.get()?, before)??;
        }
        let db = Self {
            pool,
            turns: Arc::new(Semaphore::new(usize::try_from(size).unwrap_or(1))),
            size,
            watchdog: None,
            #[cfg(feature = "sqlite")]
            file,
            #[cfg(feature = "sqlite")]
            writers: WriteQueue::new(deadlines::sqlite(timeouts)),
            #[cfg(feature = "sqlite")]
            writer: None,
        };
        #[cfg(feature = "sqlite")]
        if has_writer {
            let (of_writer, writers) = (db.clone(), db.writers.clone());
            let open = move || of_writer.connection();
            let writer = Writer::start(open, writers, Limits::default()).map_err(DatabaseError::NoThread)?;
            return Ok(Self { writer: Some(Arc::new(writer)), ..db });
        }
        Ok(db)
    }

    /// A connection to a file that is still the opened one, or to a server.
    pub(super) fn connection(&self) -> Result<PooledConnection, DatabaseError> {
        #[cfg(feature = "sqlite")]
        self.require_file()?;
        Ok(self.pool.get()?)
    }

    /// Migrates the schema completely or not at all. Safe if several processes do it at once.
    pub fn migrate(&self) -> Result<(), DatabaseError> {
        self.guarded(|| self.migrate_here())
    }

    fn migrate_here(&self) -> Result<(), DatabaseError> {
        let mut conn = self.pool.get()?;
        migrate::run(&mut conn).map_err(DatabaseError::Migration)?;
        #[cfg(feature = "sqlite")]
        if let Some(file) = &self.file {
            file.mark_as_ours(&mut conn)?;
        }
        Ok(())
    }

    /// Accepts no more work, and merges a SQLite database into one file: waits up to
    /// [`deadlines::CLOSE`] for running work, writes the log into the file, and closes it. Returns
    /// `false` if the database is still in use; then the log remains part of it.
    ///
    /// PostgreSQL needs none of this.
    pub async fn close(&self) -> Result<bool, DatabaseError> {
        let all = tokio::time::timeout(deadlines::CLOSE, async {
            self.finish_writes().await;
            self.turns.acquire_many(self.size).await
        });
        let all = if self.is_file() { all.await.ok() } else { None };
        self.turns.close();
        if !self.is_file() {
            return Ok(true);
        }
        let this = self.clone();
        let is_whole = tokio::task::spawn_blocking(move || this.close_file()).await??;
        Ok(is_whole && all.is_some())
    }

    #[cfg(feature = "sqlite")]
    async fn finish_writes(&self) {
        if let Some(writer) = self.writer.clone() {
            // Whatever happens there, the file is closed.
            let _ = tokio::task::spawn_blocking(move || writer.finish()).await;
        }
    }

    #[cfg(not(feature = "sqlite"))]
    async fn finish_writes(&self) {}

    #[cfg(feature = "sqlite")]
    fn is_file(&self) -> bool {
        self.file.is_some()
    }

    #[cfg(not(feature = "sqlite"))]
    fn is_file(&self) -> bool {
        false
    }

    #[cfg(feature = "sqlite")]
    fn close_file(&self) -> Result<bool, DatabaseError> {
        self.require_file()?;
        let mut conn = self.pool.get()?;
        let is_whole = match &mut *conn {
            AnyConnection::Sqlite(conn) => sqlite_file::checkpoint(conn)?,
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => true,
        };
        drop(conn);
        self.pool.close();
        Ok(is_whole)
    }

    #[cfg(not(feature = "sqlite"))]
    fn close_file(&self) -> Result<bool, DatabaseError> {
        self.pool.close();
        Ok(true)
    }

    /// Checks that a SQLite file is still the opened one.
    #[cfg(feature = "sqlite")]
    fn require_file(&self) -> Result<(), LostFile> {
        self.file.as_ref().map_or(Ok(()), DataFile::is_still_there)
    }

    /// Runs `work` with a connection. Put statements that must be atomic into
    /// [`AnyConnection::write`].
    ///
    /// Dropping the future cancels work that has not begun; work that has begun may finish. After
    /// [`deadlines::ANSWER`] the caller stops waiting, and the result is lost.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.run_within(deadlines::ANSWER, work).await
    }

    /// [`Database::run`] with another deadline.
    pub async fn run_within<T, E>(
        &self,
        deadline: Duration,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        // Log lines of the work belong to the request.
        let (this, request) = (self.clone(), tracing::Span::current());
        let asker = Arc::new(());
        let asked = Arc::downgrade(&asker);
        let answer = async {
            let turn = tokio::time::timeout(deadlines::TURN, self.turns.clone().acquire_owned()).await;
            let Ok(Ok(turn)) = turn else { return Err(DatabaseError::Late.into()) };
            let work = move || {
                let _turn = turn;
                let is_wanted = move || asked.strong_count() > 0;
                request.in_scope(|| this.run_if(is_wanted, work))
            };
            tokio::task::spawn_blocking(work).await.map_err(DatabaseError::from)?
        };
        let answer = tokio::time::timeout(deadline, answer).await;
        // Keep it until here, so that it is dropped with this future.
        drop(asker);
        answer.unwrap_or_else(|_| Err(DatabaseError::Late.into()))
    }

    /// Runs a query whose only errors are the database's.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.run(move |conn| query(conn).map_err(DatabaseError::from)).await
    }

    /// [`Database::run`] for requests that write. On a SQLite file the work waits for the writer,
    /// and is committed together with that of other requests (`db/batch.rs`). Each statement that
    /// writes must be in [`AnyConnection::write`].
    pub async fn run_on_writer<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        #[cfg(feature = "sqlite")]
        if let Some(writer) = &self.writer {
            let answer = tokio::time::timeout(deadlines::ANSWER, writer.run(work)).await;
            return answer.unwrap_or_else(|_| Err(DatabaseError::Late.into()));
        }
        self.run(work).await
    }

    /// [`Database::query`] for requests that write, like [`Database::run_on_writer`].
    pub async fn query_on_writer<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.run_on_writer(move |conn| query(conn).map_err(DatabaseError::from)).await
    }

    /// [`Database::run`] on the current thread, for commands, which have no async runtime.
    pub fn run_blocking<T, E>(&self, work: impl FnOnce(&mut AnyConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        self.guarded(|| self.run_if(|| true, work))
    }

    fn guarded<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.watchdog {
            Some(watchdog) => watchdog.guard(work),
            None => work(),
        }
    }

    /// Skips work that is no longer wanted once a connection is free.
    fn run_if<T, E>(
        &self,
        is_wanted: impl FnOnce() -> bool,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut conn = self.connection()?;
        if !is_wanted() {
            return Err(DatabaseError::Late.into());
        }
        #[cfg(feature = "sqlite")]
        return self.writers.around(|| work(&mut conn));
        #[cfg(not(feature = "sqlite"))]
        work(&mut conn)
    }
}
