//! A running service that is measured.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::usage;
use super::wrk::{Load, Target};
use crate::error::{Context, Error, Result};
use crate::interrupt;
use crate::process::Running;

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a starting service is asked: much more often than a start takes.
const POLL_INTERVAL: Duration = Duration::from_micros(500);

/// Whether the service on a port under a host is up.
type Probe = fn(u16, &str) -> bool;

/// Dropping it stops the service.
pub struct Instance {
    program: Running,
    port: u16,
    host: String,
    log: PathBuf,
    /// From the start of the process to the first answer that it is ready.
    pub started_in: Duration,
}

/// A load, and what the service needed for it.
pub struct Served {
    pub load: Load,
    pub service: Duration,
}

impl Instance {
    /// Starts `command` and waits until `probe` finds it up. Its log goes to a file, as it does on
    /// a server.
    pub fn start(mut command: Command, port: u16, host: &str, log: PathBuf, probe: Probe) -> Result<Self> {
        let lines = File::create(&log).with_context(|| "write a log".into())?;
        let copy = lines.try_clone().with_context(|| "write a log".into())?;
        let start = Instant::now();
        let program = Running::start(command.stdout(lines).stderr(copy))?;
        let host_and_port = format!("{host}:{port}");
        let mut instance = Self { program, port, host: host_and_port, log, started_in: Duration::ZERO };
        while !probe(port, host) {
            if interrupt::requested() {
                return Err(Error::Interrupted);
            }
            if let Some(status) = instance.program.exit_status()? {
                return Err(Error::new(format!("a service ended ({status}): {}", instance.last_line())));
            }
            if start.elapsed() > START_TIMEOUT {
                return Err(Error::new(format!("a service is not ready in time: {}", instance.last_line())));
            }
            thread::sleep(POLL_INTERVAL);
        }
        instance.started_in = start.elapsed();
        Ok(instance)
    }

    pub fn target(&self) -> Target<'_> {
        Target { port: self.port, host: &self.host }
    }

    pub fn memory(&self) -> Result<usage::Memory> {
        usage::memory(self.program.id())
    }

    pub fn bytes_written(&self) -> Result<f64> {
        usage::bytes_written(self.program.id())
    }

    /// The service's processor time during `work`, beside what that returns.
    pub fn processor_time<T>(&self, work: impl FnOnce(&Target) -> Result<T>) -> Result<(T, Duration)> {
        let before = usage::processor_time(self.program.id())?;
        let result = work(&self.target())?;
        Ok((result, usage::processor_time(self.program.id())?.saturating_sub(before)))
    }

    /// Puts a load on it.
    pub fn serve(&self, work: impl FnOnce(&Target) -> Result<Load>) -> Result<Served> {
        let (load, service) = self.processor_time(work)?;
        Ok(Served { load, service })
    }

    fn last_line(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("it said nothing").to_owned()
    }
}

impl Served {
    /// Requests for each processor second of the service.
    pub fn per_processor_second(&self) -> f64 {
        self.load.requests as f64 / self.service.as_secs_f64().max(0.01)
    }

    /// The generator's share of all processors, in percent.
    pub fn generator_share(&self) -> f64 {
        let cores = thread::available_parallelism().map_or(1, usize::from) as f64;
        100.0 * self.load.generator.as_secs_f64() / (self.load.seconds * cores)
    }
}

/// Milliseconds, as tables show them.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
