//! Signal handling: SIGINT, SIGTERM and SIGHUP interrupt a waiting command, so that it can clean
//! up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Context, Error, Result};

static SIGNALLED: AtomicBool = AtomicBool::new(false);

/// How often a waiting loop checks.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Installs the handlers. From now on the signals set a flag instead of ending the process.
pub fn watch() -> Result {
    ctrlc::set_handler(|| SIGNALLED.store(true, Ordering::SeqCst)).with_context(|| "listen for Ctrl-C".into())
}

/// Whether a signal has arrived.
pub fn requested() -> bool {
    SIGNALLED.load(Ordering::SeqCst)
}

/// Polls `look` until it finds something, the time is up (`None`), or a signal arrives (an error).
pub fn until<T>(timeout: Option<Duration>, mut look: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let start = Instant::now();
    loop {
        if requested() {
            return Err(Error::Interrupted);
        }
        if let Some(found) = look()? {
            return Ok(Some(found));
        }
        if timeout.is_some_and(|timeout| start.elapsed() > timeout) {
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
}
