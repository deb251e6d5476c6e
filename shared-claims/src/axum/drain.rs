//! Draining of request bodies: what a handler leaves unread is read and dropped before the response
//! is sent.
//!
//! hyper closes a connection whose body was not read. A client that is still sending then gets a
//! reset and may lose the response: browsers show an error page of their own, and proxies answer
//! `502` (RFC 9112, section 9.6).

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_core::Error;
use axum_core::body::Body;
use axum_core::extract::Request;
use bytes::Bytes;
use http::header::EXPECT;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::web::{DISCARD_TIMEOUT, FormEntries, MAX_DISCARDED_BYTES, MultipartReader};

/// What is left of a body after the service has run, if anything.
pub(super) struct DrainHandle {
    rest: UnreadBody,
    /// The client waits for `100 Continue`, which the first read of the body sends (RFC 9110,
    /// section 10.1.1).
    waits: bool,
}

/// The unread body, and whether reading it has begun.
type UnreadBody = Arc<Mutex<Option<(Body, bool)>>>;

/// Wraps the request's body so that its rest can be drained. `None` for a request without a body.
pub(super) fn make_drainable(request: &mut Request) -> Option<DrainHandle> {
    if http_body::Body::is_end_stream(request.body()) {
        return None;
    }
    let rest = UnreadBody::default();
    let body = std::mem::replace(request.body_mut(), Body::empty());
    *request.body_mut() =
        Body::new(DrainableBody { body, is_begun: false, is_over: false, rest: Arc::clone(&rest) });
    Some(DrainHandle { rest, waits: request.headers().contains_key(EXPECT) })
}

impl DrainHandle {
    /// Reads a form with files to its end, for the page that keeps it. `None` if it cannot be kept,
    /// breaks off, does not arrive in time, or if anybody has begun to read it.
    pub(super) async fn read_multipart(&self, mut reader: MultipartReader) -> Option<FormEntries> {
        let mut body = {
            let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
            rest.take_if(|(_, is_begun)| !*is_begun)?.0
        };
        let all = async {
            while let Some(frame) = body.frame().await {
                let frame = frame.ok()?;
                if !frame.data_ref().is_none_or(|bytes| reader.feed(bytes)) {
                    return None;
                }
            }
            Some(())
        };
        timeout(DISCARD_TIMEOUT, all).await.ok()??;
        reader.finish()
    }

    /// Reads what is left, within limits. Does nothing if a handler goes on reading while its
    /// response is being sent.
    pub(super) async fn drain(self) {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut body, is_begun)) = rest else { return };
        let announced = http_body::Body::size_hint(&body).lower();
        let is_too_large = usize::try_from(announced).is_ok_and(|bytes| bytes > MAX_DISCARDED_BYTES);
        if is_too_large || (self.waits && !is_begun) {
            return;
        }
        let all = async {
            let mut left = MAX_DISCARDED_BYTES;
            while let Some(Ok(frame)) = body.frame().await {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                match left.checked_sub(bytes) {
                    Some(less) => left = less,
                    None => return,
                }
            }
        };
        // A client that takes longer loses the response.
        let _ = timeout(DISCARD_TIMEOUT, all).await;
    }
}

/// The body as the service reads it. When it is dropped, the unread rest goes to the
/// [`DrainHandle`].
struct DrainableBody {
    body: Body,
    is_begun: bool,
    is_over: bool,
    rest: UnreadBody,
}

impl http_body::Body for DrainableBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.is_begun = true;
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        // A body must not be polled after its end.
        self.is_over = matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for DrainableBody {
    fn drop(&mut self) {
        if !self.is_over && !http_body::Body::is_end_stream(&self.body) {
            let rest = std::mem::replace(&mut self.body, Body::empty());
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some((rest, self.is_begun));
        }
    }
}
