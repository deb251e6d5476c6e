//! Programs that run at the same time. Each output line is prefixed with the program's name.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::error::{Error, Result};
use crate::interrupt;
use crate::process::{self, Running};

/// How many lines of a failed program are shown again, below the output of the others.
const LAST_LINES: usize = 80;

/// Runs all to their end. The first failure ends the others, and its last lines are printed last.
pub fn run(programs: Vec<(&'static str, Command)>) -> Result {
    let mut jobs = Vec::new();
    for (name, command) in programs {
        jobs.push(Job::start(name, command)?);
    }
    let outcome = interrupt::until(None, || {
        let mut all_ended = true;
        for job in &mut jobs {
            match job.running.exit_status()? {
                Some(status) if !status.success() => {
                    return Err(Error::new(format!("`{}` ended with {status}", job.line)));
                }
                exit_status => all_ended &= exit_status.is_some(),
            }
        }
        Ok(all_ended.then_some(()))
    });
    jobs.iter_mut().for_each(|job| job.running.send_stop_signal());
    let failed = |job: &mut Job| matches!(job.running.exit_status(), Ok(Some(status)) if !status.success());
    let first_failed = jobs.iter_mut().position(|job| outcome.is_err() && failed(job));
    jobs.iter_mut().for_each(Job::finish);
    if let Some(index) = first_failed {
        println!("--- the end of {}:\n{}", jobs[index].name, jobs[index].last_lines());
    }
    outcome.map(drop)
}

struct Job {
    name: &'static str,
    line: String,
    running: Running,
    copying: Vec<JoinHandle<()>>,
    last: Arc<Mutex<VecDeque<String>>>,
}

impl Job {
    fn start(name: &'static str, mut command: Command) -> Result<Self> {
        let line = process::line(&command);
        let mut running = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let last = Arc::new(Mutex::new(VecDeque::new()));
        let (stdout, stderr) = running.take_output();
        let mut copying = Vec::new();
        copying.extend(stdout.map(|stream| copy_lines(name, stream, Arc::clone(&last))));
        copying.extend(stderr.map(|stream| copy_lines(name, stream, Arc::clone(&last))));
        Ok(Self { name, line, running, copying, last })
    }

    fn finish(&mut self) {
        self.running.stop();
        for thread in self.copying.drain(..) {
            // It fails only if the terminal is closed, and then an error could not be shown either.
            let _ = thread.join();
        }
    }

    fn last_lines(&self) -> String {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

fn copy_lines(
    name: &'static str,
    stream: impl Read + Send + 'static,
    last: Arc<Mutex<VecDeque<String>>>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut bytes = Vec::new();
        while lines.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            // A closed terminal must not stop the reading, or the program would hang on a full
            // pipe.
            let _ = writeln!(std::io::stdout(), "{name} | {line}");
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            last.push_back(line);
            if last.len() > LAST_LINES {
                last.pop_front();
            }
            bytes.clear();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn all_run_at_the_same_time() {
        let folder = tempfile::tempdir().unwrap();
        let meet = |mine: &str, theirs: &str| {
            let mut command = shell(&format!("touch {mine}; until [ -e {theirs} ]; do sleep 0.1; done"));
            command.current_dir(folder.path());
            command
        };
        run(vec![("one", meet("a", "b")), ("two", meet("b", "a"))]).unwrap();
    }

    #[test]
    fn a_failure_ends_the_others_and_is_named() {
        let outcome = run(vec![("endless", shell("sleep 600")), ("failing", shell("exit 3"))]);
        let Err(Error::Failed(sentence)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(sentence, "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn the_last_lines_are_kept() {
        let mut job = Job::start("counting", shell("for n in $(seq 200); do echo $n; done")).unwrap();
        while job.running.exit_status().unwrap().is_none() {
            thread::yield_now();
        }
        job.finish();
        assert!(job.last_lines().starts_with("121\n") && job.last_lines().ends_with("\n200"));
    }
}
