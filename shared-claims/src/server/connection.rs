//! Connection state, shared by the stream, which counts bytes, and the service, which knows where
//! requests begin.
//!
//! At any time, either the client sends the head of a request, or the service handles one and the
//! client sends its body and reads the response. Only one request is handled at a time: bytes that
//! a client sends too early stay unread.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

use tokio::time::Instant;

use super::Peer;
use super::connection_registry::Registration;
use super::limits::Limits;
use super::stall_timeout::StallTimeout;

/// The most that is read at once.
const MAX_READ_BYTES: usize = 16 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The client has to send a request. Its bytes may also be the rest of a body that was not
    /// read.
    Waiting,
    /// The service is handling a request.
    Serving,
    /// The response is complete, and not sent yet.
    Answered,
}

/// How much may be read from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowance {
    /// Nothing, for now.
    Nothing,
    /// This many bytes, and not beyond the next empty line. A head ends there, and so does a body
    /// of unknown length.
    ToEmptyLine(usize),
    /// This many bytes, of a body of known length.
    Bytes(usize),
}

/// One connection, shared by its stream and its requests on one thread.
#[derive(Debug)]
pub(super) struct Connection {
    limits: Rc<Limits>,
    registration: Registration,
    peer: Peer,
    phase: Cell<Phase>,
    /// How many requests have begun. Calls about an earlier one are ignored.
    requests: Cell<u64>,
    /// When the head must be complete.
    deadline: Cell<Option<Instant>>,
    /// Bytes received since the last response.
    received: Cell<usize>,
    /// Whether a handler waits for more of the body.
    wants_body: Cell<bool>,
    /// Whether the last request had a body.
    had_body: Cell<bool>,
    /// How much of the body is still to come, if that is known.
    body_left: Cell<Option<u64>>,
    body: RefCell<StallTimeout>,
    writing: RefCell<StallTimeout>,
    /// The connection has switched to another protocol, with rules of its own.
    is_upgraded: Cell<bool>,
    /// Reading was refused and may be allowed soon.
    is_reading_suspended: Cell<bool>,
}

impl Connection {
    /// A connection that has just been accepted.
    pub fn new(limits: Rc<Limits>, registration: Registration, peer: Peer) -> Self {
        registration.wait_for_client();
        // actix answers a slow first head with `408` by itself. This is the limit where it does
        // not.
        let deadline = Instant::now() + limits.head_timeout + limits.head_timeout / 5;
        Self {
            limits,
            registration,
            peer,
            requests: Cell::default(),
            phase: Cell::new(Phase::Waiting),
            deadline: Cell::new(Some(deadline)),
            received: Cell::default(),
            wants_body: Cell::default(),
            had_body: Cell::default(),
            body_left: Cell::default(),
            body: RefCell::default(),
            writing: RefCell::default(),
            is_upgraded: Cell::default(),
            is_reading_suspended: Cell::default(),
        }
    }

    pub fn peer(&self) -> Peer {
        self.peer
    }

    // ---- Called by the stream.

    pub fn allowance(&self) -> Allowance {
        if self.writing.borrow().is_waiting() {
            return Allowance::Nothing;
        }
        match self.phase.get() {
            Phase::Waiting => match self.limits.max_discarded.saturating_sub(self.received.get()) {
                0 => Allowance::Nothing,
                left => Allowance::ToEmptyLine(left.min(MAX_READ_BYTES)),
            },
            Phase::Serving if self.wants_body.get() => match self.body_left.get() {
                None => Allowance::ToEmptyLine(MAX_READ_BYTES),
                Some(0) => Allowance::Nothing,
                Some(left) => Allowance::Bytes(
                    usize::try_from(left).map_or(MAX_READ_BYTES, |left| left.min(MAX_READ_BYTES)),
                ),
            },
            Phase::Serving | Phase::Answered => Allowance::Nothing,
        }
    }

    /// Whether the next bytes are certainly a head, and not the rest of a body.
    pub fn expects_a_head(&self) -> bool {
        self.phase.get() == Phase::Waiting && (!self.had_body.get() || self.body_left.get() == Some(0))
    }

    /// Whether nothing was received since the last response.
    pub fn has_received_nothing(&self) -> bool {
        self.received.get() == 0
    }

    /// Records that bytes were read, within the allowance.
    pub fn read(&self, bytes: usize) {
        if self.phase.get() == Phase::Waiting {
            // The deadline of the first head was set when the connection began.
            if self.received.get() == 0 && self.requests.get() > 0 {
                self.deadline.set(Some(Instant::now() + self.limits.head_timeout));
            }
            self.received.set(self.received.get() + bytes);
        } else {
            self.body.borrow_mut().progress(bytes);
            self.body_left.set(self.body_left.get().map(|left| left.saturating_sub(bytes as u64)));
        }
    }

