//! Child processes, each in a process group of its own, so that stopping one stops everything that
//! it started.
//!
//! In our own group, a Ctrl-C would reach them directly, and we could not tell a stopped program
//! from one that died.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::{Context, Error, Result};
use crate::interrupt;

/// How long a program may take to stop before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// A running program and everything that it starts. Dropping it stops it.
pub struct Running {
    child: Child,
    politely: Signal,
    exit_status: Option<ExitStatus>,
}

impl Running {
    /// Starts `command` without standard input.
    pub fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).process_group(0);
        let child = command.spawn().with_context(|| format!("start {}", line(command)))?;
        Ok(Self { child, politely: Signal::TERM, exit_status: None })
    }

    /// Stops it by `signal` instead of SIGTERM.
    pub fn stopped_by(mut self, signal: Signal) -> Self {
        self.politely = signal;
        self
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard output and error, if they are piped.
    pub fn take_output(&mut self) -> (Option<std::process::ChildStdout>, Option<std::process::ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Its exit status, if it has ended.
    pub fn exit_status(&mut self) -> Result<Option<ExitStatus>> {
        if self.exit_status.is_none() {
            self.exit_status = self.child.try_wait().with_context(|| "watch a program".into())?;
        }
        Ok(self.exit_status)
    }

    /// Waits for its end. If this command is interrupted first, stops it.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        match interrupt::until(None, || self.exit_status()) {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err(Error::new("waiting ended without an end")),
            Err(stop) => {
                self.stop();
                Err(stop)
            }
        }
    }

    /// Sends the signal, without waiting.
    pub fn send_stop_signal(&mut self) {
        if matches!(self.exit_status(), Ok(None)) {
            self.signal(self.politely);
        }
    }

    /// Stops it, waits, and kills what is left after 15 seconds.
    pub fn stop(&mut self) {
        self.send_stop_signal();
        let start = Instant::now();
        while matches!(self.exit_status(), Ok(None)) {
            if start.elapsed() > STOP_TIMEOUT {
                self.signal(Signal::KILL);
                self.exit_status = self.child.wait().ok();
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, signal: Signal) {
        // It may have ended already, which is fine.
        let _ = kill_process_group(Pid::from_child(&self.child), signal);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs `command` on our own terminal, and fails unless it succeeds.
pub fn run(command: &mut Command) -> Result {
    let status = Running::start(command)?.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::new(format!("`{}` ended with {status}", line(command))))
    }
}

/// Runs `command` and returns what it prints.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("start {}", line(command)))?;
    if !output.status.success() {
        let cause = String::from_utf8_lossy(&output.stderr);
        return Err(Error::new(format!(
            "`{}` ended with {}: {}",
            line(command),
            output.status,
            cause.trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as a person would type it.
pub fn line(command: &Command) -> String {
    let arguments = std::iter::once(command.get_program()).chain(command.get_args());
    let mut arguments = arguments.map(|word| word.to_string_lossy().into_owned());
    // The full path of cargo would only be noise.
    let program = arguments.next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(line(&command), "cargo test --workspace");
    }

    #[test]
    fn a_failing_command_is_named_with_its_exit_status() {
        let Err(Error::Failed(sentence)) = run(Command::new("sh").args(["-c", "exit 3"])) else { panic!() };
        assert_eq!(sentence, "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn a_missing_program_is_named() {
        let Err(Error::Failed(sentence)) = run(&mut Command::new("no-such-program")) else { panic!() };
        assert!(sentence.starts_with("cannot start no-such-program: "), "{sentence}");
    }

    #[test]
    fn stopping_reaches_what_the_program_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped());
        let mut running = Running::start(&mut command).unwrap();
        let (stdout, _) = running.take_output();
        let mut pid = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout.unwrap()), &mut pid).unwrap();
        running.stop();
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        // The process that adopts it takes a moment to notice its end.
        let gone = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(20));
            rustix::process::test_kill_process(pid).is_err()
                || std::fs::read_to_string(format!("/proc/{pid}/stat"))
                    .is_ok_and(|stat| stat.contains(") Z "))
        });
        assert!(gone);
    }
}
