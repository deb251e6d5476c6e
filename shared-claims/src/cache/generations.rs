//! Bounded cache of two generations: it drops what nobody asks for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::Claims;
use crate::keys::KeyFingerprint;

/// The SHA-256 of a token.
pub(super) type Name = [u8; 32];

/// A token that has verified: what it says, and which key signed it.
pub(super) struct Seen {
    pub(super) claims: Claims,
    pub(super) key: KeyFingerprint,
}

/// How many tokens make a generation.
const SIZE: usize = 128;

/// After this many seconds the next token opens a generation, full or not: who has left is
/// forgotten as others come, and the memory of a peak is given back.
const SECONDS: u64 = 300;

/// Two generations: what is kept or asked for joins the young one. When that is full, it becomes
/// the old one, and what was still in the old one is gone. So whatever was asked for lately stays,
/// and no step looks at more than one entry but the turn, which frees as many as were kept since
/// the last.
#[derive(Default)]
pub(super) struct Generations {
    young: HashMap<Name, Arc<Seen>>,
    old: HashMap<Name, Arc<Seen>>,
    /// When the young one began.
    began: i64,
}

impl Generations {
    pub(super) const CAPACITY: usize = 2 * SIZE;

    pub(super) fn find(&mut self, name: &Name, now: i64) -> Option<Arc<Seen>> {
        if let Some(seen) = self.young.get(name) {
            return Some(Arc::clone(seen));
        }
        let seen = self.old.remove(name)?;
        self.keep(*name, Arc::clone(&seen), now);
        Some(seen)
    }

    pub(super) fn keep(&mut self, name: Name, seen: Arc<Seen>, now: i64) {
        // A clock that was put back closes a generation too, which costs nothing but a few
        // signatures.
        if self.young.len() >= SIZE || now.abs_diff(self.began) >= SECONDS {
            self.old = std::mem::take(&mut self.young);
            self.began = now;
        }
        self.young.insert(name, seen);
    }

    pub(super) fn forget(&mut self, name: &Name) {
        self.young.remove(name);
        self.old.remove(name);
    }

    #[cfg(all(test, feature = "testing"))]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
