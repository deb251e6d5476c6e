//! Connection state, as its two ends see it: the stream counts bytes, and the service knows where
//! requests begin.
//!
//! Either the client has to send the whole head of a request, or the service has one and the client
//! has to send its body and take the answer. At no time does more than one request count: what a
//! client sends ahead of its turn is left where it is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

use tokio::time::Instant;

use super::Peer;
use super::connection_registry::Place;
use super::limits::Limits;
use super::stall_timeout::StallTimeout;

/// What is read at a time, at most.
const PIECE: usize = 16 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It has to send a request. What comes may also be the rest of a body that nobody wanted.
    Waiting,
    /// The service has one.
    Serving,
    /// The answer is made, and not taken yet.
    Answered,
}

/// What may be read from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowance {
    /// Nothing, for now.
    Nothing,
    /// So many bytes, and not beyond the next empty line: a head ends there, and so does a body
    /// whose length was not told.
    ToEmptyLine(usize),
    /// So many bytes: of a body, up to its end.
    Bytes(usize),
}

/// One connection. Shared by its stream and its requests, on one thread.
#[derive(Debug)]
pub(super) struct Connection {
    limits: Rc<Limits>,
    place: Place,
    peer: Peer,
    phase: Cell<Phase>,
    /// How many have begun: the last of them counts.
    requests: Cell<u64>,
    /// When waiting is over.
    deadline: Cell<Option<Instant>>,
    /// Bytes since waiting began.
    heard: Cell<usize>,
    /// Whether a handler waits for more of the body.
    wants_body: Cell<bool>,
    /// Whether the last request had a body.
    had_body: Cell<bool>,
    /// What is to come of it, if that is known.
    body_left: Cell<Option<u64>>,
    body: RefCell<StallTimeout>,
    writing: RefCell<StallTimeout>,
    /// It speaks another protocol now, with rules of its own.
    is_upgraded: Cell<bool>,
    /// Something was not read that may be read soon.
    is_held_back: Cell<bool>,
}

impl Connection {
    /// One that just began.
    pub fn new(limits: Rc<Limits>, place: Place, peer: Peer) -> Self {
        place.waits();
        // actix answers a slow first head with `408` by itself. Where it does not, this is the end.
        let deadline = Instant::now() + limits.head + limits.head / 5;
        Self {
            limits,
            place,
            peer,
            requests: Cell::default(),
            phase: Cell::new(Phase::Waiting),
            deadline: Cell::new(Some(deadline)),
            heard: Cell::default(),
            wants_body: Cell::default(),
            had_body: Cell::default(),
            body_left: Cell::default(),
            body: RefCell::default(),
            writing: RefCell::default(),
            is_upgraded: Cell::default(),
            is_held_back: Cell::default(),
        }
    }

    pub fn peer(&self) -> Peer {
        self.peer
    }

    // ---- What the stream asks and tells.

