//! Threads that do nothing but hash, so that a flood of logins leaves every other page quick.

use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::hmac;
use tokio::sync::{Semaphore, oneshot};

use super::hashers::Verdict;
use super::{Email, Mix, NewPassword, Password, PasswordHash};
use crate::config::SecretKey;
use crate::error::Error;
use crate::random;

/// How many may wait for each thread. At cost 12 the last of them waits about two seconds.
const WAITING_PER_THREAD: usize = 8;

/// Hashes on threads of its own, with a queue that has an end. Clones share the threads.
#[derive(Clone)]
pub struct HashPool(Arc<Shared>);

struct Shared {
    threads: rayon::ThreadPool,
    places: Arc<Semaphore>,
    cost: u32,
    /// Decides what an unknown address is compared with; the same for all instances.
    decoy_key: hmac::Key,
    mix: RwLock<Arc<Mix>>,
}

/// Why a piece of work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The queue is full: better to say so at once than to let everybody wait.
    #[error("the queue for password hashing is full")]
    Overloaded,
    /// The work met a bug, ours or a library's; the threads live on.
    #[error("the work on the hash pool panicked")]
    Panicked,
}

impl From<NotDone> for Error {
    fn from(error: NotDone) -> Self {
        match error {
            NotDone::Overloaded => Self::unavailable(error),
            NotDone::Panicked => Self::internal(error),
        }
    }
}

impl HashPool {
    /// A pool for this machine: one thread a core, and eight waiting for each.
    pub fn new(cost: u32, secret: &SecretKey) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let key = secret.derive::<32>("decoys for unknown addresses");
        Self::made(cost, threads, threads * (1 + WAITING_PER_THREAD), &*key)
    }

    /// A pool of `threads` that takes on `places` pieces of work at a time.
    ///
    /// # Panics
    /// When the operating system starts no more threads: nobody could log in then.
    pub fn sized(cost: u32, threads: usize, places: usize) -> Self {
        Self::made(cost, threads, places, &random::bytes::<32>())
    }

    fn made(cost: u32, threads: usize, places: usize, decoy_key: &[u8]) -> Self {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|n| format!("hash-{n}"))
            .build()
            .expect("the operating system starts a thread");
        Self(Arc::new(Shared {
            threads,
            places: Arc::new(Semaphore::new(places)),
            cost,
            decoy_key: hmac::Key::new(hmac::HMAC_SHA256, decoy_key),
            mix: RwLock::new(Arc::new(Mix::of_ours(PasswordHash::decoy(cost)))),
        }))
    }

    /// Learns what the table holds by now, so that unknown addresses look like its rows.
    pub fn learn(&self, mix: Mix) {
        *self.0.mix.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mix);
    }

    /// The cost that the settings ask for.
    pub fn cost(&self) -> u32 {
        self.0.cost
    }

    /// Judges `password` against what is stored.
    pub async fn check(&self, stored: PasswordHash, password: Password) -> Result<Checked, NotDone> {
        let cost = self.0.cost;
        self.run(move || match stored.check(&password, cost) {
            Verdict::Right => Checked::Right { must_update: stored.must_update(cost) },
            Verdict::Wrong => Checked::Wrong,
            Verdict::Unusable => Checked::Unusable,
            Verdict::Corrupt => Checked::Corrupt,
        })
        .await
    }

    /// Does the work of judging `password` for an address without an account, as for a row that there might be. What
    /// comes of it is thrown away: nobody is let in.
    pub async fn check_nobody(&self, email: &Email, password: Password) -> Result<(), NotDone> {
        let (decoy, cost) = (self.decoy(email), self.0.cost);
        self.run(move || {
            let _ = decoy.check(&password, cost);
        })
        .await
    }

    /// What an address without an account is compared with.
    pub fn decoy(&self, email: &Email) -> PasswordHash {
        let mix = self.0.mix.read().unwrap_or_else(PoisonError::into_inner).clone();
        mix.decoy(email, &self.0.decoy_key).clone()
    }

    /// Hashes a new password.
    pub async fn make(&self, password: NewPassword) -> Result<PasswordHash, NotDone> {
        let cost = self.0.cost;
        self.run(move || PasswordHash::make(&password, cost)).await
    }

    /// Hashes again, at the present cost, a password that was just found right.
    pub async fn remake(&self, password: Password) -> Result<PasswordHash, NotDone> {
        let cost = self.0.cost;
        self.run(move || PasswordHash::remake(&password, cost)).await
    }

    /// Runs other slow judgements about passwords, such as their strength.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotDone> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| NotDone::Overloaded)?;
        let (send, receive) = oneshot::channel();
        self.0.threads.spawn(move || {
            // Somebody who went away need not be hashed for.
            if !send.is_closed() {
                // What somebody typed goes through libraries here, and rayon ends the process at a panic.
                let done = std::panic::catch_unwind(AssertUnwindSafe(work));
                let _ = send.send(done.map_err(|_| NotDone::Panicked));
            }
            drop(place);
        });
        receive.await.unwrap_or(Err(NotDone::Panicked))
    }
}

/// What came of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Checked {
    Right {
        /// The settings ask for another hash by now: costlier, or in our form.
        must_update: bool,
    },
    Wrong,
    /// The account came without a password.
    Unusable,
    Corrupt,
}

impl std::fmt::Debug for HashPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashPool")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_takes_work_again_when_it_has_room() {
        let pool = HashPool::sized(4, 1, 2);
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || gate.recv().is_ok()).await }
        });
        let second = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| true).await }
        });
        while pool.0.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|| true).await, Err(NotDone::Overloaded));
        release.send(()).unwrap();
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (Ok(true), Ok(true)));
        while pool.0.places.available_permits() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|| true).await, Ok(true));
    }

    /// L5
    #[tokio::test]
    async fn a_panic_in_a_library_costs_one_answer_and_not_the_process() {
        let pool = HashPool::sized(4, 1, 2);
        for _ in 0..3 {
            let broken: Result<(), _> = pool.run(|| panic!("a library's bug")).await;
            assert_eq!(broken, Err(NotDone::Panicked));
        }
        assert_eq!(pool.run(|| true).await, Ok(true));
    }
}
