//! Byte stream of a connection as the HTTP library reads and writes it, within its limits.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::connection::{Allowance, Connection};
use super::cookie_filter::CookieFilter;

/// How far we look ahead while nothing may be read: whether the client is still there.
const LOOK_AHEAD: usize = 1024;

/// Of one head's cookies: browsers keep 180 of 4 KB for a domain.
const MAX_LEFT_OUT: usize = 1024 * 1024;

/// A stream that gives out one request after the other, and fails when the client takes too long.
#[derive(Debug)]
pub(super) struct Stream<T> {
    io: T,
    connection: Rc<Connection>,
    /// Came from the client, and was not given out yet.
    ahead: Vec<u8>,
    /// What was given out last ended with a line break, and maybe a carriage return after it: the
    /// next line break ends an empty line.
    line_is_empty: bool,
    /// What was given out last may be the end of a head or of a body. Nothing more until it was
    /// looked at.
    is_at_an_end: bool,
    /// For the head that comes.
    sieve: CookieFilter,
    timer: Pin<Box<Sleep>>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream<T> {
    pub fn new(io: T, connection: Rc<Connection>) -> Self {
        let due = connection.due().unwrap_or_else(Instant::now);
        Self {
            io,
            connection,
            ahead: Vec::new(),
            line_is_empty: false,
            is_at_an_end: false,
            sieve: CookieFilter::default(),
            timer: Box::pin(tokio::time::sleep_until(due)),
        }
    }

    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Fails when time is up, and has itself woken when it will be.
    fn in_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.connection.remember(context.waker());
        if self.connection.must_go() {
            tracing::debug!("a connection was closed: somebody else has its place");
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

    /// Reads into `space`, what was left first.
    fn fill(&mut self, context: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        let from_ahead = self.ahead.len().min(space.len());
        space[..from_ahead].copy_from_slice(&self.ahead[..from_ahead]);
        self.ahead.drain(..from_ahead);
        if self.ahead.is_empty() {
            // Few clients send ahead, and those that do not need no space for it.
            self.ahead = Vec::new();
        }
        let mut rest = ReadBuf::new(&mut space[from_ahead..]);
        if rest.capacity() == 0 {
            return Poll::Ready(Ok(from_ahead));
        }
        match Pin::new(&mut self.io).poll_read(context, &mut rest) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(from_ahead + rest.filled().len())),
            // An end or an error comes again the next time.
            _ if from_ahead > 0 => Poll::Ready(Ok(from_ahead)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// The same of a head, without the cookies that are too many to be read.
    fn fill_sifted(&mut self, context: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.connection.has_heard_nothing() {
            self.sieve = CookieFilter::default();
        }
        loop {
            let length = ready!(self.fill(context, space))?;
            let was_whole = self.sieve.left_out() == 0;
            let kept = self.sieve.sift(&mut space[..length]);
            if was_whole && self.sieve.left_out() > 0 {
                tracing::info!(peer = ?self.connection.peer(), "a head has more cookies than can be read: some are left out");
            }
            if self.sieve.left_out() > MAX_LEFT_OUT {
                tracing::info!(peer = ?self.connection.peer(), "a connection was closed: its head has no end");
                return Poll::Ready(Err(ErrorKind::InvalidData.into()));
            }
            // None is the end of all, and what was left out entirely is not.
            if kept > 0 || length == 0 {
                return Poll::Ready(Ok(kept));
            }
        }
    }

    /// Gives out nothing; but a client that hung up is told of at once, so that nobody works for
    /// it.
    fn hold_back(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            let mut space = [0; LOOK_AHEAD];
            let length = ready!(self.fill(context, &mut space))?;
            if length == 0 {
                return Poll::Ready(Ok(()));
            }
            self.ahead.extend_from_slice(&space[..length]);
        }
        self.connection.hold_back();
        Poll::Pending
    }

    /// Where in `bytes` an empty line ends, if there is one. Only where to pause: whoever parses
    /// decides what it means.
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
        // Requests may be kept for longer.
        self.connection.is_gone();
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.in_time(context)?;
        if std::mem::take(&mut this.is_at_an_end) {
            let read = this.hold_back(context);
            if this.connection.is_held_back() {
                context.waker().wake_by_ref();
            }
            return read;
        }
        let (bytes, to_empty_line) = match this.connection.allowance() {
            Allowance::Nothing => return this.hold_back(context),
            Allowance::ToEmptyLine(bytes) => (bytes, true),
            Allowance::Bytes(bytes) => (bytes, false),
        };
        let space = buffer.initialize_unfilled_to(bytes.min(buffer.remaining()));
        let read = match this.connection.expects_a_head() {
            true => this.fill_sifted(context, space),
            false => this.fill(context, space),
        };
        let Poll::Ready(Ok(mut length)) = read else {
            if read.is_pending() && this.connection.may_leave() {
                // As if the client had gone.
                return Poll::Ready(Ok(()));
            }
            return read.map_ok(drop);
        };
        if to_empty_line && let Some(end) = this.end_of_empty_line(&space[..length]) {
            // Before what was left already, which came later.
            this.ahead.splice(..0, space[end..length].iter().copied());
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
            Poll::Pending => this.connection.write_stands_still(),
        }
        this.in_time(context)?;
        written
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.io).poll_flush(context))?;
        this.connection.flushed();
        Poll::Ready(this.in_time(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.in_time(context)?;
        Pin::new(&mut this.io).poll_shutdown(context)
    }
}