    pub fn allowance(&self) -> Allowance {
        if self.writing.borrow().is_waiting() {
            return Allowance::Nothing;
        }
        match self.phase.get() {
            Phase::Waiting => match self.limits.discarded.saturating_sub(self.heard.get()) {
                0 => Allowance::Nothing,
                left => Allowance::ToEmptyLine(left.min(PIECE)),
            },
            Phase::Serving if self.wants_body.get() => match self.body_left.get() {
                None => Allowance::ToEmptyLine(PIECE),
                Some(0) => Allowance::Nothing,
                Some(left) => Allowance::Bytes(usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))),
            },
            Phase::Serving | Phase::Answered => Allowance::Nothing,
        }
    }

    /// Whether what comes is a head for sure, and not what is left of a body.
    pub fn expects_a_head(&self) -> bool {
        self.phase.get() == Phase::Waiting && (!self.had_body.get() || self.body_left.get() == Some(0))
    }

    /// Whether nothing has come since waiting began.
    pub fn has_heard_nothing(&self) -> bool {
        self.heard.get() == 0
    }

    /// So much was read, as it was allowed.
    pub fn read(&self, bytes: usize) {
        if self.phase.get() == Phase::Waiting {
            // Of the first one, it was set when the connection began.
            if self.heard.get() == 0 && self.requests.get() > 0 {
                self.deadline.set(Some(Instant::now() + self.limits.head));
            }
            self.heard.set(self.heard.get() + bytes);
        } else {
            self.body.borrow_mut().got(bytes);
            self.body_left.set(self.body_left.get().map(|left| left.saturating_sub(bytes as u64)));
        }
    }

    /// Something could have been read, and was not allowed to be.
    pub fn hold_back(&self) {
        self.is_held_back.set(true);
    }

    pub fn is_held_back(&self) -> bool {
        self.is_held_back.get()
    }

    /// The kernel took nothing: the client has to take some of the answer first.
    pub fn write_stands_still(&self) {
        self.writing.borrow_mut().wait(Instant::now());
        self.place.waits();
    }

    /// The kernel took so much, or all that there was.
    pub fn wrote(&self, bytes: usize, is_all: bool) {
        let mut writing = self.writing.borrow_mut();
        if !writing.is_waiting() {
            return;
        }
        writing.got(bytes);
        if is_all {
            *writing = StallTimeout::default();
            drop(writing);
            if self.phase.get() != Phase::Waiting {
                self.place.is_served();
            }
            self.read_on();
        }
    }

    /// Nothing is left to be written.
    pub fn flushed(&self) {
        if self.phase.get() == Phase::Answered && !self.is_upgraded.get() {
            self.phase.set(Phase::Waiting);
            self.heard.set(0);
            self.deadline.set(Some(Instant::now() + self.limits.idle));
            self.place.waits();
            self.read_on();
        }
    }

    /// When to look at [`Connection::is_overdue`] again.
    pub fn due(&self) -> Option<Instant> {
        let standstill = self.limits.standstill;
        let body = if self.is_upgraded.get() { None } else { self.body.borrow().due(standstill) };
        [self.deadline.get(), body, self.writing.borrow().due(standstill)].into_iter().flatten().min()
    }

    /// What it took too long for.
    pub fn is_overdue(&self) -> Option<&'static str> {
        let (now, standstill, least) = (Instant::now(), self.limits.standstill, self.limits.least);
        if self.deadline.get().is_some_and(|deadline| now >= deadline) {
            return Some("no request came");
        }
        if self.writing.borrow_mut().is_over(now, standstill, least) {
            return Some("the answer was not taken");
        }
        if !self.is_upgraded.get() && self.body.borrow_mut().is_over(now, standstill, least) {
            return Some("the body did not come");
        }
        None
    }

    /// Somebody else has its place.
    pub fn must_go(&self) -> bool {
        self.place.must_go()
    }

    /// The service is stopping, and nothing has come that it should answer.
    pub fn may_leave(&self) -> bool {
        self.place.is_leaving() && self.phase.get() == Phase::Waiting && self.heard.get() == 0
    }

    /// It is over.
    pub fn is_gone(&self) {
        self.place.give_back();
    }

    /// Whom to wake when one of these changes.
    pub fn remember(&self, waker: &Waker) {
        self.place.remember(waker);
    }

    // ---- What the service tells.

    /// A request came, with a body of so many bytes, or of a length that shows at its end. Which
    /// one it is, is what its body says of itself later.
    pub fn begin(&self, has_body: bool, body_length: Option<u64>) -> u64 {
        self.requests.set(self.requests.get() + 1);
        self.place.is_served();
        self.phase.set(Phase::Serving);
        self.deadline.set(None);
        self.wants_body.set(false);
        self.had_body.set(has_body);
        self.body_left.set(body_length);
        *self.body.borrow_mut() = StallTimeout::default();
        self.requests.get()
    }

    /// A handler waits for more of this request's body.
    pub fn wants_body(&self, request: u64) {
        // Somebody kept the body of an earlier one.
        if request != self.requests.get() {
            return;
        }
        self.wants_body.set(true);
        self.body.borrow_mut().wait(Instant::now());
        self.place.waits();
        self.read_on();
    }

    /// It has some, or all of it, or reads no more.
    pub fn has_body(&self, request: u64) {
        if request != self.requests.get() {
            return;
        }
        self.wants_body.set(false);
        self.body.borrow_mut().rest(Instant::now());
        if self.phase.get() == Phase::Serving {
            self.place.is_served();
        }
    }

    /// From here on this is no HTTP.
    pub fn is_upgraded(&self) {
        self.is_upgraded.set(true);
    }

    /// The answer is made.
    pub fn answered(&self) {
        self.has_body(self.requests.get());
        self.phase.set(Phase::Answered);
    }

    pub fn is_leaving(&self) -> bool {
        self.place.is_leaving()
    }

    fn read_on(&self) {
        if self.is_held_back.replace(false) {
            self.place.wake();
        }
    }
}
