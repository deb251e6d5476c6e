//! Cache of verified tokens.
//!
//! A browser sends the same token for five minutes, and computing its signature is nine tenths of
//! what verifying it costs. So what a token said is kept under its SHA-256, and the rest is done
//! each time: the clock and the claims are judged by the same function as always, and the key that
//! signed must still be in the set, unchanged. What fails there is forgotten and judged as if it
//! had never been seen: this can answer yes sooner, and decides nothing by itself.
//!
//! Only tokens that verified go in, so strangers cannot fill it. Nothing of the token's text is
//! kept.

mod generations;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;

use crate::payload;
use crate::{Claims, KeySet, Rejection, Verifier};
use generations::{Generations, Name, Seen};

/// Threads that ask for different tokens rarely wait for each other.
const SHARDS: usize = 16;

/// How many tokens are remembered at most.
pub(crate) const CAPACITY: usize = SHARDS * Generations::CAPACITY;

/// Browsers keep no larger cookie; what is larger is not worth hashing.
const MAX_TOKEN_BYTES: usize = 4096;

/// More words in `amr` and `roles` than this would take many times the room of their token.
const MAX_WORDS: usize = 128;

pub(crate) struct Cache([Mutex<Generations>; SHARDS]);

impl Cache {
    pub(crate) fn new() -> Self {
        Self(Default::default())
    }

    /// What [`Verifier::verify_at`] returns, sooner for a token that has verified before.
    ///
    /// Always with one verifier: nothing here tells two of them apart but `iss`, `aud` and the life
    /// of a token.
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
        let name = name(token);
        // Each lock is let go of at the end of its statement: none is held while a signature is
        // computed.
        let seen = self.shard(&name).find(&name, now);
        if let Some(seen) = seen {
            if keys.holds(&seen.key) && payload::check(&verifier.expected, &seen.claims, now).is_ok() {
                return Ok(seen.claims.clone());
            }
            self.shard(&name).forget(&name);
        }
        let (claims, key) = verifier.verify_naming_key(token, keys, now)?;
        if claims.amr.len() + claims.roles.len() <= MAX_WORDS {
            let seen = Arc::new(Seen { claims: claims.clone(), key });
            self.shard(&name).keep(name, seen, now);
        }
        Ok(claims)
    }

    fn shard(&self, name: &Name) -> MutexGuard<'_, Generations> {
        // Whatever a thread was doing when it panicked, there is nothing in a shard that could be
        // half done.
        self.0[usize::from(name[0]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(token: &str) -> Name {
    let mut name = [0; 32];
    name.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    name
}

/// Who was here is nobody's business who prints a login.
impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache(at most {CAPACITY})")
    }
}
