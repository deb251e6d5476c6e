//! What a proof is for.

use std::time::Duration;

/// What a proof is for, and how long its link works. Each feature declares its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// The stored name.
    pub name: &'static str,
    pub link_life: Duration,
}

impl Purpose {
    /// How the name of a purpose begins that undoes something. Its proofs outlive a new password.
    pub const UNDO: &'static str = "undo_";

    /// How long a code works (ASVS 6.5.5).
    pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);

    /// How many codes may be tried: a guess succeeds once in 200,000 letters.
    pub const CODE_TRIES: i64 = 5;
}
