//! Key source: where the keys come from, and how they are refreshed.

mod error;
mod fetch;
pub(crate) use fetch::{is_acceptable, is_localhost};
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
/// From a URL, one background thread fetches: at once, and again each time when three quarters of
/// what the answer's `Cache-Control: max-age` allows have passed (RFC 9111; 5 minutes when it says
/// nothing, one second at least and an hour at most, less what a cache on the way says by `Age`),
/// so that the next set is here before the last one is too old. After `max-age=0`, `no-cache` or
/// `no-store` it waits 30 seconds. When tokens name an unknown key, it fetches at most once in 30
/// seconds besides. From a file, the same thread reads it again every 2 seconds. Whatever goes
/// wrong, the last good set stays in use. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub struct KeySource {
    state: watch::Receiver<State>,
    /// Wakes the thread; there is none for a fixed set.
    notify: Option<Notify>,
    /// From a URL.
    fetched: bool,
}

/// The tx of the thread, and what it is rx for.
#[derive(Clone)]
struct Notify {
    tx: SyncSender<()>,
    requested: Arc<Requested>,
}

impl KeySource {
    /// A set that never changes. For tests, and where another part of the program holds the keys.
    pub fn fixed(keys: KeySet) -> Self {
        let (_, state) = watch::channel(State::with(keys));
        Self { state, notify: None, fetched: false }
    }

    /// Reads a JWKS file now, and again whenever it changes (seen within 2 seconds).
    ///
    /// # Errors
    /// When the file cannot be read or is refused now. Later failures keep the last good set and
    /// are logged.
    pub fn file(path: impl Into<PathBuf>) -> Result<Self, KeySourceError> {
        Self::file_beside(path.into(), None)
    }

    /// The same, beside a shared key.
    pub(crate) fn file_beside(path: PathBuf, key: Option<SigningKey>) -> Result<Self, KeySourceError> {
        let reader = KeyReader::new(key);
        let seen = read_file(&path)?;
        let state = State::with(reader.read(&seen)?);
        Self::start(Origin::File { path, seen, reader }, state)
    }

    /// Fetches a JWKS from a URL, in the background.
    ///
    /// It returns at once, without keys; see [`ready`](Self::ready). Redirects are not followed,
    /// the answer must be JSON of at most 256 KiB within 5 seconds, and `localhost` names are
    /// loopback without asking a resolver (RFC 6761, section 6.3).
    ///
    /// # Errors
    /// When the URL could be tampered with on its way: plain http is accepted only for loopback,
    /// private addresses and names without a dot (containers of one network).
    pub fn url(url: Url) -> Result<Self, KeySourceError> {
        Self::url_beside(url, None)
    }

    /// The same, beside a shared key, which is there from the start.
    pub(crate) fn url_beside(url: Url, key: Option<SigningKey>) -> Result<Self, KeySourceError> {
        if !fetch::is_acceptable(&url) {
            return Err(KeySourceError::InsecureUrl);
        }
        let reader = KeyReader::new(key);
        let state = State::without_published(reader.before_any());
        Self::start(Origin::Url(Box::new(fetch::Fetcher::new(url, reader))), state)
    }

    /// Whether keys come from auth-service itself: who has its current set knows every key there
    /// is.
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

    /// The keys in use, or `None` as long as there are none. Before the first load these are the
    /// shared key of the settings alone, if there is one.
    pub fn current(&self) -> Option<Arc<KeySet>> {
        self.state.borrow().keys.clone()
    }

    /// The keys in use, and whether they are all there are: a key that is missing before the first
    /// load may yet come.
    pub(crate) fn now(&self) -> (Option<Arc<KeySet>>, bool) {
        let state = self.state.borrow();
        (state.keys.clone(), state.loaded)
    }

    /// Waits until keys were loaded, or the first attempt to load them has failed.
    ///
    /// Needs no particular runtime and has no time limit of its own beyond that of a fetch (5
    /// seconds).
    pub async fn ready(&self) -> Option<Arc<KeySet>> {
        let mut state = self.state.clone();
        // An error means that the thread is gone; what was loaded stays.
        let _ = state.wait_for(|s| s.loaded || s.attempts > 0).await;
        self.current()
    }

    /// Waits for the outcome of a fetch caused by an unknown key id, and returns the keys then in
    /// use.
    ///
    /// Asks for that fetch; when one happened for this reason less than 30 seconds ago there is
    /// none, and this returns at once. Concurrent callers share one fetch. Needs no particular
    /// runtime.
    pub async fn refreshed(&self) -> Option<Arc<KeySet>> {
        self.ask(|requested| &requested.unknown_key).await;
        self.current()
    }

    /// Whether auth-service can be reached, as far as keys are fetched from it: whether the last
    /// fetch went well. When it did, but 10 seconds ago or more, there is a new one first;
    /// concurrent callers share it. `true` where keys come from a file or are fixed: nothing is
    /// known then.
    ///
    /// For who would send a browser there without need. Needs no particular runtime; a fetch may
    /// take 5 seconds.
    pub async fn reachable(&self) -> bool {
        if self.state.borrow().reachable {
            self.ask(|requested| &requested.contact).await;
        }
        self.state.borrow().reachable
    }

    /// Asks the thread for something and waits for the outcome: it answers every tx by raising
    /// `attempts`, fetched or not.
    async fn ask(&self, what: fn(&Requested) -> &AtomicBool) {
        let Some(notify) = &self.notify else { return };
        let mut state = self.state.clone();
        let before = state.borrow_and_update().attempts;
        what(&notify.requested).store(true, Ordering::Release);
        // A full channel is a tx that will be heard; a closed one is a thread that is gone.
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
