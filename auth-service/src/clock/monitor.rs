//! The clock monitor: decides whether the clock can be trusted. It may be set a year ahead by
//! mistake, and back a minute later. So it is compared with the process's running time, which
//! cannot be set, and at startup with the last event.

use std::time::Duration;

use crate::db::types::Timestamp;

/// The tolerated difference between clock and running time from one reading to the next. Network
/// time synchronization corrects by seconds.
const STEP: Duration = Duration::from_secs(60);

/// How long the clock must have been steady before irreversible actions rely on it.
pub const PROBATION: Duration = Duration::from_secs(3600);

/// The tolerated lead over the last evidence. Sessions are kept for as long after they expire, so a
/// smaller error never deletes an active one.
pub const FAR: Duration = Duration::from_secs(24 * 3600);

/// How far the clock can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It has been steady for an hour and agrees with the evidence.
    Steady,
    /// The process started less than an hour ago, and no problem is known.
    Young,
    /// It has been steady for an hour, but after a gap of more than a day: either the clock leapt,
    /// or the service was unused.
    Leapt,
    /// It leapt less than an hour ago, or the process started after such a gap less than an hour
    /// ago.
    Doubtful,
}

impl Trust {
    /// Whether keys may be rotated or removed because of their age.
    pub fn is_good_for_keys(self) -> bool {
        self != Self::Doubtful
    }

    /// Whether it has been steady for an hour.
    pub fn has_kept_pace(self) -> bool {
        matches!(self, Self::Steady | Self::Leapt)
    }
}

/// How much expired data may be deleted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurgeAllowance {
    Everything,
    /// One batch of the oldest rows; the next one in an hour.
    OneBatch,
    Nothing,
}

/// The state from all readings so far.
#[derive(Debug, Default)]
pub(super) struct ClockMonitor {
    /// The last reading, and the running time at that moment.
    last: Option<(Timestamp, Duration)>,
    /// The running time since which the clock has been steady.
    steady_since: Duration,
    has_stepped: bool,
    /// The lead over the last evidence, in microseconds.
    beyond: i64,
    last_batch: Option<Duration>,
}

impl ClockMonitor {
    /// Records a reading. Returns the seconds by which the clock stepped since the last one, if it
    /// did.
    pub fn see(&mut self, now: Timestamp, running: Duration) -> Option<i64> {
        let Some((then, ran)) = self.last.replace((now, running)) else {
            self.steady_since = running;
            return None;
        };
        // The difference may be negative, because a later reading may be recorded first.
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        let step = now.micros_after(then).saturating_sub(micros(running) - micros(ran));
        if step.unsigned_abs() <= STEP.as_micros() as u64 {
            return None;
        }
        self.steady_since = running;
        self.has_stepped = true;
        self.beyond = self.beyond.saturating_add(step);
        Some(step / 1_000_000)
    }

    /// Compares the clock with the last known event at startup.
    pub fn compare_with_the_past(&mut self, now: Timestamp, last_event: Timestamp) {
        let gap = now.micros_after(last_event);
        if is_far(gap) {
            self.beyond = gap;
        }
    }

    pub fn trust(&self, running: Duration) -> Trust {
        let kept_pace = running.saturating_sub(self.steady_since) >= PROBATION;
        match (kept_pace, is_far(self.beyond)) {
            (true, false) => Trust::Steady,
            (true, true) => Trust::Leapt,
            (false, false) if !self.has_stepped => Trust::Young,
            (false, _) => Trust::Doubtful,
        }
    }

    /// How much may be deleted now. A permitted batch counts as used.
    pub fn allowance(&mut self, running: Duration) -> PurgeAllowance {
        match self.trust(running) {
            Trust::Steady => PurgeAllowance::Everything,
            Trust::Young | Trust::Doubtful => PurgeAllowance::Nothing,
            Trust::Leapt if self.last_batch.is_some_and(|then| running < then + PROBATION) => {
                PurgeAllowance::Nothing
            }
            Trust::Leapt => {
                self.last_batch = Some(running);
                PurgeAllowance::OneBatch
            }
        }
    }
}

