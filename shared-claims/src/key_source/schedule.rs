//! Refresh schedule of the keys. Time is an argument: moments are durations since the worker began.

use std::time::Duration;

/// At most one load for unknown key ids in this time (security J13).
pub(super) const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(30);
/// A sign of life counts for this long.
pub(super) const CONTACT: Duration = Duration::from_secs(10);
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5 * 60);
/// For a set that is already too old when it comes: the server says nothing sensible, and is not
/// asked all the time.
const UNCACHEABLE: Duration = Duration::from_secs(30);
const MIN_MAX_AGE: Duration = Duration::from_secs(1);
const MAX_MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// Nor is a server asked more often than this because a set is about to be too old.
const SHORTEST_PERIOD: Duration = Duration::from_secs(1);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(15);
const SHORTEST_RETRY_WITH_KEYS: Duration = Duration::from_secs(5);
const LONGEST_RETRY_WITH_KEYS: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Schedule {
    next: Duration,
    failures: u32,
    loaded: bool,
    /// A quarter of the age of the last set: what is left of it when the next load is due.
    spare: Duration,
    last_for_unknown: Option<Duration>,
    /// When the last load was answered or given up; of one that went well, its beginning.
    last: Option<Duration>,
}

impl Schedule {
    /// Nothing is loaded yet: the first load is due at once.
    pub(super) fn new() -> Self {
        Self {
            next: Duration::ZERO,
            failures: 0,
            loaded: false,
            spare: Duration::ZERO,
            last_for_unknown: None,
            last: None,
        }
    }

    /// A file was read at moment zero, and is to be looked at again after this time.
    pub(super) fn loaded(period: Duration) -> Self {
        Self { next: period, loaded: true, ..Self::new() }
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

    /// Somebody wants a sign of life: whether to load now.
    pub(super) fn contact(&self, now: Duration) -> bool {
        self.last.is_none_or(|last| now >= last + CONTACT)
    }

    /// A load that was begun at this moment succeeded; the answer said how long it is good for, or
    /// nothing.
    ///
    /// The next load begins after three quarters of that time, counted from the beginning of this
    /// one: what the server publishes at any moment is here before the set that was true until then
    /// is too old, although a load takes time and may have to be tried again. auth-service relies
    /// on it: it signs with a new key five seconds after the sets without that key are too old.
    pub(super) fn succeeded(&mut self, began: Duration, max_age: Option<Duration>) {
        self.failures = 0;
        self.loaded = true;
        self.last = Some(began);
        if max_age == Some(Duration::ZERO) {
            self.spare = UNCACHEABLE / 4;
            self.next = began + UNCACHEABLE;
            return;
        }
        let age = max_age.unwrap_or(DEFAULT_MAX_AGE).clamp(MIN_MAX_AGE, MAX_MAX_AGE);
        self.spare = age / 4;
        self.next = began + (age - self.spare).max(SHORTEST_PERIOD);
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
        self.last = Some(now);
        // With keys in hand there is no hurry, unless they are soon too old.
        let hurry = if self.loaded { SHORTEST_RETRY_WITH_KEYS.min(self.spare) } else { Duration::ZERO };
        self.next = now + wait.max(hurry);
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

    /// K5: a revoked key is gone within the age that the server gives its set: the next load begins
    /// before its end.
    #[test]
    fn a_set_is_loaded_again_after_three_quarters_of_the_age_the_server_gives_it() {
        let mut schedule = loaded();
        assert_eq!(schedule.until_next(at(0)), at(225));
        for (given, used) in [(4, 3), (12, 9), (120, 90), (300, 225), (3600, 2700), (86_400, 2700)] {
            schedule.succeeded(at(1000), Some(at(given)));
            assert_eq!(schedule.until_next(at(1000)), at(used), "{given}");
        }
        assert_eq!(schedule.until_next(at(9000)), at(0));
    }

    /// Whoever wants a sign of life gets one that is not ten seconds old, and auth-service no more
    /// questions than that.
    #[test]
    fn a_sign_of_life_counts_for_ten_seconds() {
        let mut schedule = Schedule::new();
        assert!(schedule.contact(at(0)));
        schedule.succeeded(at(100), None);
        assert!(!schedule.contact(at(109)) && schedule.contact(at(110)));
        schedule.failed(at(200));
        assert!(!schedule.contact(at(209)) && schedule.contact(at(210)));
    }

    #[test]
    fn a_set_is_not_loaded_more_often_than_every_second() {
        let mut schedule = loaded();
        for millis in [1, 1000, 1300] {
            schedule.succeeded(at(1000), Some(Duration::from_millis(millis)));
            assert_eq!(schedule.until_next(at(1000)), at(1), "{millis}");
        }
    }

    #[test]
    fn a_set_that_is_too_old_when_it_comes_is_loaded_again_after_half_a_minute() {
        let mut schedule = loaded();
        schedule.succeeded(at(1000), Some(Duration::ZERO));
        assert_eq!(schedule.until_next(at(1000)), at(30));
    }

    /// K3: auth-service signs with a new key one age and five seconds after it published it.
    /// Whatever age its operator chose, a consumer that was answered a moment before the
    /// publication has the key by then, though loads take three seconds; they may take five, where
    /// the age is no shorter.
    #[test]
    fn a_new_key_is_here_before_the_first_signature_with_it() {
        for (taking, ages) in [(at(3), 1..=3600), (at(5), 5..=3600)] {
            for age in ages {
                let mut schedule = loaded();
                schedule.succeeded(at(1000), Some(at(age)));
                let begins = at(1000) + taking.max(schedule.until_next(at(1000)));
                assert!(begins + taking <= at(1000 + age + 5), "{age}: {begins:?} and {taking:?}");
            }
        }
    }

    /// K3: nor does one failure or two cost it, where a failure is quick.
    #[test]
    fn a_new_key_is_here_in_time_although_loads_fail() {
        for age in 1..=3600 {
            let mut schedule = loaded();
            schedule.succeeded(at(1000), Some(at(age)));
            let mut now = at(1000) + schedule.until_next(at(1000));
            for _ in 0..2 {
                schedule.failed(now);
                now += schedule.until_next(now);
            }
            assert!(now <= at(1000 + age + 5), "{age}: {now:?}");
        }
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
