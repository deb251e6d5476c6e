//! Key source: where the public keys come from, and how they stay current.

mod error;
mod fetch;
pub(crate) use fetch::is_acceptable;
mod key_file;
mod key_reader;
mod schedule;
mod state;
mod worker;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use tokio::sync::watch;
use url::Url;

use crate::KeySet;
use crate::settings::SigningKey;
pub use error::KeySourceError;
use key_file::read_file;
use key_reader::KeyReader;
use state::{Requested, State};
use worker::{Origin, Worker};

/// Keeps a [`KeySet`] current. Cheap to clone; all clones share one set.
///
/// From a URL, one background thread fetches the keys: at once, and again whenever three quarters
/// of their `Cache-Control: max-age` have passed (RFC 9111), so that the next set arrives before
/// the last one is stale. `max-age` is 5 minutes if it is absent, at least one second and at most
/// an hour, less the `Age` that a cache on the way adds. After `max-age=0`, `no-cache` or
/// `no-store` the thread waits 30 seconds. If a token names an unknown key, it fetches early, at
/// most once in 30 seconds.
///
/// From a file, the same thread reads it again every 2 seconds. After any failure, the last good
/// set stays in use. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub struct KeySource {
    state: watch::Receiver<State>,
    /// Wakes the thread. `None` for a fixed set.
    notify: Option<Notify>,
    /// Whether the keys come from a URL.
    fetched: bool,
}

/// The channel that wakes the thread, and the reasons for waking it.
#[derive(Clone)]
struct Notify {
    tx: SyncSender<()>,
    requested: Arc<Requested>,
}

impl KeySource {
    /// Creates a source with a set that never changes: for tests, and for programs that hold the
    /// keys themselves.
    pub fn fixed(keys: KeySet) -> Self {
        let (_, state) = watch::channel(State::with(keys));
        Self { state, notify: None, fetched: false }
    }

    /// Reads a JWKS file now, and again when it changes (noticed within 2 seconds).
    ///
    /// # Errors
    /// When the file cannot be read or is refused now. Later failures are logged and keep the last
    /// good set.
    pub fn file(path: impl Into<PathBuf>) -> Result<Self, KeySourceError> {
        Self::file_with_signing_key(path.into(), None)
    }

    /// As [`file`](Self::file), with a shared key beside the published ones.
    pub(crate) fn file_with_signing_key(
        path: PathBuf,
        key: Option<SigningKey>,
    ) -> Result<Self, KeySourceError> {
        let reader = KeyReader::new(key);
        let last_read = read_file(&path)?;
        let state = State::with(reader.read(&last_read)?);
        Self::start(Origin::File { path, last_read, reader }, state)
    }

    /// Fetches a JWKS from a URL, in the background.
    ///
    /// It returns at once, without keys; see [`ready`](Self::ready). The response must be JSON of
    /// at most 256 KiB within 5 seconds. Redirects are not followed. `localhost` names are
    /// loopback, without asking a resolver (RFC 6761, section 6.3).
    ///
    /// # Errors
    /// When an attacker on the network could replace the keys: plain http is accepted only for
    /// loopback, private addresses and names without a dot (containers of one network).
    pub fn url(url: Url) -> Result<Self, KeySourceError> {
        Self::url_with_signing_key(url, None)
    }

    /// As [`url`](Self::url), with a shared key, which is in use from the start.
    pub(crate) fn url_with_signing_key(url: Url, key: Option<SigningKey>) -> Result<Self, KeySourceError> {
        if !fetch::is_acceptable(&url) {
            return Err(KeySourceError::InsecureUrl);
        }
        let reader = KeyReader::new(key);
        let state = State::without_published(reader.initial());
        Self::start(Origin::Url(Box::new(fetch::Fetcher::new(url, reader))), state)
    }

    /// Whether the keys come from auth-service itself. If so, a key that is not in its current set
    /// does not exist.
    pub fn are_fetched(&self) -> bool {
        self.fetched
    }

    fn start(origin: Origin, state: State) -> Result<Self, KeySourceError> {
        let fetched = matches!(origin, Origin::Url(_));
        let (sender, state) = watch::channel(state);
        let (tx, rx) = sync_channel(1);
        let requested = Arc::new(Requested::default());
        let worker = Worker::new(origin, sender, rx, Arc::clone(&requested));
        std::thread::Builder::new()
            .name("shared-claims-keys".to_owned())
            .spawn(move || worker.run())
            .map_err(KeySourceError::Thread)?;
        Ok(Self { state, notify: Some(Notify { tx, requested }), fetched })
    }

    /// The keys in use, or `None` before any are loaded. Before the first load it is the shared key
    /// of the settings alone, if there is one.
    pub fn current(&self) -> Option<Arc<KeySet>> {
        self.state.borrow().keys.clone()
    }

    /// The keys in use, and whether published keys were loaded: a key that is missing before the
    /// first load may still come.
    pub(crate) fn current_and_loaded(&self) -> (Option<Arc<KeySet>>, bool) {
        let state = self.state.borrow();
        (state.keys.clone(), state.loaded)
    }

    /// Waits until keys are loaded, or the first attempt to load them has failed.
    ///
    /// Works on any async runtime. It has no timeout of its own beyond that of a fetch (5 seconds).
    pub async fn ready(&self) -> Option<Arc<KeySet>> {
        let mut state = self.state.clone();
        // An error means that the thread has ended; the loaded keys stay.
        let _ = state.wait_for(|s| s.loaded || s.attempts > 0).await;
        self.current()
    }

    /// Fetches the keys because of an unknown key id, waits for the outcome, and returns the keys
    /// then in use.
    ///
    /// If such a fetch happened less than 30 seconds ago there is no new one, and this returns at
    /// once. Concurrent callers share one fetch. Works on any async runtime.
    pub async fn refreshed(&self) -> Option<Arc<KeySet>> {
        self.request_load(|requested| &requested.unknown_key).await;
        self.current()
    }

    /// Whether auth-service can be reached: whether the last fetch of keys succeeded. If it did,
    /// but 10 seconds ago or more, a new fetch decides; concurrent callers share it. `true` if keys
    /// come from a file or are fixed, because nothing is known then.
    ///
    /// Ask it before sending a browser there without need. Works on any async runtime; a fetch may
    /// take 5 seconds.
    pub async fn reachable(&self) -> bool {
        if self.state.borrow().reachable {
            self.request_load(|requested| &requested.reachability).await;
        }
        self.state.borrow().reachable
    }

    /// Wakes the thread for one reason and waits for the outcome. The thread answers every wake-up
    /// by raising `attempts`, whether it fetched or not.
    async fn request_load(&self, what: fn(&Requested) -> &AtomicBool) {
        let Some(notify) = &self.notify else { return };
        let mut state = self.state.clone();
        let before = state.borrow_and_update().attempts;
        what(&notify.requested).store(true, Ordering::Release);
        // A full channel means that a wake-up is pending already; a disconnected one, that the
        // thread has ended.
        if notify.tx.try_send(()) != Err(TrySendError::Disconnected(())) {
            let _ = state.wait_for(|s| s.attempts > before).await;
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySource").field("keys", &self.current()).finish_non_exhaustive()
    }
}
