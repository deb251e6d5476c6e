//! Bounded cache of two generations, which drops the entries that nobody asks for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Claims;
use crate::keys::KeyFingerprint;

/// The SHA-256 of a token, the key of an entry.
pub(super) type TokenHash = [u8; 32];

/// A verified token: its claims, and which key signed it.
pub(super) struct VerifiedToken {
    pub(super) claims: Claims,
    pub(super) key: KeyFingerprint,
}

/// How many tokens a generation holds.
const GENERATION_SIZE: usize = 128;

/// A generation ends after this many seconds, full or not. So the entries of people who have left
/// go away, and the memory of a peak is freed.
const GENERATION_SECONDS: u64 = 300;

/// Two generations of entries. New entries, and old ones that are asked for, join the young
/// generation. When that is full it becomes the old one, and the former old one is dropped. So
/// recently used entries stay, and each step touches one entry. Only the change of generations
/// touches more: it frees what the old one held.
#[derive(Default)]
pub(super) struct Generations {
    young: HashMap<TokenHash, Arc<VerifiedToken>>,
    old: HashMap<TokenHash, Arc<VerifiedToken>>,
    /// When the young generation began, in seconds since 1970.
    young_since: i64,
}

impl Generations {
    pub(super) const CAPACITY: usize = 2 * GENERATION_SIZE;

    pub(super) fn find(&mut self, hash: &TokenHash, now: i64) -> Option<Arc<VerifiedToken>> {
        if let Some(cached) = self.young.get(hash) {
            return Some(Arc::clone(cached));
        }
        let cached = self.old.remove(hash)?;
        self.keep(*hash, Arc::clone(&cached), now);
        Some(cached)
    }

    pub(super) fn keep(&mut self, hash: TokenHash, cached: Arc<VerifiedToken>, now: i64) {
        // A clock that was put back ends a generation too. That costs no more than verifying some
        // signatures again.
        if self.young.len() >= GENERATION_SIZE || now.abs_diff(self.young_since) >= GENERATION_SECONDS {
            self.old = std::mem::take(&mut self.young);
            self.young_since = now;
        }
        self.young.insert(hash, cached);
    }

    pub(super) fn forget(&mut self, hash: &TokenHash) {
        self.young.remove(hash);
        self.old.remove(hash);
    }

    #[cfg(all(test, feature = "testing"))]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
