//! Signal handling: SIGINT, SIGTERM and SIGHUP interrupt a waiting command, so that it can clean
//! up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Doing, Outcome, Stop};

static ASKED: AtomicBool = AtomicBool::new(false);

/// How often a waiting loop checks.
const GLANCE: Duration = Duration::from_millis(100);

/// Installs the handlers. From now on the signals set a flag instead of ending the process.
pub fn watch() -> Outcome {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::SeqCst)).doing(|| "listen for Ctrl-C".into())
}

/// Whether a signal has arrived.
pub fn requested() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Polls `look` until it finds something, the time is up (`None`), or a signal arrives (an error).
pub fn until<T>(
    patience: Option<Duration>,
    mut look: impl FnMut() -> Outcome<Option<T>>,
) -> Outcome<Option<T>> {
    let start = Instant::now();
    loop {
        if requested() {
            return Err(Stop::Interrupted);
        }
        if let Some(found) = look()? {
            return Ok(Some(found));
        }
        if patience.is_some_and(|patience| start.elapsed() > patience) {
            return Ok(None);
        }
        thread::sleep(GLANCE);
    }
}
