//! Database errors.

use std::time::Duration;

use diesel::r2d2;

#[cfg(feature = "sqlite")]
use super::LostFile;
use super::unavailable::Unavailable;

/// A failure of the pool, of the work (a panic), or of the database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("no database connection: {0}")]
    Pool(#[from] r2d2::PoolError),
    #[error("no database connection: {0}")]
    Connection(#[source] r2d2::Error),
    #[cfg(feature = "sqlite")]
    #[error(transparent)]
    Lost(#[from] LostFile),
    #[error(
        "leads to a pooler that gives one connection of PostgreSQL to several clients in turn (pgbouncer's pool_mode = \
         transaction or statement, and the like), where statements would run with another query's values; use \
         pool_mode = session for this database, or PostgreSQL's own address"
    )]
    Pooled,
    #[error("the database did not answer in time")]
    Late,
    #[error(
        "has not answered for {} seconds, and answers nobody else either: the server or the way to it stands still. What \
         had begun may be done or not; look when it answers again",
        .0.as_secs()
    )]
    StandsStill(Duration),
    #[error("{0}")]
    NoFile(String),
    #[error("too much work that writes is waiting for the database")]
    Overloaded,
    #[error("the database task did not finish: {0}")]
    Task(#[from] tokio::task::JoinError),
    #[error("the database task did not finish: it panicked")]
    Unfinished,
    #[error("the thread that writes could not be started: {0}")]
    NoThread(#[source] std::io::Error),
    #[error("the database refused: {0}")]
    Query(#[from] diesel::result::Error),
    #[error("the schema could not be brought up to date: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DatabaseError {
    /// The reason, if the database is temporarily unavailable and a retry may help.
    pub fn unavailable(&self) -> Option<Unavailable> {
        match self {
            Self::Pool(_) => Some(Unavailable::Unreachable),
            Self::Connection(r2d2::Error::ConnectionError(_)) => Some(Unavailable::Unreachable),
            Self::Connection(r2d2::Error::QueryError(error)) => Unavailable::reason(error),
            #[cfg(feature = "sqlite")]
            Self::Lost(_) => Some(Unavailable::Unreachable),
            Self::Query(error) => Unavailable::reason(error),
            Self::Migration(error) => Unavailable::reason(error.downcast_ref()?),
            Self::Late | Self::Overloaded | Self::StandsStill(_) => Some(Unavailable::Busy),
            Self::Task(_) | Self::Unfinished | Self::NoThread(_) | Self::Pooled | Self::NoFile(_) => None,
        }
    }

    /// Whether a retry may help.
    pub fn is_unavailable(&self) -> bool {
        self.unavailable().is_some()
    }
}