    /// Records that reading was refused.
    pub fn suspend_reading(&self) {
        self.is_reading_suspended.set(true);
    }

    pub fn is_reading_suspended(&self) -> bool {
        self.is_reading_suspended.get()
    }

    /// Records that the kernel's send buffer is full: the client has to read first.
    pub fn write_blocked(&self) {
        self.writing.borrow_mut().wait(Instant::now());
        self.registration.wait_for_client();
    }

    /// Records that bytes were sent. `is_all` if nothing is left of this write.
    pub fn wrote(&self, bytes: usize, is_all: bool) {
        let mut writing = self.writing.borrow_mut();
        if !writing.is_waiting() {
            return;
        }
        writing.progress(bytes);
        if is_all {
            *writing = StallTimeout::default();
            drop(writing);
            if self.phase.get() != Phase::Waiting {
                self.registration.serve();
            }
            self.resume_reading();
        }
    }

    /// Records that everything was sent.
    pub fn flushed(&self) {
        if self.phase.get() == Phase::Answered && !self.is_upgraded.get() {
            self.phase.set(Phase::Waiting);
            self.received.set(0);
            self.deadline.set(Some(Instant::now() + self.limits.idle_timeout));
            self.registration.wait_for_client();
            self.resume_reading();
        }
    }

    /// When to check [`Connection::is_overdue`] again.
    pub fn due(&self) -> Option<Instant> {
        let stall_timeout = self.limits.stall_timeout;
        let body = if self.is_upgraded.get() { None } else { self.body.borrow().due(stall_timeout) };
        [self.deadline.get(), body, self.writing.borrow().due(stall_timeout)].into_iter().flatten().min()
    }

    /// The reason for closing the connection, if the client has exceeded a limit.
    pub fn is_overdue(&self) -> Option<&'static str> {
        let (now, stall_timeout, min_progress) =
            (Instant::now(), self.limits.stall_timeout, self.limits.min_progress);
        if self.deadline.get().is_some_and(|deadline| now >= deadline) {
            return Some("no request arrived in time");
        }
        if self.writing.borrow_mut().is_over(now, stall_timeout, min_progress) {
            return Some("the response was not read");
        }
        if !self.is_upgraded.get() && self.body.borrow_mut().is_over(now, stall_timeout, min_progress) {
            return Some("the body did not arrive");
        }
        None
    }

    /// Whether the registry has given its place to another connection.
    pub fn is_evicted(&self) -> bool {
        self.registration.is_evicted()
    }

    /// Whether the server is shutting down and no request has begun.
    pub fn may_close(&self) -> bool {
        self.registration.is_shutting_down() && self.phase.get() == Phase::Waiting && self.received.get() == 0
    }

    /// Records that the stream was dropped.
    pub fn closed(&self) {
        self.registration.release();
    }

    /// Sets the task to wake when one of these changes.
    pub fn set_waker(&self, waker: &Waker) {
        self.registration.set_waker(waker);
    }

    // ---- Called by the service.

    /// Begins a request, with a body of this length, or of unknown length. Returns the number by
    /// which the body's stream identifies the request.
    pub fn begin(&self, has_body: bool, body_length: Option<u64>) -> u64 {
        self.requests.set(self.requests.get() + 1);
        self.registration.serve();
        self.phase.set(Phase::Serving);
        self.deadline.set(None);
        self.wants_body.set(false);
        self.had_body.set(has_body);
        self.body_left.set(body_length);
        *self.body.borrow_mut() = StallTimeout::default();
        self.requests.get()
    }

    /// Records that a handler waits for more of this request's body.
    pub fn wants_body(&self, request: u64) {
        // A handler has kept the body of an earlier request.
        if request != self.requests.get() {
            return;
        }
        self.wants_body.set(true);
        self.body.borrow_mut().wait(Instant::now());
        self.registration.wait_for_client();
        self.resume_reading();
    }

    /// Records that the handler waits no longer: it has some of the body, or reads no more.
    pub fn end_body_wait(&self, request: u64) {
        if request != self.requests.get() {
            return;
        }
        self.wants_body.set(false);
        self.body.borrow_mut().pause(Instant::now());
        if self.phase.get() == Phase::Serving {
            self.registration.serve();
        }
    }

    /// Records that the connection is no longer HTTP.
    pub fn is_upgraded(&self) {
        self.is_upgraded.set(true);
    }

    /// Records that the response is complete.
    pub fn answered(&self) {
        self.end_body_wait(self.requests.get());
        self.phase.set(Phase::Answered);
    }

    pub fn is_shutting_down(&self) -> bool {
        self.registration.is_shutting_down()
    }

    fn resume_reading(&self) {
        if self.is_reading_suspended.replace(false) {
            self.registration.wake();
        }
    }
}
