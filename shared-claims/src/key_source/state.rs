//! Shared state of the worker thread and those who ask it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::KeySet;

/// What the thread tells everybody.
#[derive(Debug)]
pub(super) struct State {
    pub(super) keys: Option<Arc<KeySet>>,
    /// Whether `keys` hold what is published, and not only a key from the settings.
    pub(super) loaded: bool,
    /// Whether the last load went well.
    pub(super) reachable: bool,
    /// Rises with each load, successful or not, and with each rx that caused none.
    pub(super) attempts: u64,
}

impl State {
    pub(super) fn with(keys: KeySet) -> Self {
        Self { keys: Some(Arc::new(keys)), loaded: true, reachable: true, attempts: 1 }
    }

    /// Before the first load.
    pub(super) fn without_published(keys: Option<KeySet>) -> Self {
        Self { keys: keys.map(Arc::new), loaded: false, reachable: false, attempts: 0 }
    }
}

/// What the thread is asked for when its rx rings.
#[derive(Debug, Default)]
pub(super) struct Requested {
    /// The key of a token, which is not in the set.
    pub(super) unknown_key: AtomicBool,
    /// A sign of life.
    pub(super) contact: AtomicBool,
}
