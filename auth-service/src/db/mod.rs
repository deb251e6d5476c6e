//! Two databases behind one query code: SQLite by default, PostgreSQL with the feature `postgres`.

pub mod connection;
mod database;
pub mod migrate;
mod pool;
pub mod schema;
pub mod types;
mod url;

pub use connection::AnyConnection;
pub use database::{Database, DatabaseError};
pub use url::{DatabaseUrl, DatabaseUrlError};
