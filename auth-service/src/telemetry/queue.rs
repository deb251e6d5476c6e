//! The log queue: a separate thread writes the lines, so that a slow reader delays no request.
//!
//! A pipe holds 64 KB, and a writer blocks if its reader is stuck. So only one thread writes, from
//! a bounded queue. Lines without room are dropped and counted, and a line with the count follows
//! once there is room again. Security events have a reserve of the same size.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The limit for all lines in bytes: some thousand lines.
const ROOM: usize = 1024 * 1024;
/// The reserve for security events, used if the queue is full. They are also rows in
/// `audit_events`.
const RESERVE: usize = 1024 * 1024;
/// How much is written at once, unless a single line is longer: what a pipe holds.
const CHUNK: usize = 64 * 1024;
/// For how long the thread collects lines after a write. A line that comes after a pause is written
/// at once; under load many lines share one wake-up and one write.
const COLLECTING: Duration = Duration::from_millis(5);

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
}

#[derive(Default)]
struct State {
    lines: VecDeque<String>,
    bytes: usize,
    /// Whether the thread sleeps until a line comes. Otherwise it looks by itself, and to wake it
    /// would cost the request a system call.
    is_waiting: bool,
    /// The number of lines that are being written.
    writing: usize,
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
            let mut chunk = String::new();
            loop {
                this.fill(&mut chunk, &report);
                // If writing fails, the failure cannot be reported anywhere.
                let _ = out.write_all(chunk.as_bytes());
                this.lock().writing = 0;
                std::thread::sleep(COLLECTING);
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
        if std::mem::take(&mut state.is_waiting) {
            drop(state);
            self.0.came.notify_one();
        }
    }

    /// Waits until everything is written, but at most `patience`.
    pub fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        while self.lock().is_busy() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for lines, and takes as many as are written at once.
    fn fill(&self, chunk: &mut String, report: &impl Fn(Dropped) -> String) {
        chunk.clear();
        let mut state = self.lock();
        while !state.is_busy() {
            state.is_waiting = true;
            state = self.0.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_waiting = false;
        // Wait for some room, so that a slow reader does not get a report at every chunk.
        if state.dropped.lines > 0 && state.bytes <= ROOM / 2 {
            let dropped = state.dropped;
            state.dropped = Dropped { since_the_start: dropped.since_the_start, ..Dropped::default() };
            state.writing += 1;
            chunk.push_str(&report(dropped));
        }
        while let Some(line) =
            state.lines.pop_front_if(|line| chunk.is_empty() || chunk.len() + line.len() <= CHUNK)
        {
            state.bytes -= line.len();
            state.writing += 1;
            chunk.push_str(&line);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether something is to be written, or is being written.
    fn is_busy(&self) -> bool {
        self.writing > 0 || !self.lines.is_empty() || self.dropped.lines > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Stands still until the test drops the other end, and then reads everything.
    struct Reader(mpsc::Receiver<()>, mpsc::Sender<String>);

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn start() -> (Queue, mpsc::Sender<()>, mpsc::Receiver<String>) {
        let (stands_still, may_go) = mpsc::channel();
        let (send, read) = mpsc::channel();
        let report = |dropped: Dropped| {
            format!("dropped {} {} {}\n", dropped.lines, dropped.security, dropped.since_the_start)
        };
        (Queue::start(Reader(may_go, send), report), stands_still, read)
    }

    /// L6
    #[test]
    fn a_reader_who_stands_still_holds_nobody_up_and_is_told_what_is_missing() {
        let (queue, stands_still, read) = start();
        let line = || "x".repeat(1023) + "\n";
        for _ in 0..1200 {
            queue.push(line(), false);
        }
        for n in 0..10 {
            queue.push(format!("security {n}\n"), true);
        }
        let dropped = {
            let state = queue.lock();
            assert!(state.bytes <= ROOM + RESERVE);
            state.dropped.lines
        };
        assert!(dropped > 100, "{dropped}");
        drop(stands_still);
        queue.flush(Duration::from_secs(60));
        let text: String = read.try_iter().collect();
        assert_eq!(text.lines().filter(|line| line.starts_with("security")).count(), 10, "none is lost");
        let told: Vec<&str> = text.lines().filter(|line| line.starts_with("dropped")).collect();
        assert_eq!(told, [&format!("dropped {dropped} 0 {dropped}")]);
        let whole = text.lines().filter(|line| line.len() == 1023).count();
        assert_eq!(u64::try_from(whole).unwrap(), 1200 - dropped, "each line is written or counted");
    }

    /// L6
    #[test]
    fn the_end_waits_for_a_reader_and_not_for_ever() {
        let (queue, stands_still, read) = start();
        queue.push("one".to_owned(), false);
        queue.flush(Duration::from_millis(10));
        assert!(read.try_recv().is_err(), "nobody read");
        drop(stands_still);
        queue.flush(Duration::from_secs(60));
        assert_eq!(read.try_recv().unwrap(), "one");
    }

    #[test]
    fn a_line_is_written_after_a_pause_and_while_others_are_collected() {
        let (queue, stands_still, read) = start();
        drop(stands_still);
        let next = || read.recv_timeout(Duration::from_secs(60)).unwrap();
        for n in 0..20 {
            queue.push(format!("{n}"), false);
            // Sometimes the thread sleeps, and sometimes it collects.
            std::thread::sleep(Duration::from_millis(n));
        }
        let mut all = next();
        while !all.ends_with("19") {
            all += &next();
        }
        assert_eq!(all, (0..20).map(|n| n.to_string()).collect::<String>());
    }

    #[test]
    fn a_longer_line_than_a_chunk_is_written_whole() {
        let (queue, stands_still, read) = start();
        drop(stands_still);
        queue.push("x".repeat(CHUNK + 1), false);
        queue.flush(Duration::from_secs(60));
        assert_eq!(read.try_iter().collect::<String>().len(), CHUNK + 1);
    }
}
