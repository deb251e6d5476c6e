//! When to load keys again. Time is an argument: moments are durations since the worker began.

use std::time::Duration;

/// At most one load for unknown key ids in this time (security J13).
pub(super) const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(30);
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5 * 60);
const MIN_MAX_AGE: Duration = Duration::from_secs(30);
const MAX_MAX_AGE: Duration = Duration::from_secs(60 * 60);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY_WITH_KEYS: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Schedule {
    next: Duration,
    failures: u32,
    loaded: bool,
    last_for_unknown: Option<Duration>,
}

impl Schedule {
    /// Nothing is loaded yet: the first load is due at once.
    pub(super) fn new() -> Self {
        Self { next: Duration::ZERO, failures: 0, loaded: false, last_for_unknown: None }
    }

    /// Something was loaded at moment zero, with this age.
    pub(super) fn loaded(max_age: Duration) -> Self {
        Self { next: max_age, failures: 0, loaded: true, last_for_unknown: None }
    }

    /// How long to sleep.
    pub(super) fn until_next(&self, now: Duration) -> Duration {
        self.next.saturating_sub(now)
    }

    /// A token named an unknown key: whether to load now. If so, the pause begins.
    pub(super) fn unknown_key(&mut self, now: Duration) -> bool {
        // Nothing loaded: the retries are on their way, and a flood must not hurry them.
        let allowed = self.loaded && self.last_for_unknown.is_none_or(|t| now >= t + UNKNOWN_KEY_PAUSE);
        if allowed {
            self.last_for_unknown = Some(now);
        }
        allowed
    }

    /// A load succeeded; the answer said how long it is good for, or nothing.
    pub(super) fn succeeded(&mut self, now: Duration, max_age: Option<Duration>) {
        self.failures = 0;
        self.loaded = true;
        self.next = now + max_age.unwrap_or(DEFAULT_MAX_AGE).clamp(MIN_MAX_AGE, MAX_MAX_AGE);
    }

    /// A file was looked at.
    pub(super) fn file_looked_at(&mut self, now: Duration, period: Duration) {
        self.next = now + period;
    }

    /// A load failed: again soon, then less and less soon.
    pub(super) fn failed(&mut self, now: Duration) {
        let longest = if self.loaded { LONGEST_RETRY_WITH_KEYS } else { LONGEST_RETRY };
        let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(10)).min(longest);
        self.failures = self.failures.saturating_add(1);
        // With keys in hand there is no hurry.
        self.next = now + if self.loaded { wait.max(Duration::from_secs(5)) } else { wait };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn loaded() -> Schedule {
        let mut schedule = Schedule::new();
        assert_eq!(schedule.until_next(at(0)), at(0));
        schedule.succeeded(at(0), None);
        schedule
    }

    /// J13: at most one load in thirty seconds for unknown keys, however many ask.
    #[test]
    fn unknown_keys_cause_one_load_in_thirty_seconds() {
        let mut schedule = loaded();
        let allowed: Vec<u64> = (0..100).filter(|second| schedule.unknown_key(at(*second))).collect();
        assert_eq!(allowed, [0, 30, 60, 90]);
    }

    /// J13: nor do unknown keys hurry the first load, which has its own pace.
    #[test]
    fn unknown_keys_cause_no_load_before_the_first_success() {
        let mut schedule = Schedule::new();
        schedule.failed(at(0));
        assert!((0..100).all(|second| !schedule.unknown_key(at(second))));
    }

    /// K5: a revoked key is gone after the age that the server gives its set, within bounds.
    #[test]
    fn a_set_is_loaded_again_at_the_age_the_server_gives_it() {
        let mut schedule = loaded();
        assert_eq!(schedule.until_next(at(0)), at(300));
        for (given, used) in [(0, 30), (29, 30), (120, 120), (3600, 3600), (86_400, 3600)] {
            schedule.succeeded(at(1000), Some(at(given)));
            assert_eq!(schedule.until_next(at(1000)), at(used), "{given}");
        }
        assert_eq!(schedule.until_next(at(9000)), at(0));
    }

    #[test]
    fn the_first_load_is_tried_again_soon_and_then_less_soon() {
        let mut schedule = Schedule::new();
        let mut waits = Vec::new();
        for _ in 0..9 {
            schedule.failed(at(100));
            waits.push(schedule.until_next(at(100)).as_millis());
        }
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    }

    #[test]
    fn with_keys_in_hand_failures_are_tried_again_without_hurry() {
        let mut schedule = loaded();
        let mut waits = Vec::new();
        for _ in 0..2000 {
            schedule.failed(at(100));
            waits.push(schedule.until_next(at(100)).as_secs());
        }
        assert_eq!(waits[..10], [5, 5, 5, 5, 5, 8, 16, 32, 60, 60]);
        assert!(waits[10..].iter().all(|wait| *wait == 60));
        schedule.succeeded(at(200), None);
        schedule.failed(at(300));
        assert_eq!(schedule.until_next(at(300)), at(5));
    }
}
