//! A clock that a test can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use auth_service::clock::Clock;
use auth_service::db::types::Timestamp;

/// Starts at the real time, because actix-session and cookies know no other, and goes on from where a test puts it.
#[derive(Clone, Default)]
pub struct TestClock {
    ahead_millis: Arc<AtomicI64>,
}

impl TestClock {
    pub fn advance(&self, span: Duration) {
        self.ahead_millis.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        let ahead = u64::try_from(self.ahead_millis.load(Ordering::SeqCst)).unwrap();
        Clock::system().now() + Duration::from_millis(ahead)
    }

    /// As a machine tells the time whose clock is wrong.
    pub fn clock_of_a_machine_ahead(&self, seconds: i64) -> Clock {
        let this = self.clone();
        Clock::from_fn(move || this.now().shifted(seconds * 1_000_000))
    }

    pub fn clock(&self) -> Clock {
        let this = self.clone();
        Clock::from_fn(move || this.now())
    }
}
