//! SQL types that are native on PostgreSQL and text on SQLite.
//!
//! `diesel::MultiConnection` knows only the types that every backend shares. The two here are the
//! only ones that this service adds; a column of any other type stays within the shared set.

mod id;
mod stored;
mod text_column;
mod timestamp;

pub use id::{Id, Uuid};
pub(crate) use stored::text_enum;
pub use stored::{Stored, TextEnum};
pub(crate) use text_column::text_column;
pub use timestamp::{Timestamp, UtcTimestamp};
