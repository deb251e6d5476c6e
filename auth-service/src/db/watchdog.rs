//! The watchdog of commands: ends a command that waits for a database that will never respond.
//!
//! A frozen server (SIGSTOP, a frozen machine, or a pooler in front of either) cancels nothing, its
//! kernel still acknowledges packets, and the client library waits forever. So a second thread
//! watches the time.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// The interval of the checks.
const STEP: Duration = Duration::from_millis(500);

/// The start of the current wait; `None` if there is no wait.
type Since = Mutex<Option<Instant>>;

/// Watches one waiting thread. It stops when dropped.
#[derive(Debug)]
pub(super) struct Watchdog(Arc<Since>);

impl Watchdog {
    /// Calls `end` if one wait has lasted `timeout` and `is_unresponsive` returns true. If it
    /// returns false, checks again after another `timeout`.
    pub fn new(
        timeout: Duration,
        is_unresponsive: impl Fn() -> bool + Send + 'static,
        end: impl FnOnce() + Send + 'static,
    ) -> Self {
        let since = Arc::<Since>::default();
        let watched = Arc::downgrade(&since);
        std::thread::spawn(move || {
            if watch(&watched, timeout, is_unresponsive) {
                end();
            }
        });
        Self(since)
    }

    /// Runs work that may block forever.
    pub fn guard<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Also after a panic, because the thread may be used again.
        struct Waiting<'a>(&'a Since);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                set(self.0, None);
            }
        }
        set(&self.0, Some(Instant::now()));
        let _waiting = Waiting(&self.0);
        work()
    }

    /// Suspends the watch during work that does not wait for the database.
    pub fn apart<T>(&self, work: impl FnOnce() -> T) -> T {
        set(&self.0, None);
        let done = work();
        set(&self.0, Some(Instant::now()));
        done
    }
}

/// Whether a wait is hopeless; `false` if the watchdog was dropped.
fn watch(watched: &Weak<Since>, timeout: Duration, is_unresponsive: impl Fn() -> bool) -> bool {
    let mut looked_at = None;
    loop {
        std::thread::sleep(STEP.min(timeout));
        let Some(began) = watched.upgrade().map(|since| get(&since)) else { return false };
        let Some(began) = began else { continue };
        let last = looked_at.filter(|at| *at > began).unwrap_or(began);
        if last.elapsed() < timeout {
            continue;
        }
        let is_unresponsive = is_unresponsive();
        looked_at = Some(Instant::now());
        // Check that it is still the same wait, because the probe took a while.
        if is_unresponsive && watched.upgrade().is_some_and(|since| get(&since) == Some(began)) {
            return true;
        }
    }
}

fn get(since: &Since) -> Option<Instant> {
    *since.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(since: &Since, value: Option<Instant>) {
    *since.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    /// Z30
    #[test]
    fn whoever_waits_in_vain_is_ended() {
        let (send, ended) = mpsc::channel();
        let watch = Watchdog::new(SHORT, || true, move || send.send(()).unwrap());
        watch.guard(|| ended.recv_timeout(Duration::from_secs(60))).unwrap();
    }

    /// Z30
    #[test]
    fn whoever_gets_an_answer_or_waits_for_what_answers_others_is_not() {
        let (send, ended) = mpsc::channel::<()>();
        let (looked, looks) = (Arc::new(AtomicUsize::new(0)), mpsc::channel());
        let counted = looked.clone();
        let lives = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            looks.0.send(()).unwrap();
            false
        };
        let watch = Watchdog::new(SHORT, lives, move || drop(send));
        // The watchdog checks repeatedly and does not end the wait.
        watch.guard(|| {
            for _ in 0..3 {
                looks.1.recv().unwrap();
            }
            watch.apart(|| std::thread::sleep(SHORT * 4));
        });
        let so_far = looked.load(Ordering::SeqCst);
        std::thread::sleep(SHORT * 4);
        assert!(looked.load(Ordering::SeqCst) <= so_far + 1, "nobody waits, so nobody looks");
        drop(watch);
        assert!(ended.recv_timeout(Duration::from_secs(60)).is_err());
    }
}
