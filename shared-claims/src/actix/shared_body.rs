//! Request body that two extractors can read.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use futures_core::Stream;

use super::request::request_info;
use crate::web::{DISCARD_TIMEOUT, FORM_TIMEOUT, FormEntries, MAX_FORM_BYTES, MultipartReader};

/// A second handle on a request's body.
///
/// actix gives the body to a handler's extractors before any of them has run. An extractor that may
/// need it later has to leave something in its place: a stream that delivers the same bytes to the
/// handler's own form extractor. That stream waits while somebody [holds](Self::hold) the body, so
/// that a handler's error about the form does not overtake the question who sent it.
#[derive(Clone)]
pub(super) struct SharedBody(Rc<RefCell<Body>>);

struct Body {
    source: Payload,
    seen: Vec<Bytes>,
    seen_bytes: usize,
    /// How reading ended: at the end of the body, by a broken connection, or because the body is
    /// too large to keep.
    end: Option<End>,
    /// Whether bytes were read that are not in `seen`: nobody but the handler has them.
    has_lost_bytes: bool,
    held: bool,
    waiting: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    Broken,
    TooLarge,
}

impl SharedBody {
    /// Takes the body and leaves a stream of the same bytes. `None` if somebody took it before.
    ///
    /// actix does not distinguish a body that was taken from one that never existed, as with a form
    /// without named fields. The request's headers tell them apart.
    pub(super) fn share(req: &HttpRequest, payload: &mut Payload) -> Option<Self> {
        let source = std::mem::replace(payload, Payload::None);
        if matches!(source, Payload::None) && request_info(req).announces_body() {
            return None;
        }
        let body = Rc::new(RefCell::new(Body {
            source,
            seen: Vec::new(),
            seen_bytes: 0,
            end: None,
            has_lost_bytes: false,
            held: false,
            waiting: None,
        }));
        *payload = Payload::Stream { payload: Box::pin(Reader { body: Rc::clone(&body), next: 0 }) };
        Some(Self(body))
    }

    /// Makes the other readers wait.
    pub(super) fn hold(&self) {
        self.0.borrow_mut().held = true;
    }

    /// Lets the other readers read.
    pub(super) fn release(&self) {
        let mut body = self.0.borrow_mut();
        body.held = false;
        if let Some(waker) = body.waiting.take() {
            waker.wake();
        }
    }

    /// The whole body; `None` if it is larger than [`MAX_FORM_BYTES`], breaks off or does not
    /// arrive in ten seconds.
    pub(super) async fn read(&self) -> Option<Vec<u8>> {
        let all = timeout(FORM_TIMEOUT, poll_fn(|cx| self.0.borrow_mut().poll_end(cx))).await;
        let body = self.0.borrow();
        (all == Ok(End::Complete)).then(|| body.seen.concat())
    }

    /// Reads a form with files to its end, for the page that keeps it. What is left of the body is
    /// gone for all other readers. `None` if it cannot be kept, breaks off, does not arrive in
    /// thirty seconds, or was read before.
    pub(super) async fn read_multipart(&self, mut reader: MultipartReader) -> Option<FormEntries> {
        let rest = {
            let mut body = self.0.borrow_mut();
            if body.has_lost_bytes || !body.seen.iter().all(|bytes| reader.feed(bytes)) {
                return None;
            }
            (body.end != Some(End::Complete)).then(|| std::mem::replace(&mut body.source, Payload::None))
        };
        if let Some(mut rest) = rest {
            let all = async {
                while let Some(bytes) = poll_fn(|cx| Pin::new(&mut rest).poll_next(cx)).await {
                    if !reader.feed(&bytes.ok()?) {
                        return None;
                    }
                }
                Some(())
            };
            timeout(DISCARD_TIMEOUT, all).await.ok()??;
        }
        reader.finish()
    }
}

impl Body {
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            if let Some(end) = self.end {
                return Poll::Ready(end);
            }
            match Pin::new(&mut self.source).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(item) => {
                    self.remember(&item);
                }
            }
        }
    }

    fn remember(&mut self, item: &Option<Result<Bytes, PayloadError>>) {
        match item {
            None => self.end = self.end.or(Some(End::Complete)),
            Some(Err(_)) => self.end = Some(End::Broken),
            Some(Ok(bytes)) => {
                self.seen_bytes += bytes.len();
                if self.seen_bytes > MAX_FORM_BYTES {
                    self.end = Some(End::TooLarge);
                    self.has_lost_bytes = true;
                } else {
                    self.seen.push(bytes.clone());
                }
            }
        }
    }
}

/// What the handler's own extractors read.
struct Reader {
    body: Rc<RefCell<Body>>,
    next: usize,
}

impl Stream for Reader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut body = this.body.borrow_mut();
        if body.held {
            body.waiting = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if let Some(bytes) = body.seen.get(this.next) {
            this.next += 1;
            return Poll::Ready(Some(Ok(bytes.clone())));
        }
        match body.end {
            Some(End::Complete) => return Poll::Ready(None),
            Some(End::Broken) => return Poll::Ready(Some(Err(PayloadError::Incomplete(None)))),
            // The handler may still read a body that is too large to keep.
            Some(End::TooLarge) | None => {}
        }
        let item = std::task::ready!(Pin::new(&mut body.source).poll_next(cx));
        let kept = body.seen.len();
        if body.end.is_none() {
            body.remember(&item);
        }
        this.next += body.seen.len() - kept;
        Poll::Ready(item)
    }
}
