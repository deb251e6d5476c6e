//! The write queue of a SQLite file: writers take turns in the order in which they came.
//!
//! SQLite has one writer at a time, and lets the others try again now and then until their time is
//! up. The one that tries at the right moment is next, and one that has waited long can go away
//! with nothing. Within a process nobody need try. Other processes still have to.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};
use parking_lot::{FairMutex, FairMutexGuard};

/// The queue of one database. Clones are the same queue.
#[derive(Clone, Debug)]
pub(super) struct WriteQueue {
    place: Arc<FairMutex<()>>,
    timeout: Duration,
}

thread_local! {
    static OF_THIS_THREAD: RefCell<Option<WriteQueue>> = const { RefCell::new(None) };
}

/// The queue of the database that this thread works on, where there is one.
pub(super) fn of_this_thread() -> Option<WriteQueue> {
    OF_THIS_THREAD.with_borrow(Clone::clone)
}

impl WriteQueue {
    /// One in which nobody waits longer than `timeout`.
    pub fn new(timeout: Duration) -> Self {
        Self { place: Arc::default(), timeout }
    }

    /// Does work whose transactions ([`super::AnyConnection::write`]) stand in this queue.
    pub fn around<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Puts back what was there, after a panic too: threads serve others later.
        struct Before(Option<WriteQueue>);
        impl Drop for Before {
            fn drop(&mut self) {
                OF_THIS_THREAD.set(self.0.take());
            }
        }
        let _before = Before(OF_THIS_THREAD.replace(Some(self.clone())));
        work()
    }

    /// Waits for one's turn, which lasts until what comes back is dropped.
    pub fn turn(&self) -> QueryResult<FairMutexGuard<'_, ()>> {
        self.place.try_lock_for(self.timeout).ok_or_else(|| {
            // SQLite's own words for the same thing.
            Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("database is locked".to_owned()))
        })
    }
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
                // Until it stands in the queue, which nothing tells.
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
