//! The handle that requests hold: every piece of work runs on the blocking pool, never on the reactor.

use diesel::{QueryResult, r2d2};

use super::pool::{self, Pool};
use super::{AnyConnection, DatabaseUrl, Unavailable, migrate};

/// The database. Clones share one pool.
#[derive(Clone, Debug)]
pub struct Database(Pool);

/// The pool gave no connection in time, the work panicked, or the database refused.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("no database connection: {0}")]
    Pool(#[from] r2d2::PoolError),
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
            Self::Task(_) => None,
        }
    }

    /// Whether asking again later may help.
    pub fn is_unavailable(&self) -> bool {
        self.unavailable().is_some()
    }
}

impl Database {
    /// Opens up to `size` connections.
    pub fn connect(url: &DatabaseUrl, size: u32) -> Result<Self, DatabaseError> {
        Ok(Self(pool::connect(url, size)?))
    }

    /// Brings the schema up to date, all of it or none; safe from several processes at once.
    pub fn migrate(&self) -> Result<(), DatabaseError> {
        migrate::run(&mut *self.0.get()?).map_err(DatabaseError::Migration)
    }

    /// Runs `work` with a connection. What must happen together belongs in [`AnyConnection::write`].
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        // What the work logs belongs to the request that asked for it.
        let (this, request) = (self.clone(), tracing::Span::current());
        let work = move || request.in_scope(|| this.run_here(work));
        tokio::task::spawn_blocking(work).await.map_err(DatabaseError::from)?
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
        work(&mut *self.0.get().map_err(DatabaseError::from)?)
    }
}
