//! The clock: passed as an argument, so that a test can hold it still or move it.
//!
//! A decision goes by the database's clock, which all instances share, and asks for it in its
//! transaction, when it holds what it may have waited for. A SQLite file has no clock but the
//! machine's.

mod monitor;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::QueryResult;

use crate::db::types::Timestamp;
use crate::db::{self, AnyConnection};
use monitor::ClockMonitor;
pub use monitor::{FAR, PROBATION, PurgeAllowance, Trust};

/// A source of time.
pub trait TimeSource: Send + Sync {
    /// The machine's clock. Somebody may set it.
    fn machine(&self) -> Timestamp;

    /// How long the process has run, by a clock that nobody sets.
    fn running(&self) -> Duration;

    /// Adjusts the database's answer, in tests.
    fn database(&self, answer: Timestamp) -> Timestamp {
        answer
    }
}

struct System(Instant);

impl TimeSource for System {
    #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
    fn machine(&self) -> Timestamp {
        chrono::Utc::now().into()
    }

    fn running(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Tells the time.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn TimeSource>,
    /// How far the database was ahead of the machine when that was last measured, in microseconds.
    ahead: Arc<AtomicI64>,
    monitor: Arc<Mutex<ClockMonitor>>,
}

impl Clock {
    /// The machine's own clocks.
    pub fn system() -> Self {
        Self::of(System(Instant::now()))
    }

    /// Clocks of the caller's, for tests.
    pub fn of(source: impl TimeSource + 'static) -> Self {
        Self { source: Arc::new(source), ahead: Arc::default(), monitor: Arc::default() }
    }

    /// The moment to decide by, to the microsecond that both databases keep. Code that may have to
    /// wait, for the connection, for the file's lock or for a row's, asks afterwards.
    pub fn read(&self, conn: &mut AnyConnection) -> QueryResult<Timestamp> {
        Ok(self.reading(db::time(conn)?))
    }

    /// The same, where a statement brought the database's time along.
    pub fn reading(&self, database: Option<Timestamp>) -> Timestamp {
        let before = self.running();
        let now = match database {
            Some(answer) => self.source.database(answer),
            None => self.source.machine(),
        };
        let running = self.running();
        // Two clocks that were not read at one moment cannot be compared.
        let is_one_moment = running.saturating_sub(before) < Duration::from_secs(1);
        let step = if is_one_moment { self.monitor().see(now, running) } else { None };
        if let Some(seconds) = step {
            tracing::error!(
                seconds,
                "the clock stepped: until it has kept pace for an hour, nothing goes because of its age, and no key \
                 is handed over"
            );
        }
        now
    }

    /// Tells the clock what happened last, before this process began. `None` when nothing ever did.
    pub fn compare_with_the_past(&self, now: Timestamp, last_event: Option<Timestamp>) {
        let Some(last_event) = last_event else { return };
        self.monitor().compare_with_the_past(now, last_event);
        if self.trust() == Trust::Doubtful {
            tracing::warn!(
                last_event = last_event.format_utc(),
                now = now.format_utc(),
                "nothing happened for long, or the clock is ahead: what is past its time goes in small batches"
            );
        }
    }

    /// How far the clock can be trusted.
    pub fn trust(&self) -> Trust {
        self.monitor().trust(self.running())
    }

    /// How much of what is past its time may be taken away now; a batch that is allowed counts as
    /// taken.
    pub fn allowance(&self) -> PurgeAllowance {
        self.monitor().allowance(self.running())
    }

    fn monitor(&self) -> MutexGuard<'_, ClockMonitor> {
        self.monitor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An estimate of [`Clock::read`] without asking the database. Nothing that is stored goes by
    /// it.
    pub fn estimate(&self) -> Timestamp {
        self.source.machine().shifted(self.ahead.load(Ordering::Relaxed))
    }

    /// How long the process has run, whatever happens to any other clock.
    pub fn running(&self) -> Duration {
        self.source.running()
    }

    /// Measures how far the machine's clock is from the database's, for [`Clock::estimate`].
    pub fn compare(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        self.compare_with(|| db::time(conn))
    }

    /// The answer may take a while: half of that is taken to be the way back.
    fn compare_with<E>(&self, ask: impl FnOnce() -> Result<Option<Timestamp>, E>) -> Result<(), E> {
        let asked = self.source.machine();
        let Some(answer) = ask()? else { return Ok(()) };
        let answered = self.source.machine();
        let answer = self.source.database(answer);
        let ahead = answer.micros_after(asked + asked.until(answered) / 2);
        self.ahead.store(ahead, Ordering::Relaxed);
        if ahead.abs() > WARN_OFFSET_MICROS {
            tracing::warn!(
                seconds = ahead / 1_000_000,
                "the machine's clock is not the database's, by which we go: run NTP on both"
            );
        }
        Ok(())
    }
}

/// A difference that is worth a word: tokens are refused from five seconds on.
const WARN_OFFSET_MICROS: i64 = 2_000_000;

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine's clock, as it stands.
    struct Hands(Arc<AtomicI64>);

    impl TimeSource for Hands {
        fn machine(&self) -> Timestamp {
            at(self.0.load(Ordering::SeqCst))
        }

        fn running(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap())
    }

    fn clock_at(seconds: i64) -> (Clock, Arc<AtomicI64>) {
        let hands = Arc::new(AtomicI64::new(seconds));
        (Clock::of(Hands(hands.clone())), hands)
    }

    /// Z4
    #[test]
    fn whatever_the_machines_clock_says_the_database_is_believed() {
        for wrong in [-600, -60, 0, 60, 600] {
            let (clock, _) = clock_at(wrong);
            assert_eq!(clock.reading(Some(at(0))), at(0), "{wrong}");
            assert_eq!(clock.estimate(), at(wrong));
            clock.compare_with(|| Ok::<_, ()>(Some(at(0)))).unwrap();
            assert_eq!(clock.estimate(), at(0), "{wrong}");
        }
    }

    #[test]
    fn an_answer_that_took_four_seconds_is_two_seconds_old() {
        let (clock, hands) = clock_at(100);
        let ask = || {
            hands.store(104, Ordering::SeqCst);
            Ok::<_, ()>(Some(at(0)))
        };
        clock.compare_with(ask).unwrap();
        assert_eq!(clock.estimate(), at(0) + Duration::from_secs(2));
    }

    #[test]
    fn where_the_database_has_no_clock_the_machine_is_believed() {
        let (clock, _) = clock_at(60);
        clock.compare_with(|| Ok::<_, ()>(None)).unwrap();
        assert_eq!((clock.estimate(), clock.reading(None)), (at(60), at(60)));
        assert!(clock.compare_with(|| Err(())).is_err());
    }
}
