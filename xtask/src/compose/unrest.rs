//! Instances that go and come back while somebody uses them.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::{Outcome, Stop};
use crate::{interrupt, process};

/// How an instance goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// By SIGTERM, and comes back: what an upgrade or a reboot does.
    Gracefully,
    /// By SIGKILL, and comes back after a moment: what a lack of memory does.
    Killed,
    /// By SIGKILL, the last of them, and stays away.
    KilledForGood,
}

/// One instance after the other goes, until told to end. At any moment one of them is well.
pub struct Unrest {
    thread: JoinHandle<Outcome<usize>>,
    is_over: Arc<AtomicBool>,
}

impl Unrest {
    /// Begins after `calm`, so that those who are to be disturbed are in the middle of it.
    pub fn begin(containers: Vec<String>, goes: Goes, calm: Duration) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let thread = thread::spawn(move || {
            let pause = |length: Duration| {
                interrupt::until(Some(length), || Ok(over.load(Ordering::SeqCst).then_some(())))
                    .map(|over| over.is_some())
            };
            let mut times = 0;
            if pause(calm)? {
                return Ok(times);
            }
            if goes == Goes::KilledForGood {
                let last = containers.last().ok_or_else(|| Stop::because("there is no instance to kill"))?;
                docker(&["kill", last])?;
                return Ok(1);
            }
            for container in containers.iter().cycle() {
                if goes == Goes::Gracefully {
                    docker(&["restart", "--time=20", container])?;
                } else {
                    docker(&["kill", container])?;
                    pause(Duration::from_secs(3))?;
                    docker(&["start", container])?;
                }
                times += 1;
                let healthy = || Ok((health(container)? == "healthy").then_some(()));
                if interrupt::until(Some(Duration::from_secs(60)), healthy)?.is_none() {
                    return Err(Stop::because(format!(
                        "{container} is not healthy a minute after its start"
                    )));
                }
                if pause(Duration::from_secs(1))? {
                    return Ok(times);
                }
            }
            Ok(times)
        });
        Self { thread, is_over }
    }

    /// Ends it when the last one is back, and says how often somebody went.
    pub fn end(self) -> Outcome<usize> {
        self.is_over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap_or_else(|_| Err(Stop::because("the restarting of instances panicked")))
    }
}

fn docker(words: &[&str]) -> Outcome {
    process::read(Command::new("docker").args(words)).map(drop)
}

fn health(container: &str) -> Outcome<String> {
    process::read(Command::new("docker").args(["inspect", "--format={{.State.Health.Status}}", container]))
}
