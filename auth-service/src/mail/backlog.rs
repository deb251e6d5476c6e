//! The backlog: how long the oldest letter waits, for the log and `/readyz`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::db::types::Timestamp;

/// How long a letter may wait before somebody should look: longer than a mail server restarts.
pub const LONG: Duration = Duration::from_secs(10 * 60);

/// How often the outbox is looked at for this.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How often the log tells.
const TELL_EVERY: Duration = Duration::from_secs(3600);

/// Since when the oldest letter waits, as it was seen last. Clones share it.
#[derive(Clone, Default)]
pub struct Backlog(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    since: Option<Timestamp>,
    /// When this was, and when the log was told, by the process's running time.
    looked: Option<Duration>,
    told: Option<Duration>,
}

impl Backlog {
    /// How long the oldest letter has waited, if that is longer than [`LONG`].
    pub fn long_wait(&self, now: Timestamp) -> Option<Duration> {
        let since = self.seen().since?;
        Some(since.until(now)).filter(|wait| LONG < *wait)
    }

    /// Whether it is time to look again, and if so, that somebody does.
    pub(super) fn is_to_look(&self, running: Duration) -> bool {
        let mut seen = self.seen();
        let is_due = seen.looked.is_none_or(|looked| looked + LOOK_EVERY <= running);
        if is_due {
            seen.looked = Some(running);
        }
        is_due
    }

    /// Stores what was seen, and returns the wait if the log should tell it.
    pub(super) fn saw(
        &self,
        since: Option<Timestamp>,
        (now, running): (Timestamp, Duration),
    ) -> Option<Duration> {
        self.seen().since = since;
        let wait = self.long_wait(now);
        let mut seen = self.seen();
        match wait {
            None => seen.told = None,
            Some(_) if seen.told.is_some_and(|told| running < told + TELL_EVERY) => return None,
            Some(_) => seen.told = Some(running),
        }
        wait
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_log_tells_once_an_hour_and_anew_when_letters_wait_again() {
        let (backlog, start) = (Backlog::default(), Timestamp::from_unix_micros(0).unwrap());
        let told = |since: Option<u32>, minutes: u32| {
            let since = since.map(|minutes| start + minutes * MINUTE);
            backlog.saw(since, (start + minutes * MINUTE, minutes * MINUTE)).is_some()
        };
        assert!(!told(Some(0), 10) && told(Some(0), 11));
        assert!(!told(Some(0), 70) && told(Some(0), 71));
        assert!(!told(None, 72) && told(Some(60), 73));
        assert_eq!(backlog.long_wait(start + 73 * MINUTE), Some(13 * MINUTE));
    }

    #[test]
    fn it_is_looked_at_every_half_minute() {
        let backlog = Backlog::default();
        let looks = [1, 2, 30, 31, 32, 61].map(|second| backlog.is_to_look(Duration::from_secs(second)));
        assert_eq!(looks, [true, false, false, true, false, true]);
    }
}
