//! The log queue: a separate thread writes the lines, so that a slow reader delays no request.
//!
//! A pipe holds 64 KB, and a writer blocks if its reader is stuck. So only one thread writes, from
//! a bounded queue. Lines without room are dropped and counted, and a line with the count follows
//! once there is room again. Security events have a reserve of the same size.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The limit for all lines in bytes: some thousand lines.
const ROOM: usize = 1024 * 1024;
/// The reserve for security events, used if the queue is full. They are also rows in
/// `audit_events`.
const RESERVE: usize = 1024 * 1024;

/// The number of dropped lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    /// Since the last report.
    pub lines: u64,
    /// How many of these are security events.
    pub security: u64,
    pub since_the_start: u64,
}

/// A handle of the queue. Clones share it.
#[derive(Clone)]
pub(super) struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    came: Condvar,
    went: Condvar,
}

#[derive(Default)]
struct State {
    lines: VecDeque<String>,
    bytes: usize,
    is_writing: bool,
    dropped: Dropped,
}

impl Queue {
    /// Starts writing to `out` on a thread that the process does not join when it exits. `report`
    /// formats the line about dropped lines.
    pub fn start(
        mut out: impl Write + Send + 'static,
        report: impl Fn(Dropped) -> String + Send + 'static,
    ) -> Self {
        let queue = Self(Arc::default());
        let this = queue.clone();
        let writing = move || {
            loop {
                let line = this.next(&report);
                // If writing fails, the failure cannot be reported anywhere.
                let _ = out.write_all(line.as_bytes());
            }
        };
        if std::thread::Builder::new().name("log".to_owned()).spawn(writing).is_err() {
            eprintln!("auth-service: there is no thread for the log, so nothing is logged");
        }
        queue
    }

    /// Adds a line without blocking.
    pub fn push(&self, line: String, is_security: bool) {
        let mut state = self.lock();
        let room = if is_security { ROOM + RESERVE } else { ROOM };
        if state.bytes + line.len() > room {
            state.dropped.lines += 1;
            state.dropped.security += u64::from(is_security);
            state.dropped.since_the_start += 1;
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line);
        self.0.came.notify_one();
    }

    /// Waits until everything is written, but at most `patience`.
    pub fn flush(&self, patience: Duration) {
        let is_busy =
            |state: &mut State| state.is_writing || !state.lines.is_empty() || state.dropped.lines > 0;
        // The result does not matter, because the caller cannot do anything about it.
        let _ = self.0.went.wait_timeout_while(self.lock(), patience, is_busy);
    }

    /// Waits for the next line to write.
    fn next(&self, report: &impl Fn(Dropped) -> String) -> String {
        let mut state = self.lock();
        state.is_writing = false;
        self.0.went.notify_all();
        loop {
            // Wait for some room, so that a slow reader does not get a report at every line.
            if state.dropped.lines > 0 && state.bytes <= ROOM / 2 {
                let dropped = state.dropped;
                state.dropped = Dropped { since_the_start: dropped.since_the_start, ..Dropped::default() };
                state.is_writing = true;
                return report(dropped);
            }
            if let Some(line) = state.lines.pop_front() {
                state.bytes -= line.len();
                state.is_writing = true;
                return line;
            }
            state = self.0.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Accepts a line only when the test permits it.
    struct Reader(mpsc::Receiver<()>, mpsc::Sender<String>);

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0.recv().is_err() {
                // The test is over.
                return Ok(bytes.len());
            }
            let _ = self.1.send(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn start() -> (Queue, mpsc::Sender<()>, mpsc::Receiver<String>) {
        let (go, may_go) = mpsc::channel();
        let (send, read) = mpsc::channel();
        let report = |dropped: Dropped| {
            format!("dropped {} {} {}", dropped.lines, dropped.security, dropped.since_the_start)
        };
        (Queue::start(Reader(may_go, send), report), go, read)
    }

    /// L6
    #[test]
    fn a_reader_who_stands_still_holds_nobody_up_and_is_told_what_is_missing() {
        let (queue, go, read) = start();
        let line = || "x".repeat(1023) + "\n";
        // The reader is stuck. One line is in the writer, or will be.
        for _ in 0..1200 {
            queue.push(line(), false);
        }
        for n in 0..10 {
            queue.push(format!("security {n}"), true);
        }
        let kept = {
            let state = queue.lock();
            assert!(state.bytes <= ROOM + RESERVE);
            u64::try_from(state.lines.len()).unwrap() + u64::from(state.is_writing)
        };
        let dropped = 1210 - kept;
        assert!(dropped > 100, "{dropped}");
        for _ in 0..=kept {
            go.send(()).unwrap();
        }
        let lines: Vec<String> = (0..=kept).map(|_| read.recv().unwrap()).collect();
        assert_eq!(lines.iter().filter(|line| line.starts_with("security")).count(), 10, "none is lost");
        let told: Vec<&String> = lines.iter().filter(|line| line.starts_with("dropped")).collect();
        assert_eq!(told, [&format!("dropped {dropped} 0 {dropped}")]);
    }

    /// L6
    #[test]
    fn the_end_waits_for_a_reader_and_not_for_ever() {
        let (queue, go, read) = start();
        queue.push("one".to_owned(), false);
        queue.flush(Duration::from_millis(10));
        assert!(read.try_recv().is_err(), "nobody read");
        go.send(()).unwrap();
        queue.flush(Duration::from_secs(60));
        assert_eq!(read.try_recv().unwrap(), "one");
    }
}
