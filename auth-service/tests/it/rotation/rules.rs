//! The rules of a model.

use std::time::Duration;

use auth_service::db::types::Timestamp;
use auth_service::sessions::{Rotation, Verdict};

pub const GRACE: Duration = Duration::from_secs(30);

/// One tick is within the grace period, and two are beyond it.
pub const TICK: Duration = Duration::from_secs(18);

/// An age in ticks that stands for all later ones.
pub const OLD: u8 = 2;

pub type Judge = fn(&Rotation, i64, Duration, Timestamp) -> Verdict;

#[derive(Clone, Copy)]
pub struct Rules {
    pub judge: Judge,
    pub tabs: usize,
    pub has_thief: bool,
    /// Whether every request takes less than the grace period, and no token that the browser has
    /// passed over arrives after it.
    pub is_network_bearable: bool,
    /// Whether an instance may read the row some time before it writes.
    pub reads_ahead: bool,
    /// Whether it writes only if the row is unchanged since.
    pub is_guarded: bool,
    /// Whether a token counts as used even if it does not rotate the session, within the grace
    /// period.
    pub pause_counts: bool,
    /// An instance of the previous release beside ours.
    pub former: Option<Former>,
}

/// How we treat a row that the previous release has rotated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Former {
    IsNoticed,
    GoesUnnoticed,
}

impl Rules {
    /// Our rules for a person with three tabs and no thief.
    pub const ALONE: Self = Self {
        judge: Rotation::judge,
        tabs: 3,
        has_thief: false,
        is_network_bearable: true,
        reads_ahead: false,
        is_guarded: true,
        pause_counts: false,
        former: None,
    };

    /// The same with a thief and an arbitrary network.
    pub const WITH_A_THIEF: Self =
        Self { tabs: 1, has_thief: true, is_network_bearable: false, ..Self::ALONE };
}

/// Results that must never happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Without a thief, a renewal is refused.
    LoggedOut,
    /// A token is answered although another one was used in its place, more than the grace period
    /// ago.
    BothAnswered,
    /// Two parties with tokens of their own both renewed, more than the grace period apart, and
    /// neither was refused.
    Unnoticed,
}
