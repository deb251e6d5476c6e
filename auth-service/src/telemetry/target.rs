//! The targets of log lines.

/// The target of lines that are written regardless of `RUST_LOG`: audit events, and the span that
/// identifies their request.
pub const SECURITY: &str = "security";
