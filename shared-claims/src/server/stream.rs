//! Byte stream of a connection, as the HTTP library reads and writes it, within its limits.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::connection::{Allowance, Connection};
use super::cookie_filter::CookieFilter;

/// How much is read ahead while reading is suspended, to notice that the client is gone.
const LOOK_AHEAD: usize = 1024;

/// How many bytes of cookies are removed from one head at most. Browsers keep 180 cookies of 4 KB
/// for a domain.
const MAX_REMOVED_BYTES: usize = 1024 * 1024;

/// A stream that delivers one request after the other, and fails when the client exceeds a limit.
#[derive(Debug)]
pub(super) struct Stream<T> {
    io: T,
    connection: Rc<Connection>,
    /// Received from the client, and not delivered yet.
    lookahead: Vec<u8>,
    /// The last delivered bytes are a line break, and possibly a carriage return after it. So
    /// the next line break ends an empty line.
    line_is_empty: bool,
    /// The last delivered bytes may end a head or a body. Nothing more is delivered until the
    /// library has parsed it.
    is_at_an_end: bool,
    /// Filters the next head.
    cookie_filter: CookieFilter,
    timer: Pin<Box<Sleep>>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream<T> {
    pub fn new(io: T, connection: Rc<Connection>) -> Self {
        let due = connection.due().unwrap_or_else(Instant::now);
        Self {
            io,
            connection,
            lookahead: Vec::new(),
            line_is_empty: false,
            is_at_an_end: false,
            cookie_filter: CookieFilter::default(),
            timer: Box::pin(tokio::time::sleep_until(due)),
        }
    }

    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Fails if a limit is exceeded, and sets the timer for the next one.
    fn check_deadlines(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.connection.set_waker(context.waker());
        if self.connection.is_evicted() {
            tracing::debug!("a connection was closed: another connection took its place");
            return Err(ErrorKind::ConnectionAborted.into());
        }
        while let Some(due) = self.connection.due() {
            if self.timer.is_elapsed() || due < self.timer.deadline() {
                self.timer.as_mut().reset(due);
            }
            if self.timer.as_mut().poll(context).is_pending() {
                break;
            }
            if let Some(because) = self.connection.is_overdue() {
                tracing::debug!("a connection was closed: {because}");
                return Err(ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }

    /// Reads into `space`, first from `lookahead`.
    fn fill(&mut self, context: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        let from_lookahead = self.lookahead.len().min(space.len());
        space[..from_lookahead].copy_from_slice(&self.lookahead[..from_lookahead]);
        self.lookahead.drain(..from_lookahead);
        if self.lookahead.is_empty() {
            // Frees the memory: few clients send ahead.
            self.lookahead = Vec::new();
        }
        let mut pause = ReadBuf::new(&mut space[from_lookahead..]);
        if pause.capacity() == 0 {
            return Poll::Ready(Ok(from_lookahead));
        }
        match Pin::new(&mut self.io).poll_read(context, &mut pause) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(from_lookahead + pause.filled().len())),
            // The next read returns the end or the error again.
            _ if from_lookahead > 0 => Poll::Ready(Ok(from_lookahead)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads a head, without the cookies that are too many to parse.
    fn fill_filtered(&mut self, context: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.connection.has_received_nothing() {
            self.cookie_filter = CookieFilter::default();
        }
        loop {
            let length = ready!(self.fill(context, space))?;
            let was_whole = self.cookie_filter.removed() == 0;
            let kept = self.cookie_filter.filter(&mut space[..length]);
            if was_whole && self.cookie_filter.removed() > 0 {
                tracing::info!(peer = ?self.connection.peer(), "a head has more cookies than can be read: some were removed");
            }
            if self.cookie_filter.removed() > MAX_REMOVED_BYTES {
                tracing::info!(peer = ?self.connection.peer(), "a connection was closed: its head is too long");
                return Poll::Ready(Err(ErrorKind::InvalidData.into()));
            }
            // Zero bytes mean the end, so reading goes on if everything was removed.
            if kept > 0 || length == 0 {
                return Poll::Ready(Ok(kept));
            }
        }
    }

    /// Delivers nothing, but notices a client that hangs up, so that no handler goes on working for
    /// it.
    fn suspend_reading(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lookahead.is_empty() {
            let mut space = [0; LOOK_AHEAD];
            let length = ready!(self.fill(context, &mut space))?;
            if length == 0 {
                return Poll::Ready(Ok(()));
            }
            self.lookahead.extend_from_slice(&space[..length]);
        }
        self.connection.suspend_reading();
        Poll::Pending
    }

    /// Where in `bytes` an empty line ends, if there is one. It is only a place to pause: the
    /// parser decides what the line means.
    fn end_of_empty_line(&mut self, bytes: &[u8]) -> Option<usize> {
        for (n, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' if self.line_is_empty => {
                    self.line_is_empty = false;
                    return Some(n + 1);
                }
                b'\n' => self.line_is_empty = true,
                b'\r' => {}
                _ => self.line_is_empty = false,
            }
        }
        None
    }
}

impl<T> Drop for Stream<T> {
    fn drop(&mut self) {
        // Requests may outlive the stream.
        self.connection.closed();
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_deadlines(context)?;
        if std::mem::take(&mut this.is_at_an_end) {
            let read = this.suspend_reading(context);
            if this.connection.is_reading_suspended() {
                context.waker().wake_by_ref();
            }
            return read;
        }
        let (bytes, to_empty_line) = match this.connection.allowance() {
            Allowance::Nothing => return this.suspend_reading(context),
            Allowance::ToEmptyLine(bytes) => (bytes, true),
            Allowance::Bytes(bytes) => (bytes, false),
        };
        let space = buffer.initialize_unfilled_to(bytes.min(buffer.remaining()));
        let read = match this.connection.expects_a_head() {
            true => this.fill_filtered(context, space),
            false => this.fill(context, space),
        };
        let Poll::Ready(Ok(mut length)) = read else {
            if read.is_pending() && this.connection.may_close() {
                // Ends as if the client had closed.
                return Poll::Ready(Ok(()));
            }
            return read.map_ok(drop);
        };
        if to_empty_line && let Some(end) = this.end_of_empty_line(&space[..length]) {
            // Before what `lookahead` holds, which came later.
            this.lookahead.splice(..0, space[end..length].iter().copied());
            this.is_at_an_end = true;
            length = end;
        }
        buffer.advance(length);
        this.connection.read(length);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        match &written {
            Poll::Ready(Ok(length)) => this.connection.wrote(*length, *length == bytes.len()),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => this.connection.write_blocked(),
        }
        this.check_deadlines(context)?;
        written
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.io).poll_flush(context))?;
        this.connection.flushed();
        Poll::Ready(this.check_deadlines(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_deadlines(context)?;
        Pin::new(&mut this.io).poll_shutdown(context)
    }
}
