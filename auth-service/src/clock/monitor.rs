//! The clock monitor: decides whether the clock can be believed. Somebody may set it a year ahead
//! by mistake, and back a minute later. So it is compared with the process's own running time,
//! which nobody sets, and at the start with the last event.

use std::time::Duration;

use crate::db::types::Timestamp;

/// What the clock may differ by from running time, from one reading to the next. Network time
/// corrects by seconds.
const STEP: Duration = Duration::from_secs(60);

/// How long it must have kept pace before things are done by it that cannot be undone.
pub const PROBATION: Duration = Duration::from_secs(3600);

/// How far it may be ahead of what there is evidence for. Sessions are kept for as long after their
/// end, so a clock that is wrong by less takes none that lives.
pub const FAR: Duration = Duration::from_secs(24 * 3600);

/// How far the clock can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It has kept pace for an hour, and is where it should be.
    Steady,
    /// The process began less than an hour ago. Nothing is wrong, as far as is known.
    Young,
    /// It has kept pace for an hour, but there is a gap of more than a day behind that: a leap, or
    /// a service that nobody used.
    Leapt,
    /// Less than an hour ago it leapt, or was found beyond such a gap.
    Doubtful,
}

impl Trust {
    /// Whether a key may be handed over, or taken away, because of its age.
    pub fn is_good_for_keys(self) -> bool {
        self != Self::Doubtful
    }

    /// Whether it has kept pace for an hour.
    pub fn has_kept_pace(self) -> bool {
        matches!(self, Self::Steady | Self::Leapt)
    }
}

/// How much of what is past its time may be taken away now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurgeAllowance {
    Everything,
    /// One batch, the oldest; the next in an hour.
    OneBatch,
    Nothing,
}

/// The readings of the clock so far.
#[derive(Debug, Default)]
pub(super) struct ClockMonitor {
    /// The last reading, and how long the process had run then.
    last: Option<(Timestamp, Duration)>,
    /// Since when the clock has kept pace.
    steady_since: Duration,
    has_stepped: bool,
    /// How far it has gone beyond what there is evidence for, in microseconds.
    beyond: i64,
    last_batch: Option<Duration>,
}

impl ClockMonitor {
    /// Takes a reading; by how many seconds the clock stepped since the last, if it did.
    pub fn see(&mut self, now: Timestamp, running: Duration) -> Option<i64> {
        let Some((then, ran)) = self.last.replace((now, running)) else {
            self.steady_since = running;
            return None;
        };
        // Negative, too: a reading may be overtaken by a later one.
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

    /// Compares the clock, at the start, with the last event that is known.
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

    /// How much may be taken away now; a batch that is allowed counts as taken.
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

    /// A process that has run for `running`, with a clock that shows `ahead` seconds more than it
    /// should.
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
            // Not the whole truth before the hour is over.
            assert_eq!((trust(&monitor, 10), later_on), (first, later), "{gap}");
        }
    }

    #[test]
    fn corrections_of_network_time_and_a_clock_that_is_put_right_do_no_harm() {
        let mut monitor = ClockMonitor::default();
        for (minute, ahead) in [(0, -40), (1, -20), (2, 5), (3, -3)] {
            assert_eq!(see(&mut monitor, 60 * minute, ahead), None);
        }
        // A year behind, then put right: there is no gap in it.
        let mut monitor = ClockMonitor::default();
        see(&mut monitor, 0, 0);
        see(&mut monitor, 60, -(365 * DAY as i64));
        see(&mut monitor, 120, 0);
        assert_eq!(trust(&monitor, 120 + HOUR), Trust::Steady);
    }
}
