//! The database: one set of queries for SQLite, the default, and PostgreSQL (feature `postgres`).

#[cfg(feature = "sqlite")]
mod batch;
mod cached_update;
pub mod connection;
#[cfg(feature = "sqlite")]
mod data_file;
mod database;
pub mod deadlines;
mod error;
#[cfg(feature = "postgres")]
mod messages;
pub mod migrate;
mod name_lock;
#[cfg(feature = "postgres")]
mod one_statement;
#[cfg(feature = "sqlite")]
mod piece;
mod pool;
#[cfg(feature = "postgres")]
mod pooler;
pub mod private_file;
mod retry;
mod role;
pub mod schema;
mod source_database;
pub mod sqlite_file;
mod time;
pub mod types;
mod unavailable;
mod url;
mod watchdog;
#[cfg(feature = "postgres")]
mod with_time;
pub mod write_probe;
#[cfg(feature = "sqlite")]
mod write_queue;
#[cfg(feature = "sqlite")]
mod writer;

pub use cached_update::CachedUpdate;
pub use connection::AnyConnection;
pub(crate) use connection::on_connection;
#[cfg(feature = "sqlite")]
pub use data_file::LostFile;
#[cfg(feature = "sqlite")]
pub use data_file::lost;
pub use database::Database;
pub use error::DatabaseError;
#[cfg(feature = "postgres")]
pub use one_statement::{OneStatement, updated};
pub use retry::OfDatabase;
pub use role::{Obstacles, is_superuser, obstacles};
pub use source_database::{InvalidTableName, SourceColumn, SourceDatabase, TableName};
pub use time::time;
pub use unavailable::Unavailable;
pub use url::{DatabaseUrl, DatabaseUrlError};
#[cfg(feature = "postgres")]
pub use with_time::WithTime;
pub use write_probe::WriteProbe;
