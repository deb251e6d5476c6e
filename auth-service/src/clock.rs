//! Where time comes from: an argument, so that a test can hold it still or move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::db::types::Timestamp;

/// Tells the time.
#[derive(Clone)]
pub struct Clock {
    machine: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// What to add to the machine's time, in microseconds; `None` for a clock that nobody sets.
    correction: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
        Self::from_fn(|| chrono::Utc::now().into())
    }

    /// A clock of the caller's, for tests.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { machine: Arc::new(now), correction: None }
    }

    /// The same clock, to be set by the database's: instances whose machines disagree then agree on when a session
    /// ends and how long ago a token was replaced.
    pub fn set_by_the_database(self) -> Self {
        Self { correction: Some(Arc::default()), ..self }
    }

    /// The present moment, to the microsecond that both databases keep.
    pub fn now(&self) -> Timestamp {
        let now = (self.machine)();
        match &self.correction {
            Some(correction) => now.shifted(correction.load(Ordering::Relaxed)),
            None => now,
        }
    }

    /// Sets the clock by another's answer, which may have taken a while: half of that is taken to be the way back.
    /// Does nothing, and does not ask, for a clock that nobody sets.
    pub fn set_by<E>(&self, ask: impl FnOnce() -> Result<Option<Timestamp>, E>) -> Result<(), E> {
        let Some(correction) = &self.correction else { return Ok(()) };
        let asked = (self.machine)();
        let Some(answer) = ask()? else { return Ok(()) };
        let answered = (self.machine)();
        let ahead = answer.micros_after(asked + asked.until(answered) / 2);
        correction.store(ahead, Ordering::Relaxed);
        if ahead.abs() > LOUD_MICROS {
            tracing::warn!(
                seconds = ahead / 1_000_000,
                "the machine's clock is not the database's, by which we go: run NTP on both"
            );
        }
        Ok(())
    }
}

/// A difference that is worth a word: tokens are refused from five seconds on.
const LOUD_MICROS: i64 = 2_000_000;

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap())
    }

    /// Z4
    #[test]
    fn a_clock_that_is_wrong_is_set_by_anothers() {
        for wrong in [-600, -60, 0, 60, 600] {
            let clock = Clock::from_fn(move || at(wrong)).set_by_the_database();
            assert_eq!(clock.now(), at(wrong));
            clock.set_by(|| Ok::<_, ()>(Some(at(0)))).unwrap();
            assert_eq!(clock.now(), at(0), "{wrong}");
        }
    }

    #[test]
    fn an_answer_that_took_four_seconds_is_two_seconds_old() {
        let machine = Arc::new(AtomicI64::new(100));
        let reading = machine.clone();
        let clock = Clock::from_fn(move || at(reading.load(Ordering::SeqCst))).set_by_the_database();
        let ask = || {
            machine.store(104, Ordering::SeqCst);
            Ok::<_, ()>(Some(at(0)))
        };
        clock.set_by(ask).unwrap();
        assert_eq!(clock.now(), at(0) + Duration::from_secs(2));
    }

    #[test]
    fn a_clock_that_nobody_sets_keeps_its_time() {
        let clock = Clock::from_fn(|| at(60));
        clock.set_by(|| Err(())).unwrap();
        assert_eq!(clock.now(), at(60));
        let clock = Clock::from_fn(|| at(60)).set_by_the_database();
        clock.set_by(|| Ok::<_, ()>(None)).unwrap();
        assert_eq!(clock.now(), at(60));
        assert!(clock.set_by(|| Err(())).is_err());
    }
}
