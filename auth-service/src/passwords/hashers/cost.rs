//! What checking a hash costs.

/// Checking this hash would take more time or memory than one login may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooCostly;

/// What is done to check a password; equal for two hashes when an outsider cannot tell them apart by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// As much as one hash of ours at the configured cost.
    Ours,
    /// Another algorithm or a higher cost: its name and parameters.
    Foreign(String),
}
