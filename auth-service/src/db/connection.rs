//! A connection to whichever database the URL names, and the one way to open a transaction.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::retry::{self, OfDatabase};
#[cfg(feature = "sqlite")]
use super::write_queue;

/// A connection to SQLite or PostgreSQL.
///
/// Queries are written once against this type. It covers the SQL that both databases share.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The default, bundled.
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    /// For several instances.
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

impl AnyConnection {
    /// Runs `work` in a transaction that may write, and again when the database undid it to get out
    /// of a circle of waiting transactions (`db/retry.rs`).
    ///
    /// SQLite takes its write lock at the start: a deferred transaction that reads first and writes
    /// later fails at once with "database is locked" when another writer came in between, and no
    /// busy timeout helps. PostgreSQL's isolation is READ COMMITTED whatever the default of the
    /// server is: locks on rows and guarded updates decide, and those read what was committed last.
    /// Never hash, send mail or call out inside.
    pub fn write<T, E>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error> + OfDatabase,
    {
        retry::while_undone(|| self.write_once(&mut work))
    }

    /// The connection to a SQLite file, where it is one.
    #[cfg(feature = "sqlite")]
    pub(super) fn sqlite(&mut self) -> Option<&mut diesel::SqliteConnection> {
        match self {
            Self::Sqlite(conn) => Some(conn),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    fn write_once<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        #[cfg(feature = "sqlite")]
        let queue = write_queue::of_this_thread().filter(|_| matches!(self, Self::Sqlite(_)));
        #[cfg(feature = "sqlite")]
        let _turn = queue.as_ref().map(write_queue::WriteQueue::turn).transpose()?;
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
            #[cfg(feature = "postgres")]
            Self::Postgres(conn) => {
                AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL READ COMMITTED")?;
            }
        }
        match work(self) {
            Ok(value) => {
                <Self as diesel::Connection>::TransactionManager::commit_transaction(self)?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one worth telling; the pool drops a connection that cannot
                // roll back.
                let _ = <Self as diesel::Connection>::TransactionManager::rollback_transaction(self);
                Err(error)
            }
        }
    }
}
