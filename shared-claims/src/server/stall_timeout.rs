//! Stall timeout: ends a wait for somebody who makes no progress, however slow progress may be.

use std::time::Duration;

use tokio::time::Instant;

/// How long the client kept us waiting, and how far it got in that time. Time in which nobody waits
/// for it does not count.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StallTimeout {
    waited: Duration,
    waits_since: Option<Instant>,
    got: usize,
}

impl StallTimeout {
    pub fn is_waiting(&self) -> bool {
        self.waits_since.is_some()
    }

    /// From here on the client has to do something.
    pub fn wait(&mut self, now: Instant) {
        self.waits_since.get_or_insert(now);
    }

    /// It has, for the moment.
    pub fn rest(&mut self, now: Instant) {
        if let Some(since) = self.waits_since.take() {
            self.waited += now - since;
        }
    }

    pub fn got(&mut self, bytes: usize) {
        self.got += bytes;
    }

    /// When we have waited so long.
    pub fn due(&self, standstill: Duration) -> Option<Instant> {
        Some(self.waits_since? + standstill.saturating_sub(self.waited))
    }

    /// Whether nothing much happened in that time; else it begins anew.
    pub fn is_over(&mut self, now: Instant, standstill: Duration, least: usize) -> bool {
        if self.due(standstill).is_none_or(|due| now < due) {
            return false;
        }
        if self.got < least {
            return true;
        }
        *self = Self { waits_since: Some(now), ..Self::default() };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDSTILL: Duration = Duration::from_secs(15);

    #[test]
    fn who_gets_on_slowly_is_waited_for_and_who_stands_still_is_not() {
        let begun = Instant::now();
        let mut patience = StallTimeout::default();
        assert_eq!(patience.due(STANDSTILL), None);
        patience.wait(begun);
        for window in 1..=100 {
            patience.got(4096);
            let due = begun + STANDSTILL * window;
            assert_eq!(patience.due(STANDSTILL), Some(due));
            assert!(!patience.is_over(due - Duration::from_millis(1), STANDSTILL, 4096));
            assert!(!patience.is_over(due, STANDSTILL, 4096), "{window}");
        }
        patience.got(4095);
        assert!(patience.is_over(begun + STANDSTILL * 101, STANDSTILL, 4096));
    }

    #[test]
    fn time_in_which_nobody_waits_does_not_count() {
        let begun = Instant::now();
        let mut patience = StallTimeout::default();
        patience.wait(begun);
        patience.rest(begun + Duration::from_secs(5));
        assert_eq!(patience.due(STANDSTILL), None);
        let later = begun + Duration::from_secs(3600);
        patience.wait(later);
        assert_eq!(patience.due(STANDSTILL), Some(later + Duration::from_secs(10)));
    }
}
