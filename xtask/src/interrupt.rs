//! Ctrl-C and polite requests to end, seen by whoever waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Doing, Outcome, Stop};

static ASKED: AtomicBool = AtomicBool::new(false);

/// How often a waiting loop looks around.
const GLANCE: Duration = Duration::from_millis(100);

/// From here on SIGINT, SIGTERM and SIGHUP ask us to end instead of ending us, so that we can clean up.
pub fn watch() -> Outcome {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::SeqCst)).doing(|| "listen for Ctrl-C".into())
}

/// Whether somebody wants us to end.
pub fn requested() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Looks again and again until `look` finds something, the time is up (`None`), or somebody wants us to end.
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
