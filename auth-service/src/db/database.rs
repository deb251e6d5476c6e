//! The handle that requests hold: every piece of work runs on the blocking pool, never on the reactor.

use std::sync::Arc;
use std::time::Duration;

use diesel::{QueryResult, r2d2};
use tokio::sync::Semaphore;

use super::pool::{self, Patience, Pool};
use super::{AnyConnection, DatabaseUrl, Unavailable, deadlines, migrate};

/// The database. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Database {
    pool: Pool,
    /// One for each connection. Whoever waits for one holds no thread, and leaves the queue by hanging up.
    turns: Arc<Semaphore>,
}

/// The pool gave no connection in time, the work panicked, or the database refused.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("no database connection: {0}")]
    Pool(#[from] r2d2::PoolError),
    #[error("the database did not answer in time")]
    Late,
    #[error("the database task did not finish: {0}")]
    Task(#[from] tokio::task::JoinError),
    #[error("the database refused: {0}")]
    Query(#[from] diesel::result::Error),
    #[error("the schema could not be brought up to date: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DatabaseError {
    /// Why it cannot be asked now, where asking again later may help.
    pub fn unavailable(&self) -> Option<Unavailable> {
        match self {
            Self::Pool(_) => Some(Unavailable::Unreachable),
            Self::Query(error) => Unavailable::reason(error),
            Self::Migration(error) => Unavailable::reason(error.downcast_ref()?),
            Self::Late => Some(Unavailable::Busy),
            Self::Task(_) => None,
        }
    }

    /// Whether asking again later may help.
    pub fn is_unavailable(&self) -> bool {
        self.unavailable().is_some()
    }
}

impl Database {
    /// Opens up to `size` connections, for a command: what it does takes the time that it takes.
    pub fn connect(url: &DatabaseUrl, size: u32) -> Result<Self, DatabaseError> {
        Self::with_patience(url, size, Patience::Long)
    }

    /// The same for a service, whose visitors wait for no statement longer than [`deadlines`] says.
    pub fn connect_for_visitors(url: &DatabaseUrl, size: u32) -> Result<Self, DatabaseError> {
        Self::with_patience(url, size, Patience::Short)
    }

    fn with_patience(url: &DatabaseUrl, size: u32, patience: Patience) -> Result<Self, DatabaseError> {
        let turns = Arc::new(Semaphore::new(usize::try_from(size).unwrap_or(1)));
        Ok(Self { pool: pool::connect(url, size, patience)?, turns })
    }

    /// Brings the schema up to date, all of it or none; safe from several processes at once.
    pub fn migrate(&self) -> Result<(), DatabaseError> {
        migrate::run(&mut *self.pool.get()?).map_err(DatabaseError::Migration)
    }

    /// Runs `work` with a connection. What must happen together belongs in [`AnyConnection::write`].
    ///
    /// Whoever drops the future before `work` has begun calls it off; what has begun may finish. After
    /// [`deadlines::ANSWER`] nobody waits any longer, and what comes of it nobody learns.
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
        // What the work logs belongs to the request that asked for it.
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
        // Until here: it goes with this future.
        drop(asker);
        answer.unwrap_or_else(|_| Err(DatabaseError::Late.into()))
    }

    /// Runs a query that can fail in no other way than the database's.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.run(move |conn| query(conn).map_err(DatabaseError::from)).await
    }

    /// [`Database::run`] on this thread, for commands, which have no reactor to keep free.
    pub fn run_here<T, E>(&self, work: impl FnOnce(&mut AnyConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        self.run_if(|| true, work)
    }

    /// Begins nothing that is not wanted any more when there is a connection for it.
    fn run_if<T, E>(
        &self,
        is_wanted: impl FnOnce() -> bool,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let mut conn = self.pool.get().map_err(DatabaseError::from)?;
        if !is_wanted() {
            return Err(DatabaseError::Late.into());
        }
        work(&mut conn)
    }
}
