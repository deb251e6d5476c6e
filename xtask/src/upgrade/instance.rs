//! Running instances, and the list of those that a proxy would use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::error::{Context, Error, Result};
use crate::process::{self, Running};
use crate::{interrupt, ports};

/// The host of `AUTH_URL`.
pub const HOST: &str = "auth.example.org";

/// How long an instance may take until it is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The settings that all instances share.
pub struct Setting {
    database_url: String,
    secret_key: String,
    logs: TempDir,
}

impl Setting {
    pub fn new(database_url: String, binary: &Path) -> Result<Self> {
        Ok(Self {
            database_url,
            secret_key: process::read(Command::new(binary).arg("generate-secret").env_clear())?,
            logs: tempfile::tempdir().with_context(|| "make a folder for logs".into())?,
        })
    }

    /// A command with all settings. Hashing is cheap, so that the load meets the database.
    pub fn command(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command.env_clear().envs([
            ("AUTH_URL", format!("https://{HOST}").as_str()),
            ("COOKIE_DOMAIN", "example.org"),
            ("DATABASE_URL", &self.database_url),
            ("SECRET_KEY", &self.secret_key),
            ("BCRYPT_COST", "10"),
            ("REFRESH_GRACE", "1s"),
        ]);
        command
    }
}

/// The ports in the proxy's list.
pub type Rotation = Arc<Mutex<Vec<u16>>>;

/// Running instances, the oldest first. Dropping them stops them.
#[derive(Default)]
pub struct Fleet {
    running: Vec<Instance>,
    rotation: Rotation,
}

struct Instance {
    program: Running,
    port: u16,
    log: PathBuf,
}

impl Fleet {
    pub fn rotation(&self) -> Rotation {
        self.rotation.clone()
    }

    /// Starts an instance, waits until it is ready, and adds it to the list.
    pub fn add(&mut self, setting: &Setting, binary: &Path) -> Result {
        let [port] = ports::free()?;
        let log = setting.logs.path().join(format!("{port}.log"));
        let lines = File::create(&log).with_context(|| "write a log".into())?;
        let mut command = setting.command(binary);
        command.env("LISTEN", format!("127.0.0.1:{port}")).stdout(std::process::Stdio::null()).stderr(lines);
        let mut instance = Instance { program: Running::start(&mut command)?, port, log };
        let ready = interrupt::until(Some(START_TIMEOUT), || {
            if let Some(status) = instance.program.exit_status()? {
                return Err(Error::new(format!("an instance ended ({status}): {}", instance.last_line())));
            }
            Ok(ports::ready(port, HOST).then_some(()))
        })?;
        if ready.is_none() {
            return Err(Error::new(format!("an instance is not ready in time: {}", instance.last_line())));
        }
        self.rotation.lock().unwrap_or_else(PoisonError::into_inner).push(port);
        self.running.push(instance);
        Ok(())
    }

    /// Adds an instance of `binary`, then removes the oldest one from the list and stops it.
    /// Returns how long that took.
    pub fn replace_oldest(&mut self, setting: &Setting, binary: &Path) -> Result<Duration> {
        let start = Instant::now();
        self.add(setting, binary)?;
        let oldest = self.running.remove(0);
        self.rotation.lock().unwrap_or_else(PoisonError::into_inner).retain(|port| *port != oldest.port);
        oldest.stop()?;
        Ok(start.elapsed())
    }

    /// Stops them all. Each must exit cleanly.
    pub fn stop(mut self) -> Result {
        self.running.drain(..).try_for_each(Instance::stop)
    }
}

impl Instance {
    fn stop(mut self) -> Result {
        self.program.stop();
        match self.program.exit_status()? {
            Some(status) if status.success() => Ok(()),
            other => {
                Err(Error::new(format!("an instance did not end well ({other:?}): {}", self.last_line())))
            }
        }
    }

    fn last_line(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("it said nothing").to_owned()
    }
}
