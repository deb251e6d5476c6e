//! The threads of the hash pool and their queue.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

#[cfg(target_os = "linux")]
use rustix::process::{getpriority_process, setpriority_process};
use tokio::sync::oneshot;

use super::hash_queue::{Bounds, HashQueue, Piece, Ticket};
use crate::error::Error;
use crate::passwords::Requester;

/// How much the threads' priority is below that of the process, as `nice` counts.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// Threads that work off the queue. They stop when this is dropped.
pub(super) struct HashThreads(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Signals that waiting work may now be able to start.
    changed: Condvar,
    threads: usize,
    budget: u64,
}

struct State {
    queue: HashQueue<Job>,
    /// The unused part of the budget, in bytes.
    free: u64,
    busy: usize,
    is_closed: bool,
}

/// Work that also sends its result. Dropping it tells the requester that it was not done.
type Job = Box<dyn FnOnce() + Send>;

/// Why a piece of work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashPoolError {
    /// The queue is full. An immediate answer is better than a long wait for everyone.
    #[error("the queue for password hashing is full")]
    Overloaded,
    /// The work needs more memory than the whole budget. Doing it anyway might kill the process and
    /// with it all requests.
    #[error(
        "a stored password hash needs {needs_mib} MiB, and all hashing together may take {budget_mib} MiB: allow the \
         service more memory, or give its owner another password (auth-service users set-password)"
    )]
    TooLarge { needs_mib: u64, budget_mib: u64 },
    /// The work panicked, because of our bug or a library's. The threads go on.
    #[error("the work on the hash pool panicked")]
    Panicked,
}

impl From<HashPoolError> for Error {
    fn from(error: HashPoolError) -> Self {
        match error {
            HashPoolError::Overloaded | HashPoolError::TooLarge { .. } => Self::unavailable(error),
            HashPoolError::Panicked => Self::internal(error),
        }
    }
}

impl HashThreads {
    /// Starts `threads` threads, whose work together uses at most `budget` bytes.
    ///
    /// # Panics
    /// Panics if the operating system cannot start the threads, because no login would work.
    pub fn start(threads: usize, bounds: Bounds, budget: u64) -> Self {
        let queue = HashQueue::new(bounds);
        let shared = Arc::new(Shared {
            state: Mutex::new(State { queue, free: budget, busy: 0, is_closed: false }),
            changed: Condvar::new(),
            threads,
            budget,
        });
        for n in 0..threads {
            let shared = shared.clone();
            let thread = std::thread::Builder::new().name(format!("hash-{n}"));
            thread.spawn(move || shared.work()).expect("the operating system starts a thread");
        }
        Self(shared)
    }

    /// Runs `work`, which needs `memory` bytes, when its turn comes. Dropping this future before
    /// that gives the place back.
    pub async fn run<T: Send + 'static>(
        &self,
        memory: u64,
        requester: Requester,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashPoolError> {
        if memory > self.0.budget {
            let (needs_mib, budget_mib) = (in_mib(memory), in_mib(self.0.budget));
            return Err(HashPoolError::TooLarge { needs_mib, budget_mib });
        }
        let (send, receive) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Skip the work if the requester has left.
            if !send.is_closed() {
                // User input reaches library code here, and a panic would end the thread.
                let done = std::panic::catch_unwind(AssertUnwindSafe(work));
                let _ = send.send(done.map_err(|_| HashPoolError::Panicked));
            }
        });
        let _place = self.0.join(requester, Piece { work: job, memory })?;
        // A displaced request was dropped, which closes its channel.
        receive.await.unwrap_or(Err(HashPoolError::Overloaded))
    }
}

