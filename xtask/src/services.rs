//! Running services: auth-service, and demo-service under two names, with their logs.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::process::Running;
use crate::project::Binaries;
use crate::settings::{Settings, with_settings};
use crate::{interrupt, ports};

/// How long a service may take to answer.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The destination of log lines.
pub enum Logs {
    /// Our terminal, with the service's name before each line.
    Terminal,
    /// `auth.log`, `demo.log` and `lists.log` in a folder.
    Folder(PathBuf),
}

impl Logs {
    pub fn auth_file(folder: &Path) -> PathBuf {
        folder.join("auth.log")
    }

    pub fn demo_file(folder: &Path) -> PathBuf {
        folder.join("demo.log")
    }

    pub fn lists_file(folder: &Path) -> PathBuf {
        folder.join("lists.log")
    }
}

/// auth-service and two services that trust it. Dropping them stops all.
pub struct Services {
    running: Vec<Service>,
}

struct Service {
    name: &'static str,
    program: Running,
    host: String,
    port: u16,
    log: Option<PathBuf>,
    /// Threads that copy the log lines to our terminal.
    copying: Vec<JoinHandle<()>>,
}

impl Services {
    /// Starts them and waits until they answer.
    pub fn start(binaries: &Binaries, settings: &Settings, logs: &Logs) -> Result<Self> {
        let log = |file: fn(&Path) -> PathBuf| match logs {
            Logs::Terminal => None,
            Logs::Folder(folder) => Some(file(folder)),
        };
        let auth = with_settings(&binaries.auth, &settings.for_auth());
        let demo = with_settings(&binaries.demo, &settings.for_demo());
        let lists = with_settings(&binaries.demo, &settings.for_lists());
        let mut services = Self { running: Vec::new() };
        // One after the other, so that the others find the keys at its first fetch.
        services.add(Service::start(
            "auth-service",
            auth,
            settings.auth_host(),
            settings.auth_port,
            log(Logs::auth_file),
        )?)?;
        services.add(Service::start(
            "demo-service",
            demo,
            settings.demo_host(),
            settings.demo_port,
            log(Logs::demo_file),
        )?)?;
        services.add(Service::start(
            "lists-service",
            lists,
            settings.lists_host(),
            settings.lists_port,
            log(Logs::lists_file),
        )?)?;
        Ok(services)
    }

    /// Adds a service and waits until it answers.
    fn add(&mut self, service: Service) -> Result {
        let (port, host) = (service.port, service.host.clone());
        self.running.push(service);
        let answered = interrupt::until(Some(START_TIMEOUT), || {
            self.fail_if_one_died()?;
            Ok(ports::healthy(port, &host).then_some(()))
        })?;
        if let (None, Some(service)) = (answered, self.running.last()) {
            return Err(Error::new(format!(
                "{} does not answer GET /healthz on 127.0.0.1:{port} after {} seconds{}",
                service.name,
                START_TIMEOUT.as_secs(),
                service.last_lines()
            )));
        }
        Ok(())
    }

    /// Waits until a signal arrives (no failure) or a service dies (a failure).
    pub fn watch(&mut self) -> Result {
        match interrupt::until(None, || self.fail_if_one_died().map(|()| None::<()>)) {
            Err(Error::Interrupted) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn fail_if_one_died(&mut self) -> Result {
        for service in &mut self.running {
            if let Some(status) = service.program.exit_status()? {
                service.finish_copying();
                return Err(Error::new(format!(
                    "{} ended by itself ({status}){}",
                    service.name,
                    service.last_lines()
                )));
            }
        }
        Ok(())
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        // All at once, so that the slowest one decides how long it takes.
        self.running.iter_mut().for_each(|service| service.program.send_stop_signal());
        for service in &mut self.running {
            service.program.stop();
            service.finish_copying();
        }
    }
}

impl Service {
    fn start(
        name: &'static str,
        mut command: Command,
        host: String,
        port: u16,
        log: Option<PathBuf>,
    ) -> Result<Self> {
        if let Some(path) = &log {
            let file = File::create(path).with_context(|| format!("write {}", path.display()))?;
            let copy = file.try_clone().with_context(|| format!("write {}", path.display()))?;
            command.stdout(file).stderr(copy);
        } else {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        let mut program = Running::start(&mut command)?;
        let (stdout, stderr) = program.take_output();
        let mut copying = Vec::new();
        copying.extend(stdout.map(|stream| copy_lines(name, stream)));
        copying.extend(stderr.map(|stream| copy_lines(name, stream)));
        Ok(Self { name, program, host, port, log, copying })
    }

    fn finish_copying(&mut self) {
        for thread in self.copying.drain(..) {
            // It fails only if the terminal is closed, and then an error could not be shown either.
            let _ = thread.join();
        }
    }

    /// The end of its log file, for a failure's message. On a terminal the lines are above already.
    fn last_lines(&self) -> String {
        let Some(text) = self.log.as_ref().and_then(|path| fs::read_to_string(path).ok()) else {
            return ": its last lines are above".into();
        };
        let lines: Vec<_> = text.lines().collect();
        format!(": its last lines are\n{}", lines[lines.len().saturating_sub(20)..].join("\n"))
    }
}

fn copy_lines(name: &'static str, stream: impl Read + Send + 'static) -> JoinHandle<()> {
    thread::spawn(move || {
        let short = name.trim_end_matches("-service");
        let mut lines = BufReader::new(stream);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            // A closed terminal must not stop the reading, or the service would block on a full
            // pipe.
            let _ = writeln!(std::io::stdout(), "{short} | {}", String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    })
}
