//! A bounded reader: no record can use up the memory, and errors name the line.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// The maximum length of a record. A Django user has about a kilobyte.
pub(super) const MAX_RECORD: usize = 1024 * 1024;

/// The reading position, shared by the reader and the code that counts records.
#[derive(Default)]
pub(super) struct Progress {
    line: Cell<u64>,
    since_record: Cell<usize>,
}

impl Progress {
    /// Marks the end of a record.
    pub fn next_record(&self) {
        self.since_record.set(0);
    }

    pub fn line(&self) -> u64 {
        self.line.get()
    }
}

pub(super) struct Bounded<R> {
    inner: BufReader<R>,
    progress: Rc<Progress>,
}

impl<R: Read> Bounded<R> {
    /// Skips a byte order mark. UTF-16, which some shells write, is refused.
    pub fn new(inner: R) -> io::Result<(Self, Rc<Progress>)> {
        let mut inner = BufReader::with_capacity(64 * 1024, inner);
        let start = inner.fill_buf()?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(io::Error::other("it is in UTF-16: write it as UTF-8"));
        }
        if start.starts_with(&[0xef, 0xbb, 0xbf]) {
            inner.consume(3);
        }
        let progress = Rc::new(Progress { line: Cell::new(1), since_record: Cell::new(0) });
        Ok((Self { inner, progress: progress.clone() }, progress))
    }

    /// The first line, as far as it is buffered, without consuming it.
    pub fn peek_line(&mut self) -> io::Result<&[u8]> {
        let start = self.inner.fill_buf()?;
        let end = start.iter().position(|byte| *byte == b'\n').unwrap_or(start.len());
        Ok(&start[..end])
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Read in small steps, so that read-ahead hardly affects the limit.
        let most = buffer.len().min(4 * 1024);
        let read = self.inner.read(&mut buffer[..most])?;
        let lines = buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        self.progress.line.set(self.progress.line.get() + lines as u64);
        let since = self.progress.since_record.get() + read;
        self.progress.since_record.set(since);
        if since > MAX_RECORD + 64 * 1024 {
            return Err(io::Error::other("a single record is longer than 1 MiB"));
        }
        Ok(read)
    }
}
