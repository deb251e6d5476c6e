//! The security audit trail: a row and a log line for each event of accounts, sessions and keys
//! (ASVS 16.3).
//!
//! An event is written in the same transaction as the change, so the trail matches the changes
//! exactly. Repetitions within minutes are counted in one row. Secrets are never recorded, and
//! neither are typed addresses, because people sometimes type a password there.

mod context;
mod event;
mod event_kind;
pub mod evidence;
mod history;
mod repeats;

pub use context::{Actor, RequestContext};
pub use event::{AuditEvent, SubjectId};
pub use event_kind::EventKind;
pub use history::{History, HistoryKinds};
