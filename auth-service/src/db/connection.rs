//! A connection to whichever database the URL names, and the one way to open a transaction.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

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
    /// Runs `work` in a transaction that may write.
    ///
    /// SQLite takes its write lock at the start: a deferred transaction that reads first and writes later
    /// fails at once with "database is locked" when another writer came in between, and no busy timeout
    /// helps. Never hash, send mail or call out inside.
    pub fn write<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
            #[cfg(feature = "postgres")]
            Self::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
        }
        match work(self) {
            Ok(value) => {
                <Self as diesel::Connection>::TransactionManager::commit_transaction(self)?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one worth telling; the pool drops a connection that cannot roll back.
                let _ = <Self as diesel::Connection>::TransactionManager::rollback_transaction(self);
                Err(error)
            }
        }
    }
}
