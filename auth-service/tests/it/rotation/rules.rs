//! By what a world goes.

use std::time::Duration;

use auth_service::db::types::Timestamp;
use auth_service::sessions::{Rotation, Verdict};

pub const GRACE: Duration = Duration::from_secs(30);

/// One tick is within the grace, two are beyond it.
pub const TICK: Duration = Duration::from_secs(18);

/// An age in ticks that stands for every later one.
pub const OLD: u8 = 2;

pub type Judge = fn(&Rotation, i64, Duration, Timestamp) -> Verdict;

#[derive(Clone, Copy)]
pub struct Rules {
    pub judge: Judge,
    pub tabs: usize,
    pub has_thief: bool,
    /// Whether a request takes less than the grace, and nothing that the browser has passed over turns up beyond it.
    pub is_network_bearable: bool,
    /// Whether an instance may read the row a while before it writes.
    pub reads_ahead: bool,
    /// Whether it writes only if the row is still as it was read.
    pub is_guarded: bool,
    /// Whether a token counts as shown when that moves nothing on, within the grace.
    pub pause_counts: bool,
    /// An instance of the former release beside ours.
    pub former: Option<Former>,
}

/// What is made of a row that the former release has moved on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Former {
    IsNoticed,
    GoesUnnoticed,
}

impl Rules {
    /// Our rules, for somebody who is alone, with three tabs.
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

    /// The same with a thief, and a network that does what it likes.
    pub const WITH_A_THIEF: Self =
        Self { tabs: 1, has_thief: true, is_network_bearable: false, ..Self::ALONE };
}

/// What must never happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Somebody who is alone is refused.
    LoggedOut,
    /// A token is answered although another one was shown in its place, more than the grace ago.
    BothAnswered,
    /// Two renewed, each with a token of their own, more than the grace apart, and nobody was refused.
    Unnoticed,
}
