//! Stall timeout: it ends a wait without progress, however long a wait with progress takes.

use std::time::Duration;

use tokio::time::Instant;

/// How long the service has waited for the client, and how many bytes the client moved in that
/// time. Time in which the service does not wait for it is not counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StallTimeout {
    waited: Duration,
    waits_since: Option<Instant>,
    progress: usize,
}

impl StallTimeout {
    pub fn is_waiting(&self) -> bool {
        self.waits_since.is_some()
    }

    /// Starts waiting for the client.
    pub fn wait(&mut self, now: Instant) {
        self.waits_since.get_or_insert(now);
    }

    /// Stops waiting for the client.
    pub fn pause(&mut self, now: Instant) {
        if let Some(since) = self.waits_since.take() {
            self.waited += now - since;
        }
    }

    pub fn progress(&mut self, bytes: usize) {
        self.progress += bytes;
    }

    /// When the timeout ends.
    pub fn due(&self, stall_timeout: Duration) -> Option<Instant> {
        Some(self.waits_since? + stall_timeout.saturating_sub(self.waited))
    }

    /// Whether too little happened in that time. If enough did, the time starts again.
    pub fn is_over(&mut self, now: Instant, stall_timeout: Duration, min_progress: usize) -> bool {
        if self.due(stall_timeout).is_none_or(|due| now < due) {
            return false;
        }
        if self.progress < min_progress {
            return true;
        }
        *self = Self { waits_since: Some(now), ..Self::default() };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL_TIMEOUT: Duration = Duration::from_secs(15);

    #[test]
    fn who_gets_on_slowly_is_waited_for_and_who_stands_still_is_not() {
        let begun = Instant::now();
        let mut stall = StallTimeout::default();
        assert_eq!(stall.due(STALL_TIMEOUT), None);
        stall.wait(begun);
        for window in 1..=100 {
            stall.progress(4096);
            let due = begun + STALL_TIMEOUT * window;
            assert_eq!(stall.due(STALL_TIMEOUT), Some(due));
            assert!(!stall.is_over(due - Duration::from_millis(1), STALL_TIMEOUT, 4096));
            assert!(!stall.is_over(due, STALL_TIMEOUT, 4096), "{window}");
        }
        stall.progress(4095);
        assert!(stall.is_over(begun + STALL_TIMEOUT * 101, STALL_TIMEOUT, 4096));
    }

    #[test]
    fn time_in_which_nobody_waits_does_not_count() {
        let begun = Instant::now();
        let mut stall = StallTimeout::default();
        stall.wait(begun);
        stall.pause(begun + Duration::from_secs(5));
        assert_eq!(stall.due(STALL_TIMEOUT), None);
        let later = begun + Duration::from_secs(3600);
        stall.wait(later);
        assert_eq!(stall.due(STALL_TIMEOUT), Some(later + Duration::from_secs(10)));
    }
}
