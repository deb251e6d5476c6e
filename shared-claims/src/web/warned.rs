//! What was warned of before, so that strangers cannot fill the log with warnings.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Unknown keys are warned of at most this often.
const KEY_PERIOD: Duration = Duration::from_secs(300);

/// The bounds of a login's warnings.
#[derive(Debug, Default)]
pub(crate) struct Warned {
    host: AtomicBool,
    key: Mutex<Option<Instant>>,
}

impl Warned {
    /// True the first time.
    pub(super) fn is_first_host(&self) -> bool {
        !self.host.swap(true, Ordering::Relaxed)
    }

    /// True the first time, and when the last time was long ago.
    pub(super) fn is_key_due(&self) -> bool {
        let mut last = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| last.elapsed() >= KEY_PERIOD);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}
