//! Draining of request bodies: what a handler leaves unread is dropped before the response goes
//! out.
//!
//! hyper closes a connection on which a body is left. Whoever is still sending it then gets a
//! reset, and perhaps never the answer: browsers show an error of their own, and proxies make a
//! `502` of it (RFC 9112, section 9.6).

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

use crate::web::{DISCARD_TIMEOUT, MAX_DISCARDED_BYTES};

/// A body that was handed out, and where it comes back to when nobody wants more of it.
pub(super) struct Lent {
    rest: Rest,
    /// The client sends nothing before it is told to, which the first look at the body does (RFC
    /// 9110, section 10.1.1).
    waits: bool,
}

/// What came back, and whether somebody has begun to read it.
type Rest = Arc<Mutex<Option<(Body, bool)>>>;

/// Hands the body out. `None` for a request without one.
pub(super) fn lend(request: &mut Request) -> Option<Lent> {
    if http_body::Body::is_end_stream(request.body()) {
        return None;
    }
    let rest = Rest::default();
    let body = std::mem::replace(request.body_mut(), Body::empty());
    *request.body_mut() =
        Body::new(Borrowed { body, is_begun: false, is_over: false, rest: Arc::clone(&rest) });
    Some(Lent { rest, waits: request.headers().contains_key(EXPECT) })
}

impl Lent {
    /// Reads what is left, within bounds. Does nothing where a handler goes on reading while its
    /// answer is on its way.
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
        // Whoever is slower than that is not waited for.
        let _ = timeout(DISCARD_TIMEOUT, all).await;
    }
}

/// The body as the service reads it.
struct Borrowed {
    body: Body,
    is_begun: bool,
    is_over: bool,
    rest: Rest,
}

impl http_body::Body for Borrowed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.is_begun = true;
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        // After its end nobody may ask it again.
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

impl Drop for Borrowed {
    fn drop(&mut self) {
        if !self.is_over && !http_body::Body::is_end_stream(&self.body) {
            let rest = std::mem::replace(&mut self.body, Body::empty());
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some((rest, self.is_begun));
        }
    }
}
