//! Instances, and which of them a proxy would send requests to.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::error::{Doing, Outcome, Stop};
use crate::process::{self, Running};
use crate::{interrupt, ports};

/// The host of `AUTH_URL`.
pub const HOST: &str = "auth.example.org";

/// How long an instance may take until it is ready.
const START: Duration = Duration::from_secs(60);

/// What all instances are told.
pub struct Setting {
    database_url: String,
    secret_key: String,
    logs: TempDir,
}

impl Setting {
    pub fn new(database_url: String, binary: &Path) -> Outcome<Self> {
        Ok(Self {
            database_url,
            secret_key: process::read(Command::new(binary).arg("generate-secret").env_clear())?,
            logs: tempfile::tempdir().doing(|| "make a folder for logs".into())?,
        })
    }

    /// `binary` with everything that it needs, and a hash that is cheap: the load is to meet the database.
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

/// The ports that a proxy has in its list.
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

    /// Starts an instance, waits until it is ready, and puts it into the list.
    pub fn add(&mut self, setting: &Setting, binary: &Path) -> Outcome {
        let [port] = ports::free()?;
        let log = setting.logs.path().join(format!("{port}.log"));
        let lines = File::create(&log).doing(|| "write a log".into())?;
        let mut command = setting.command(binary);
        command.env("LISTEN", format!("127.0.0.1:{port}")).stdout(std::process::Stdio::null()).stderr(lines);
        let mut instance = Instance { program: Running::start(&mut command)?, port, log };
        let ready = interrupt::until(Some(START), || {
            if let Some(status) = instance.program.ended()? {
                return Err(Stop::because(format!("an instance ended ({status}): {}", instance.last_line())));
            }
            Ok(ports::ready(port, HOST).then_some(()))
        })?;
        if ready.is_none() {
            return Err(Stop::because(format!("an instance is not ready in time: {}", instance.last_line())));
        }
        self.rotation.lock().unwrap_or_else(PoisonError::into_inner).push(port);
        self.running.push(instance);
        Ok(())
    }

    /// Adds an instance of `binary`, then takes the oldest one out of the list and stops it. How long all that took.
    pub fn replace_oldest(&mut self, setting: &Setting, binary: &Path) -> Outcome<Duration> {
        let start = Instant::now();
        self.add(setting, binary)?;
        let oldest = self.running.remove(0);
        self.rotation.lock().unwrap_or_else(PoisonError::into_inner).retain(|port| *port != oldest.port);
        oldest.stop()?;
        Ok(start.elapsed())
    }

    /// Stops them all; each must end well.
    pub fn stop(mut self) -> Outcome {
        self.running.drain(..).try_for_each(Instance::stop)
    }
}

impl Instance {
    fn stop(mut self) -> Outcome {
        self.program.stop();
        match self.program.ended()? {
            Some(status) if status.success() => Ok(()),
            other => {
                Err(Stop::because(format!("an instance did not end well ({other:?}): {}", self.last_line())))
            }
        }
    }

    fn last_line(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("it said nothing").to_owned()
    }
}