fn is_far(micros: i64) -> bool {
    micros > FAR.as_micros() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;

    /// A reading at running time `running` from a clock that is `ahead` seconds ahead.
    fn see(monitor: &mut ClockMonitor, running: u64, ahead: i64) -> Option<i64> {
        let start = Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let now = (start + Duration::from_secs(running)).shifted(ahead * 1_000_000);
        monitor.see(now, Duration::from_secs(running))
    }

    fn trust(monitor: &ClockMonitor, running: u64) -> Trust {
        monitor.trust(Duration::from_secs(running))
    }

    /// Z13
    #[test]
    fn a_leap_of_a_minute_and_a_half_is_forgotten_an_hour_after_it_is_over() {
        let mut monitor = ClockMonitor::default();
        let leap = 400 * DAY as i64;
        assert_eq!((see(&mut monitor, 0, 0), trust(&monitor, 0)), (None, Trust::Young));
        assert_eq!((see(&mut monitor, 2 * HOUR, 0), trust(&monitor, 2 * HOUR)), (None, Trust::Steady));
        assert_eq!(see(&mut monitor, 2 * HOUR + 10, leap), Some(leap));
        assert_eq!(trust(&monitor, 2 * HOUR + 100), Trust::Doubtful);
        assert_eq!(see(&mut monitor, 2 * HOUR + 105, 0), Some(-leap));
        assert_eq!(trust(&monitor, 2 * HOUR + 200), Trust::Doubtful);
        assert_eq!(monitor.allowance(Duration::from_secs(3 * HOUR)), PurgeAllowance::Nothing);
        assert_eq!(trust(&monitor, 3 * HOUR + 105), Trust::Steady);
        assert_eq!(monitor.allowance(Duration::from_secs(4 * HOUR)), PurgeAllowance::Everything);
    }

    /// Z13
    #[test]
    fn a_clock_that_stays_far_ahead_takes_one_batch_an_hour() {
        let mut monitor = ClockMonitor::default();
        see(&mut monitor, 0, 0);
        see(&mut monitor, 2 * HOUR, 400 * DAY as i64);
        let mut allowed = Vec::new();
        for minute in 0..240 {
            let running = 2 * HOUR + 60 * minute;
            see(&mut monitor, running, 400 * DAY as i64);
            if monitor.allowance(Duration::from_secs(running)) == PurgeAllowance::OneBatch {
                allowed.push(minute);
            }
        }
        assert_eq!(allowed, [60, 120, 180]);
    }

    /// Z13
    #[test]
    fn a_start_long_after_the_last_event_is_doubtful_and_one_soon_after_is_not() {
        let start = Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        for (gap, first, later) in
            [(HOUR, Trust::Young, Trust::Steady), (DAY + 1, Trust::Doubtful, Trust::Leapt)]
        {
            let mut monitor = ClockMonitor::default();
            monitor.see(start, Duration::ZERO);
            monitor.compare_with_the_past(start, start - Duration::from_secs(gap));
            let later_on = trust(&monitor, HOUR);
            // During the first hour the result is only provisional.
            assert_eq!((trust(&monitor, 10), later_on), (first, later), "{gap}");
        }
    }

    #[test]
    fn corrections_of_network_time_and_a_clock_that_is_put_right_do_no_harm() {
        let mut monitor = ClockMonitor::default();
        for (minute, ahead) in [(0, -40), (1, -20), (2, 5), (3, -3)] {
            assert_eq!(see(&mut monitor, 60 * minute, ahead), None);
        }
        // The clock was a year behind and then corrected, which is no gap.
        let mut monitor = ClockMonitor::default();
        see(&mut monitor, 0, 0);
        see(&mut monitor, 60, -(365 * DAY as i64));
        see(&mut monitor, 120, 0);
        assert_eq!(trust(&monitor, 120 + HOUR), Trust::Steady);
    }
}
