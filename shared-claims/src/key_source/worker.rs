//! Worker thread that loads the keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::fetch::Fetcher;
use super::key_file::read_file;
use super::key_reader::KeyReader;
use super::schedule::Schedule;
use super::state::{Requested, State};
use crate::KeySet;
use crate::unheard::tell_unheard;

/// How often a key file is read again.
const FILE_PERIOD: Duration = Duration::from_secs(2);

pub(super) enum Origin {
    File { path: PathBuf, last_read: Vec<u8>, reader: KeyReader },
    Url(Box<Fetcher>),
}

pub(super) struct Worker {
    origin: Origin,
    schedule: Schedule,
    state: watch::Sender<State>,
    rx: Receiver<()>,
    requested: Arc<Requested>,
}

impl Worker {
    pub(super) fn new(
        origin: Origin,
        state: watch::Sender<State>,
        rx: Receiver<()>,
        requested: Arc<Requested>,
    ) -> Self {
        let schedule = match origin {
            Origin::File { .. } => Schedule::loaded(FILE_PERIOD),
            Origin::Url(_) => Schedule::new(),
        };
        Self { origin, schedule, state, rx, requested }
    }

    /// Runs until the last [`KeySource`](super::KeySource) is dropped.
    pub(super) fn run(mut self) {
        let began = Instant::now();
        loop {
            match self.rx.recv_timeout(self.schedule.until_next(began.elapsed())) {
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.load(|| began.elapsed()),
                Ok(()) if self.is_due(began.elapsed()) => self.load(|| began.elapsed()),
                Ok(()) => self.state.send_modify(|s| s.attempts += 1),
            }
        }
    }

    /// Whether one of the reasons for the wake-up calls for a load now. A file is read often enough
    /// anyway, so that only unknown keys count for it.
    fn is_due(&mut self, now: Duration) -> bool {
        let unknown_key = self.requested.unknown_key.swap(false, Ordering::Acquire);
        let reachability = self.requested.reachability.swap(false, Ordering::Acquire);
        (unknown_key && self.schedule.is_unknown_key_load_due(now))
            || (reachability
                && matches!(self.origin, Origin::Url(_))
                && self.schedule.is_reachability_check_due(now))
    }

    fn load(&mut self, now: impl Fn() -> Duration) {
        let began = now();
        let mut reachable = true;
        let loaded = match &mut self.origin {
            Origin::Url(fetcher) => match fetcher.fetch() {
                Ok((keys, max_age)) => {
                    self.schedule.succeeded(began, max_age);
                    Some(keys)
                }
                Err(error) => {
                    let have = self.state.borrow().loaded;
                    tracing::warn!(url = %fetcher.url(), %error, keeping_last_good_set = have, "keys not fetched");
                    tell_unheard(format_args!("keys not fetched from {}: {error}", fetcher.url()));
                    self.schedule.failed(now());
                    reachable = false;
                    None
                }
            },
            Origin::File { path, last_read, reader } => {
                self.schedule.file_checked(now(), FILE_PERIOD);
                read_changed(path, last_read, reader)
            }
        };
        self.state.send_modify(|state| {
            state.attempts += 1;
            state.reachable = reachable;
            if let Some(keys) = loaded {
                tracing::debug!(?keys, "keys loaded");
                state.keys = Some(Arc::new(keys));
                state.loaded = true;
            }
        });
    }
}

/// The new set, if the file has changed and is valid. An invalid version is reported once, not
/// every two seconds.
fn read_changed(path: &Path, last_read: &mut Vec<u8>, reader: &KeyReader) -> Option<KeySet> {
    let bytes = match read_file(path) {
        Ok(bytes) if bytes == *last_read => return None,
        Ok(bytes) => bytes,
        // Clearing `last_read` makes the return of the old file count as a change. It also keeps
        // the warning from being repeated.
        Err(_) if last_read.is_empty() => return None,
        Err(error) => {
            warn_of_file(path, &error);
            last_read.clear();
            return None;
        }
    };
    let keys = reader.read(&bytes);
    *last_read = bytes;
    keys.inspect_err(|error| warn_of_file(path, error)).ok()
}

fn warn_of_file(path: &Path, error: &dyn std::fmt::Display) {
    tracing::warn!(path = %path.display(), %error, "keeping the last good keys");
    tell_unheard(format_args!("keeping the last good keys: {}: {error}", path.display()));
}
