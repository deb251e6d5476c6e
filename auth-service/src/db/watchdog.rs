//! The watchdog of commands: ends one that waits for a database that will never answer.
//!
//! A server that stands still (SIGSTOP, a frozen machine, a pooler before either) ends nothing
//! itself, its kernel goes on acknowledging, and the thread that asked waits in the client's
//! library. So another one looks at the time.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How often it looks.
const STEP: Duration = Duration::from_millis(500);

/// Since when somebody has been waiting; `None` while nobody is.
type Since = Mutex<Option<Instant>>;

/// Watches over one who waits. Ended when dropped.
#[derive(Debug)]
pub(super) struct Watchdog(Arc<Since>);

impl Watchdog {
    /// Calls `end` when one wait has lasted `timeout` and `is_unresponsive`. When it is not, it
    /// looks again after as long.
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

    /// Does what may take forever.
    pub fn guard<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Also when it panics: the thread may do other things later.
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

    /// Does what is no waiting, in the middle of it.
    pub fn apart<T>(&self, work: impl FnOnce() -> T) -> T {
        set(&self.0, None);
        let done = work();
        set(&self.0, Some(Instant::now()));
        done
    }
}

/// Whether somebody waits in vain; `false` when nobody is there any more.
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
        // Still the same wait, though looking took a while.
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
        // It looks again and again, and lets it be.
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
