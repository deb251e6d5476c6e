//! A connection to either database, and the only way to open a transaction.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::retry::{self, OfDatabase};
#[cfg(feature = "sqlite")]
use super::{batch, write_queue};

/// A connection to SQLite or PostgreSQL.
///
/// Queries are written once for this type, in the SQL that both databases share.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The default, bundled.
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    /// For several instances.
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

/// Runs a query on the connection behind an [`AnyConnection`], for what each renewal asks.
///
/// The types of the query are then known, so Diesel finds the prepared statement by them. Through
/// [`AnyConnection`] it writes the SQL again for each call.
macro_rules! on_connection {
    ($any:expr, |$conn:ident| $query:expr) => {
        match $any {
            #[cfg(feature = "sqlite")]
            $crate::db::AnyConnection::Sqlite($conn) => $query,
            #[cfg(feature = "postgres")]
            $crate::db::AnyConnection::Postgres($conn) => $query,
        }
    };
}
pub(crate) use on_connection;

impl AnyConnection {
    /// Runs `work` in a write transaction. Repeats it if the database rolled it back because of a
    /// deadlock (`db/retry.rs`).
    ///
    /// SQLite takes its write lock at the start. A deferred transaction that reads first and writes
    /// later would fail at once with "database is locked" if another writer came in between, and no
    /// busy timeout would help. PostgreSQL uses READ COMMITTED, whatever the server's default:
    /// correctness depends on row locks and guarded updates, which see the latest commit.
    ///
    /// On the writer's thread `work` becomes a part of a batch (`db/batch.rs`), which is committed
    /// after it and before its caller gets the answer.
    ///
    /// Do not hash, send mail or call other services inside.
    pub fn write<T, E>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error> + OfDatabase,
    {
        retry::while_undone(|| self.write_once(&mut work))
    }

    /// Whether [`AnyConnection::write`] has its lock already, because other work of the same batch
    /// wrote before. Then there is nothing to save by a look before it.
    pub fn is_locked(&self) -> bool {
        #[cfg(feature = "sqlite")]
        return matches!(self, Self::Sqlite(_)) && batch::is_open();
        #[cfg(not(feature = "sqlite"))]
        false
    }

    /// The SQLite connection, if it is one.
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
        E: From<diesel::result::Error> + OfDatabase,
    {
        #[cfg(feature = "sqlite")]
        if batch::is_of_this_thread() {
            return self.write_in_batch(work);
        }
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
                // Report the first error. The pool drops a connection that cannot roll back.
                let _ = <Self as diesel::Connection>::TransactionManager::rollback_transaction(self);
                Err(error)
            }
        }
    }
    /// Runs `work` as a part of this thread's batch.
    #[cfg(feature = "sqlite")]
    fn write_in_batch<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error> + OfDatabase,
    {
        let no_batch = || E::from(diesel::result::Error::NotInTransaction);
        batch::begin_piece(self.sqlite().ok_or_else(no_batch)?)?;
        let result = work(self);
        let conn = self.sqlite().ok_or_else(no_batch)?;
        match &result {
            Ok(_) => batch::keep_piece(conn)?,
            Err(error) => batch::roll_back_piece(conn, error.of_database()),
        }
        result
    }
}
