//! State that the worker thread shares with its callers.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::KeySet;

/// The state that the worker publishes.
#[derive(Debug)]
pub(super) struct State {
    pub(super) keys: Option<Arc<KeySet>>,
    /// Whether `keys` include the published ones, and not only a key from the settings.
    pub(super) loaded: bool,
    /// Whether the last load succeeded.
    pub(super) reachable: bool,
    /// Counts the loads, successful or not, and the wake-ups that caused none.
    pub(super) attempts: u64,
}

impl State {
    pub(super) fn with(keys: KeySet) -> Self {
        Self { keys: Some(Arc::new(keys)), loaded: true, reachable: true, attempts: 1 }
    }

    /// The state before the first load.
    pub(super) fn without_published(keys: Option<KeySet>) -> Self {
        Self { keys: keys.map(Arc::new), loaded: false, reachable: false, attempts: 0 }
    }
}

/// Why the worker is woken.
#[derive(Debug, Default)]
pub(super) struct Requested {
    /// A token names a key that is not in the set.
    pub(super) unknown_key: AtomicBool,
    /// A caller asks whether auth-service can be reached.
    pub(super) reachability: AtomicBool,
}
