//! Hashes that are too costly to check.

/// Checking this hash would take more time or memory than one login may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooCostly;
