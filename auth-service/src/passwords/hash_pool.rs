//! The hash pool: checks and hashes passwords on its own threads, so that a flood of logins does
//! not slow down other pages.

use std::num::NonZero;
use std::sync::Arc;

use super::hash_lane::Places;
use super::hash_queue::Bounds;
use super::hash_threads::{HashPoolError, HashThreads};
use crate::memory::Limit;
use crate::passwords::{Password, PasswordVerification, Requester};
use crate::random;
use crate::users::PasswordHash;

/// The maximum number of waiting requests of one network for each thread. At cost 12 the last one
/// waits about two seconds.
const OF_ONE_NETWORK: usize = 8;

/// The maximum number of waiting requests from unknown browsers for each thread, over all networks.
const STRANGERS: usize = 16;

/// The maximum number of waiting requests for each thread from browsers that logged in to the
/// account before, in total and for each account.
const KNOWN: usize = 8;
const OF_ONE_ACCOUNT: usize = 2;

/// Hashes passwords on its own threads, with a bounded queue. Clones share the threads.
#[derive(Clone)]
pub struct HashPool(Arc<Inner>);

struct Inner {
    threads: HashThreads,
    cost: u32,
}

impl HashPool {
    /// A pool for this machine: one thread for each core, a queue in proportion, and the memory
    /// that the limit leaves.
    pub fn new(cost: u32, limit: Limit) -> Self {
        Self::with_threads(std::thread::available_parallelism().map_or(1, NonZero::get), cost, limit)
    }

    /// A pool with the given number of threads.
    ///
    /// # Panics
    /// Panics if the operating system cannot start the threads, because no login would work.
    pub fn with_threads(threads: usize, cost: u32, limit: Limit) -> Self {
        let bounds = Bounds {
            strangers: Places { total: threads * STRANGERS, per_party: threads * OF_ONE_NETWORK },
            known: Places { total: threads * KNOWN, per_party: OF_ONE_ACCOUNT },
        };
        Self::build(cost, threads, bounds, limit.for_hashing())
    }

    /// A pool with `threads` threads and `places` queue places, in each lane and for each network
    /// or account.
    ///
    /// # Panics
    /// Panics if the operating system cannot start the threads, because no login would work.
    pub fn sized(cost: u32, threads: usize, places: usize) -> Self {
        Self::with_budget(cost, threads, places, u64::MAX)
    }

    /// A pool whose threads together use at most `budget` bytes at a time.
    pub fn with_budget(cost: u32, threads: usize, places: usize, budget: u64) -> Self {
        let places = Places { total: places, per_party: places };
        let bounds = Bounds { strangers: places, known: places };
        Self::build(cost, threads, bounds, budget)
    }

    fn build(cost: u32, threads: usize, bounds: Bounds, budget: u64) -> Self {
        Self(Arc::new(Inner { threads: HashThreads::start(threads, bounds, budget), cost }))
    }

    /// The configured cost.
    pub fn cost(&self) -> u32 {
        self.0.cost
    }

    /// Checks `password` against the stored hash.
    pub async fn check(
        &self,
        stored: PasswordHash,
        password: Password,
        requester: Requester,
    ) -> Result<PasswordVerification, HashPoolError> {
        let cost = self.cost();
        self.0.threads.run(stored.memory(), requester, move || stored.check(&password, cost)).await
    }

    /// Checks `password`. If it is correct and the settings now require another hash, computes that
    /// at once, so that the request does not queue twice.
    pub async fn check_and_update(
        &self,
        stored: PasswordHash,
        password: Password,
        requester: Requester,
    ) -> Result<(PasswordVerification, Option<PasswordHash>), HashPoolError> {
        let (cost, memory) = (self.cost(), stored.memory());
        let work = move || {
            let verification = stored.check(&password, cost);
            let must_update = verification == PasswordVerification::Match && stored.must_update(cost);
            (verification, must_update.then(|| PasswordHash::remake(&password, cost)))
        };
        self.0.threads.run(memory, requester, work).await
    }

    /// Does the work of a password check for an address without an account. `borrowed` belongs to
    /// another user, so it is checked against a random password and not the one that was typed.
    pub async fn verify_dummy(
        &self,
        borrowed: PasswordHash,
        requester: Requester,
    ) -> Result<(), HashPoolError> {
        let password = Password::from(hex::encode(random::bytes::<32>()));
        let _ = self.check(borrowed, password, requester).await?;
        Ok(())
    }

    /// Runs other slow work on passwords, such as the strength estimate and new hashes.
    pub async fn run<T: Send + 'static>(
        &self,
        requester: Requester,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashPoolError> {
        self.0.threads.run(0, requester, work).await
    }
}

impl std::fmt::Debug for HashPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashPool")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::Network;

    fn argon2(mib: u32) -> PasswordHash {
        let costs = format!("m={},t=1,p=1", mib * 1024);
        PasswordHash::imported(format!("argon2$argon2id$v=19${costs}$AAAAAAAAAAAAAA${}", "A".repeat(43))).0
    }

    /// W5
    #[tokio::test]
    async fn a_hash_that_needs_more_than_there_is_is_refused_and_the_log_says_what_to_do() {
        let pool = HashPool::with_budget(4, 1, 1, 8 << 20);
        let requester = Requester { network: Network::of(None), known_as: None };
        let refused = pool.check(argon2(9), Password::from("a guess".to_owned()), requester).await;
        assert_eq!(refused, Err(HashPoolError::TooLarge { needs_mib: 9, budget_mib: 8 }));
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("needs 9 MiB") && words.contains("set-password"), "{words}");
        assert_eq!(pool.run(requester, || true).await, Ok(true));
    }
}
