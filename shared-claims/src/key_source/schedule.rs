//! Refresh schedule of the keys: when to load them next. Time is an argument; moments are durations
//! since the worker began.

use std::time::Duration;

/// The shortest time between two loads for unknown key ids (security J13).
pub(super) const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(30);
/// How long a load proves that auth-service can be reached.
pub(super) const REACHABILITY_TTL: Duration = Duration::from_secs(10);
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5 * 60);
/// The pause after a set that is already stale when it arrives: its server gives no usable
/// lifetime, and must not be asked all the time.
const UNCACHEABLE_PERIOD: Duration = Duration::from_secs(30);
const MIN_MAX_AGE: Duration = Duration::from_secs(1);
const MAX_MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// The shortest time between two regular loads.
const MIN_PERIOD: Duration = Duration::from_secs(1);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const MAX_RETRY: Duration = Duration::from_secs(15);
const MIN_RETRY_WITH_KEYS: Duration = Duration::from_secs(5);
const MAX_RETRY_WITH_KEYS: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Schedule {
    next: Duration,
    failures: u32,
    loaded: bool,
    /// A quarter of the last set's lifetime: what is left of it when the next load is due.
    time_left: Duration,
    last_for_unknown: Option<Duration>,
    /// When the last load failed, or, if it succeeded, when it began.
    last: Option<Duration>,
}

impl Schedule {
    /// A schedule without keys: the first load is due at once.
    pub(super) fn new() -> Self {
        Self {
            next: Duration::ZERO,
            failures: 0,
            loaded: false,
            time_left: Duration::ZERO,
            last_for_unknown: None,
            last: None,
        }
    }

    /// A schedule for a file that was read at moment zero, and is read again after `period`.
    pub(super) fn loaded(period: Duration) -> Self {
        Self { next: period, loaded: true, ..Self::new() }
    }

    /// How long the worker may sleep.
    pub(super) fn until_next(&self, now: Duration) -> Duration {
        self.next.saturating_sub(now)
    }

    /// Whether to load now, because a token names an unknown key. If so, the pause begins.
    pub(super) fn is_unknown_key_load_due(&mut self, now: Duration) -> bool {
        // Before the first load its retries are running, and a flood of tokens must not hurry them.
        let allowed = self.loaded && self.last_for_unknown.is_none_or(|t| now >= t + UNKNOWN_KEY_PAUSE);
        if allowed {
            self.last_for_unknown = Some(now);
        }
        allowed
    }

    /// Whether to load now, to find out if auth-service can be reached.
    pub(super) fn is_reachability_check_due(&self, now: Duration) -> bool {
        self.last.is_none_or(|last| now >= last + REACHABILITY_TTL)
    }

    /// Records a load that began at `began` and succeeded, and how long its keys stay fresh, if the
    /// response said so.
    ///
    /// The next load begins after three quarters of that time, counted from the beginning of this
    /// one. So whatever the server publishes at any moment arrives before the previous set is
    /// stale, although a load takes time and may have to be repeated. auth-service relies on it: it
    /// signs with a new key five seconds after the sets without that key are stale.
    pub(super) fn succeeded(&mut self, began: Duration, max_age: Option<Duration>) {
        self.failures = 0;
        self.loaded = true;
        self.last = Some(began);
        if max_age == Some(Duration::ZERO) {
            self.time_left = UNCACHEABLE_PERIOD / 4;
            self.next = began + UNCACHEABLE_PERIOD;
            return;
        }
        let age = max_age.unwrap_or(DEFAULT_MAX_AGE).clamp(MIN_MAX_AGE, MAX_MAX_AGE);
        self.time_left = age / 4;
        self.next = began + (age - self.time_left).max(MIN_PERIOD);
    }

    /// Records that the file was checked.
    pub(super) fn file_checked(&mut self, now: Duration, period: Duration) {
        self.next = now + period;
    }

    /// Records that a load failed. Retries back off exponentially.
    pub(super) fn failed(&mut self, now: Duration) {
        let longest = if self.loaded { MAX_RETRY_WITH_KEYS } else { MAX_RETRY };
        let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(10)).min(longest);
        self.failures = self.failures.saturating_add(1);
        self.last = Some(now);
        // With keys in use there is no hurry, unless they are stale soon.
        let hurry = if self.loaded { MIN_RETRY_WITH_KEYS.min(self.time_left) } else { Duration::ZERO };
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

    /// J13: at most one load in thirty seconds for unknown keys, however many tokens name them.
    #[test]
    fn unknown_keys_cause_one_load_in_thirty_seconds() {
        let mut schedule = loaded();
        let allowed: Vec<u64> =
            (0..100).filter(|second| schedule.is_unknown_key_load_due(at(*second))).collect();
        assert_eq!(allowed, [0, 30, 60, 90]);
    }

    /// J13: unknown keys do not hurry the first load either.
    #[test]
    fn unknown_keys_cause_no_load_before_the_first_success() {
        let mut schedule = Schedule::new();
        schedule.failed(at(0));
        assert!((0..100).all(|second| !schedule.is_unknown_key_load_due(at(second))));
    }

    /// K5: a revoked key is gone within the lifetime that the server gives its set.
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

    /// A load proves for ten seconds that auth-service can be reached, and causes no more loads
    /// than that.
    #[test]
    fn a_sign_of_life_counts_for_ten_seconds() {
        let mut schedule = Schedule::new();
        assert!(schedule.is_reachability_check_due(at(0)));
        schedule.succeeded(at(100), None);
        assert!(!schedule.is_reachability_check_due(at(109)) && schedule.is_reachability_check_due(at(110)));
        schedule.failed(at(200));
        assert!(!schedule.is_reachability_check_due(at(209)) && schedule.is_reachability_check_due(at(210)));
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

    /// K3: auth-service signs with a new key one lifetime and five seconds after it published it.
    /// For every lifetime that an operator may choose, a service that fetched just before the
    /// publication has the key by then, although loads take three seconds, or five if the lifetime
    /// is no shorter.
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

    /// K3: one or two failures do not change that, if they are quick.
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
