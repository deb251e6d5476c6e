//! The clock, passed as an argument so that tests can stop or move it.
//!
//! Decisions use the database's clock, which all instances share. They read it inside their
//! transaction, after every wait for a lock. With SQLite it is the machine's clock.

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
    /// The machine's clock, which may be set at any time.
    fn machine(&self) -> Timestamp;

    /// The process's running time, by a monotonic clock.
    fn running(&self) -> Duration;

    /// Adjusts the database's time, in tests.
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
    /// How far the database's clock was ahead of the machine's at the last measurement, in
    /// microseconds.
    ahead: Arc<AtomicI64>,
    monitor: Arc<Mutex<ClockMonitor>>,
}

impl Clock {
    /// Uses the machine's clocks.
    pub fn system() -> Self {
        Self::of(System(Instant::now()))
    }

    /// Uses the given time source, for tests.
    pub fn of(source: impl TimeSource + 'static) -> Self {
        Self { source: Arc::new(source), ahead: Arc::default(), monitor: Arc::default() }
    }

    /// The time for decisions, with the resolution of both databases, a microsecond. Code that may
    /// wait, for a connection or a lock, reads it after the wait.
    pub fn read(&self, conn: &mut AnyConnection) -> QueryResult<Timestamp> {
        Ok(self.reading(db::time(conn)?))
    }

    /// The time, if a statement already returned the database's.
    pub fn reading(&self, database: Option<Timestamp>) -> Timestamp {
        let before = self.running();
        let now = match database {
            Some(answer) => self.source.database(answer),
            None => self.source.machine(),
        };
        let running = self.running();
        // Readings from two different moments cannot be compared.
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

    /// Compares the clock with the last event before this process started; `None` if there was
    /// none.
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

    /// How much expired data may be deleted now. A permitted batch counts as used.
    pub fn allowance(&self) -> PurgeAllowance {
        self.monitor().allowance(self.running())
    }

    fn monitor(&self) -> MutexGuard<'_, ClockMonitor> {
        self.monitor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An estimate of [`Clock::read`] without a query. It must not be used for stored dates.
    pub fn estimate(&self) -> Timestamp {
        self.source.machine().shifted(self.ahead.load(Ordering::Relaxed))
    }

    /// The process's running time, independent of all other clocks.
    pub fn running(&self) -> Duration {
        self.source.running()
    }

    /// Measures the difference between the machine's and the database's clock, for
    /// [`Clock::estimate`].
    pub fn compare(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        self.compare_with(|| db::time(conn))
    }

    /// The query takes time, and half of that is assumed to be the way back.
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

/// A difference that is logged. Services refuse tokens from five seconds on.
const WARN_OFFSET_MICROS: i64 = 2_000_000;

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fake machine clock.
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
