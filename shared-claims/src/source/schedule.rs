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
