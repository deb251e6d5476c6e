//! SQL types that are native on PostgreSQL and text on SQLite.
//!
//! `diesel::MultiConnection` supports only the types that all backends share. This service adds
//! only the two types here.

mod id;
mod stored;
mod text_column;
mod timestamp;

pub use id::{Id, Uuid};
pub(crate) use stored::text_enum;
pub use stored::{Stored, TextEnum};
pub(crate) use text_column::text_column;
pub use timestamp::{Timestamp, UtcTimestamp};
