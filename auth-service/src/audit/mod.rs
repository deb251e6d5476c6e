//! The security audit trail: a row and a log line for each event of accounts, sessions and keys
//! (ASVS 16.3).
//!
//! An event is written in the transaction that makes it happen, so the trail holds neither more nor
//! less than what did; the same again within minutes is counted in one row. Nothing secret goes in,
//! and no address that somebody typed: people type passwords there.

mod context;
mod event;
mod event_kind;
pub mod evidence;
mod repeats;

pub use context::{Actor, RequestContext};
pub use event::{AuditEvent, SubjectId};
pub use event_kind::EventKind;
