//! Cache of verified tokens.
//!
//! A browser sends the same token for five minutes, and the signature is nine tenths of the cost of
//! verifying it. So the claims of a verified token are kept under its SHA-256. Everything else is
//! checked each time: the same function as always compares the claims with the clock, and the key
//! that signed must still be in the set, unchanged. An entry that fails is dropped, and the token
//! is verified from the beginning. So the cache makes an acceptance faster, and never causes one.
//!
//! Only verified tokens go in, so strangers cannot fill it. The token's text is not kept.

mod generations;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;

use crate::payload;
use crate::{Claims, KeySet, Rejection, Verifier};
use generations::{Generations, TokenHash, VerifiedToken};

/// Sharding, so that threads with different tokens rarely wait for each other.
const SHARDS: usize = 16;

/// How many tokens the cache holds at most.
pub(crate) const CAPACITY: usize = SHARDS * Generations::CAPACITY;

/// Larger tokens are not cached: browsers keep no larger cookie.
const MAX_TOKEN_BYTES: usize = 4096;

/// Claims with more entries in `amr` and `roles` are not cached: they take many times the memory of
/// their token.
const MAX_LIST_ITEMS: usize = 128;

pub(crate) struct Cache([Mutex<Generations>; SHARDS]);

impl Cache {
    pub(crate) fn new() -> Self {
        Self(Default::default())
    }

    /// Returns what [`Verifier::verify_at`] returns, faster for a token that has verified before.
    ///
    /// Use one cache with one verifier only: the entries do not say which verifier accepted them.
    pub(crate) fn verify_at(
        &self,
        verifier: &Verifier,
        token: &str,
        keys: &KeySet,
        now: i64,
    ) -> Result<Claims, Rejection> {
        if token.len() > MAX_TOKEN_BYTES {
            return verifier.verify_at(token, keys, now);
        }
        let hash = hash(token);
        // The guard is dropped at the end of the statement: no lock is held while a signature is
        // verified.
        let cached = self.shard(&hash).find(&hash, now);
        if let Some(cached) = cached {
            if keys.holds(&cached.key) && payload::check(&verifier.expected, &cached.claims, now).is_ok() {
                return Ok(cached.claims.clone());
            }
            self.shard(&hash).forget(&hash);
        }
        let (claims, key) = verifier.verify_naming_key(token, keys, now)?;
        if claims.amr.len() + claims.roles.len() <= MAX_LIST_ITEMS {
            let cached = Arc::new(VerifiedToken { claims: claims.clone(), key });
            self.shard(&hash).keep(hash, cached, now);
        }
        Ok(claims)
    }

    fn shard(&self, hash: &TokenHash) -> MutexGuard<'_, Generations> {
        // A poisoned lock is fine: no operation leaves a shard half done.
        self.0[usize::from(hash[0]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(token: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// Does not show the claims: whoever prints a login need not learn who was logged in.
impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache(at most {CAPACITY})")
    }
}
