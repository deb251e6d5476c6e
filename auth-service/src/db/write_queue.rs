//! The write queue of a SQLite file: writers proceed in order of arrival.
//!
//! SQLite has one writer at a time. The others retry now and then until their timeout. The next
//! writer is whichever retries at the right moment, so one that has waited long may time out. This
//! queue makes retries unnecessary within a process; other processes still retry.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};
use parking_lot::lock_api::ArcMutexGuard;
use parking_lot::{FairMutex, FairMutexGuard, RawFairMutex};

/// The queue of one database. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct WriteQueue {
    place: Arc<FairMutex<()>>,
    timeout: Duration,
}

/// A turn that lasts longer than one function.
pub(super) type OwnedTurn = ArcMutexGuard<RawFairMutex, ()>;

thread_local! {
    static OF_THIS_THREAD: RefCell<Option<WriteQueue>> = const { RefCell::new(None) };
}

/// The queue of the database that this thread works on, if any.
pub(super) fn of_this_thread() -> Option<WriteQueue> {
    OF_THIS_THREAD.with_borrow(Clone::clone)
}

impl WriteQueue {
    /// A queue in which a wait takes at most `timeout`.
    pub fn new(timeout: Duration) -> Self {
        Self { place: Arc::default(), timeout }
    }

    /// Runs work whose transactions ([`super::AnyConnection::write`]) use this queue.
    pub fn around<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Restores the previous queue, also after a panic, because threads are reused.
        struct Before(Option<WriteQueue>);
        impl Drop for Before {
            fn drop(&mut self) {
                OF_THIS_THREAD.set(self.0.take());
            }
        }
        let _before = Before(OF_THIS_THREAD.replace(Some(self.clone())));
        work()
    }

    /// Waits for the turn, which lasts until the guard is dropped.
    pub fn turn(&self) -> QueryResult<FairMutexGuard<'_, ()>> {
        self.place.try_lock_for(self.timeout).ok_or_else(is_busy)
    }

    /// [`WriteQueue::turn`] with a guard of its own.
    pub fn owned_turn(&self) -> QueryResult<OwnedTurn> {
        self.place.try_lock_arc_for(self.timeout).ok_or_else(is_busy)
    }
}

/// The same text as SQLite's own error.
fn is_busy() -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("database is locked".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    /// Z24
    #[test]
    fn those_who_wait_have_their_turn_in_the_order_in_which_they_came() {
        let queue = WriteQueue::new(Duration::from_secs(60));
        let served = Mutex::new(Vec::new());
        let first = queue.turn().unwrap();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (begun, has_begun) = mpsc::channel();
                scope.spawn({
                    let (queue, served) = (&queue, &served);
                    move || {
                        begun.send(()).unwrap();
                        let _turn = queue.turn().unwrap();
                        served.lock().unwrap().push(n);
                    }
                });
                has_begun.recv().unwrap();
                // Give it time to enter the queue, which cannot be observed.
                std::thread::sleep(Duration::from_millis(50));
            }
            drop(first);
        });
        assert_eq!(served.into_inner().unwrap(), (0..8).collect::<Vec<_>>());
    }

    /// Z24
    #[test]
    fn whoever_waits_too_long_is_told_that_the_database_is_busy() {
        let queue = WriteQueue::new(Duration::from_millis(20));
        let _first = queue.turn().unwrap();
        let refused = queue.turn().map(drop).unwrap_err();
        assert_eq!(super::super::Unavailable::reason(&refused), Some(super::super::Unavailable::Busy));
    }

    #[test]
    fn a_thread_forgets_the_queue_when_its_work_is_done() {
        let queue = WriteQueue::new(Duration::ZERO);
        let panics = || queue.around(|| panic!("in the middle of it"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        assert!(of_this_thread().is_none());
        assert!(queue.around(of_this_thread).is_some());
    }
}
