//! Chaos test support: instances that are restarted or killed while they are in use.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::{interrupt, process};

/// How an instance is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Disruption {
    /// By SIGTERM, and restarted, as in an upgrade or a reboot.
    Gracefully,
    /// By SIGKILL, and restarted after a moment, as when memory runs out.
    Killed,
    /// By SIGKILL, the last instance, and not restarted.
    KilledForGood,
}

/// Stops one instance after the other until it is ended. At any moment one of them is healthy.
pub struct Chaos {
    thread: JoinHandle<Result<usize>>,
    stop: Arc<AtomicBool>,
}

impl Chaos {
    /// Begins after `delay`, so that the work to be disturbed is in progress.
    pub fn begin(containers: Vec<String>, disruption: Disruption, delay: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let pause = |length: Duration| {
                interrupt::until(Some(length), || Ok(stopped.load(Ordering::SeqCst).then_some(())))
                    .map(|stopped| stopped.is_some())
            };
            let mut count = 0;
            if pause(delay)? {
                return Ok(count);
            }
            if disruption == Disruption::KilledForGood {
                let last = containers.last().ok_or_else(|| Error::new("there is no instance to kill"))?;
                docker(&["kill", last])?;
                return Ok(1);
            }
            for container in containers.iter().cycle() {
                if disruption == Disruption::Gracefully {
                    docker(&["restart", "--time=20", container])?;
                } else {
                    docker(&["kill", container])?;
                    pause(Duration::from_secs(3))?;
                    docker(&["start", container])?;
                }
                count += 1;
                let healthy = || Ok((health(container)? == "healthy").then_some(()));
                if interrupt::until(Some(Duration::from_secs(60)), healthy)?.is_none() {
                    return Err(Error::new(format!("{container} is not healthy a minute after its start")));
                }
                if pause(Duration::from_secs(1))? {
                    return Ok(count);
                }
            }
            Ok(count)
        });
        Self { thread, stop }
    }

    /// Ends it once the last instance is healthy again, and returns how often one was stopped.
    pub fn end(self) -> Result<usize> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap_or_else(|_| Err(Error::new("the restarting of instances panicked")))
    }
}

fn docker(arguments: &[&str]) -> Result {
    process::read(Command::new("docker").args(arguments)).map(drop)
}

fn health(container: &str) -> Result<String> {
    process::read(Command::new("docker").args(["inspect", "--format={{.State.Health.Status}}", container]))
}
