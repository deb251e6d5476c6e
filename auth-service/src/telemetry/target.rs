//! The targets of log lines.

/// The target of what is written whatever `RUST_LOG` says: events of the trail, and the span that
/// says whose request it was.
pub const SECURITY: &str = "security";