impl Shared {
    fn join(self: &Arc<Self>, requester: Requester, piece: Piece<Job>) -> Result<Place, HashPoolError> {
        let mut state = self.state();
        let idle = self.threads - state.busy;
        let joined = state.queue.join(requester, piece, idle);
        drop(state);
        // Displaced work is dropped here, after the lock is released.
        let admission = joined.map_err(|_refused| HashPoolError::Overloaded)?;
        self.changed.notify_one();
        Ok(Place { shared: self.clone(), ticket: admission.ticket })
    }

    /// A thread's loop, until the pool is dropped.
    fn work(&self) {
        yield_to_other_threads();
        while let Some(Piece { work, memory }) = self.next() {
            work();
            let mut state = self.state();
            state.busy -= 1;
            state.free += memory;
            if memory > 0 {
                self.changed.notify_all();
            }
        }
    }

    /// Waits for work; `None` when the pool is dropped.
    fn next(&self) -> Option<Piece<Job>> {
        let mut state = self.state();
        loop {
            if state.is_closed {
                return None;
            }
            let free = state.free;
            if let Some(piece) = state.queue.next(free) {
                state.free -= piece.memory;
                state.busy += 1;
                return Some(piece);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A poisoned lock is safe to use: no code that holds it leaves the state half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HashThreads {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_all();
    }
}

fn in_mib(bytes: u64) -> u64 {
    bytes.div_ceil(1024 * 1024)
}

/// Gives this thread a lower priority than those that answer requests. A core that hashes then does
/// not keep a renewal waiting for the end of its time slice. Hashing takes what the others leave.
///
/// Only Linux has priorities of threads; elsewhere this would lower the whole process.
fn yield_to_other_threads() {
    // Where a sandbox forbids it, all threads stay equal.
    #[cfg(target_os = "linux")]
    let _ = getpriority_process(None).and_then(|own| setpriority_process(None, own + NICENESS));
}

/// A place in the queue. Dropping it gives the place back.
struct Place {
    shared: Arc<Shared>,
    ticket: Ticket,
}

impl Drop for Place {
    fn drop(&mut self) {
        let left = self.shared.state().queue.leave(self.ticket);
        if left.is_some() {
            // The work may have been held for memory; then others can go now.
            self.shared.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    use tokio::task::JoinHandle;

    use super::super::hash_lane::Places;
    use super::*;
    use crate::rate_limit::Network;

    fn from(address: &str) -> Requester {
        Requester { network: Network::of(Some(address.parse().unwrap())), known_as: None }
    }

    const SOMEBODY: &str = "203.0.113.7";

    fn threads(threads: usize, places: usize, budget: u64) -> Arc<HashThreads> {
        let places = Places { total: places, per_party: places };
        Arc::new(HashThreads::start(threads, Bounds { strangers: places, known: places }, budget))
    }

    /// Keeps the only thread busy until it is released.
    async fn busy(pool: &Arc<HashThreads>) -> (mpsc::Sender<()>, JoinHandle<Result<bool, HashPoolError>>) {
        let (release, gate) = mpsc::channel();
        let (begin, mut begun) = oneshot::channel();
        let pool = pool.clone();
        let work = move || {
            begin.send(()).unwrap();
            gate.recv().is_ok()
        };
        let task = tokio::spawn(async move { pool.run(0, from("192.0.2.1"), work).await });
        while begun.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        (release, task)
    }

    /// Polls once, after which the request is queued or refused.
    fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_takes_work_again_when_it_has_room() {
        let pool = threads(1, 1, 0);
        let (release, first) = busy(&pool).await;
        let mut second = Box::pin(pool.run(0, from(SOMEBODY), || true));
        assert_eq!(poll_once(second.as_mut()), Poll::Pending);
        assert_eq!(pool.run(0, from(SOMEBODY), || true).await, Err(HashPoolError::Overloaded));
        release.send(()).unwrap();
        assert_eq!((first.await.unwrap(), second.await), (Ok(true), Ok(true)));
        assert_eq!(pool.run(0, from(SOMEBODY), || true).await, Ok(true));
    }

    /// W1
    #[tokio::test]
    async fn somebody_of_a_quiet_network_gets_the_place_of_the_newest_of_a_loud_one() {
        let pool = threads(1, 2, 0);
        let (release, first) = busy(&pool).await;
        let mut loud: Vec<_> = (0..2).map(|_| Box::pin(pool.run(0, from(SOMEBODY), || true))).collect();
        for one in &mut loud {
            assert_eq!(poll_once(one.as_mut()), Poll::Pending);
        }
        let mut quiet = Box::pin(pool.run(0, from("198.51.100.1"), || true));
        assert_eq!(poll_once(quiet.as_mut()), Poll::Pending);
        assert_eq!(loud.pop().unwrap().await, Err(HashPoolError::Overloaded));
        release.send(()).unwrap();
        assert_eq!((quiet.await, loud.pop().unwrap().await), (Ok(true), Ok(true)));
        assert_eq!(first.await.unwrap(), Ok(true));
    }

    /// W3
    #[tokio::test]
    async fn who_goes_away_gives_the_place_back_and_is_not_hashed_for() {
        let pool = threads(1, 1, 0);
        let (release, first) = busy(&pool).await;
        let (done, was_done) = mpsc::channel();
        for _ in 0..10 {
            let done = done.clone();
            let mut gone = Box::pin(pool.run(0, from(SOMEBODY), move || done.send(())));
            assert!(poll_once(gone.as_mut()).is_pending());
        }
        let mut stays = Box::pin(pool.run(0, from(SOMEBODY), || true));
        assert_eq!(poll_once(stays.as_mut()), Poll::Pending);
        release.send(()).unwrap();
        assert_eq!((first.await.unwrap(), stays.await), (Ok(true), Ok(true)));
        drop(done);
        assert!(was_done.recv().is_err(), "nothing was hashed for those who had gone");
    }

    /// L5
    #[tokio::test]
    async fn a_panic_in_a_library_costs_one_answer_and_not_the_process() {
        let pool = threads(1, 2, 0);
        for _ in 0..3 {
            let broken: Result<(), _> = pool.run(0, from(SOMEBODY), || panic!("a library's bug")).await;
            assert_eq!(broken, Err(HashPoolError::Panicked));
        }
        assert_eq!(pool.run(0, from(SOMEBODY), || true).await, Ok(true));
    }

    #[tokio::test]
    async fn the_threads_end_with_the_last_that_holds_the_pool() {
        let pool = threads(2, 2, 0);
        let shared = Arc::downgrade(&pool.0);
        assert_eq!(pool.run(0, from(SOMEBODY), || true).await, Ok(true));
        drop(pool);
        while shared.upgrade().is_some() {
            tokio::task::yield_now().await;
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn hashing_has_a_lower_priority_than_answering() {
        let niceness = || getpriority_process(None).unwrap();
        let of_hashing = threads(1, 1, 0).run(0, from(SOMEBODY), niceness).await.unwrap();
        assert_eq!(of_hashing, (niceness() + NICENESS).min(19));
    }

    /// W5: eight threads and memory for only a few jobs: all jobs wait, all of them run, and the
    /// budget is never exceeded.
    #[tokio::test]
    async fn what_needs_memory_waits_for_it_and_all_get_it() {
        let (pool, taken) = (threads(8, 100, 8), Arc::new(AtomicU64::new(0)));
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                let (pool, taken, memory) = (pool.clone(), taken.clone(), n % 9);
                let work = move || {
                    let before = taken.fetch_add(memory, Ordering::SeqCst);
                    std::thread::yield_now();
                    taken.fetch_sub(memory, Ordering::SeqCst);
                    before + memory
                };
                tokio::spawn(async move { pool.run(memory, from(&format!("203.0.{n}.1")), work).await })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().unwrap() <= 8);
        }
        // The threads send the result first and update their state afterwards.
        while pool.0.state().busy > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.0.state().free, 8);
    }
}
