//! Two databases behind one query code: SQLite by default, PostgreSQL with the feature `postgres`.

pub mod connection;
mod database;
pub mod deadlines;
pub mod file;
mod foreign;
#[cfg(feature = "postgres")]
mod lock;
pub mod migrate;
mod pool;
pub mod private_file;
mod role;
pub mod schema;
mod time;
pub mod types;
mod unavailable;
mod url;
mod write_probe;

pub use connection::AnyConnection;
pub use database::{Database, DatabaseError};
pub use foreign::{ForeignColumn, ForeignDatabase, InvalidTableName, TableName};
#[cfg(feature = "postgres")]
pub use lock::Locked;
pub use role::is_superuser;
pub use time::time;
pub use unavailable::Unavailable;
pub use url::{DatabaseUrl, DatabaseUrlError};
pub use write_probe::WriteProbe;
