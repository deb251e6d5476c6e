//! A clock that a test can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_service::clock::{Clock, TimeSource};
use auth_service::db::types::Timestamp;

/// It starts at the real time, because actix-session and cookies use that, and goes on from the
/// time that a test sets.
#[derive(Clone, Default)]
pub struct TestClock {
    ahead_millis: Arc<AtomicI64>,
    /// By how much the clock was set, while no time passed.
    set_seconds: Arc<AtomicI64>,
}

impl TestClock {
    pub fn advance(&self, span: Duration) {
        self.ahead_millis.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Sets the clock wrong or right: no time passes.
    pub fn jump(&self, seconds: i64) {
        self.set_seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        self.moved(Clock::system().estimate())
    }

    fn moved(&self, moment: Timestamp) -> Timestamp {
        let set = self.set_seconds.load(Ordering::SeqCst) * 1_000_000;
        moment.shifted(self.ahead_millis.load(Ordering::SeqCst) * 1_000 + set)
    }

    pub fn clock(&self) -> Clock {
        self.clock_of_a_machine_ahead(0)
    }

    /// The clock as a machine with a wrong time reads it.
    pub fn clock_of_a_machine_ahead(&self, seconds: i64) -> Clock {
        Clock::of(Machine { clock: self.clone(), system: Clock::system(), wrong_micros: seconds * 1_000_000 })
    }
}

struct Machine {
    clock: TestClock,
    system: Clock,
    wrong_micros: i64,
}

impl TimeSource for Machine {
    fn machine(&self) -> Timestamp {
        self.clock.now().shifted(self.wrong_micros)
    }

    fn running(&self) -> Duration {
        let waited = u64::try_from(self.clock.ahead_millis.load(Ordering::SeqCst)).unwrap();
        self.system.running() + Duration::from_millis(waited)
    }

    fn database(&self, answer: Timestamp) -> Timestamp {
        self.clock.moved(answer)
    }
}
