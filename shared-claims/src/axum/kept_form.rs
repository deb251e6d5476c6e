//! Buffering of a posted form: the whole body is read before the handler runs, and handed on.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum_core::Error;
use axum_core::body::Body;
use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::web::{FORM_TIMEOUT, MAX_FORM_BYTES};

/// The whole body of a form, for the page that keeps it.
#[derive(Clone)]
pub(super) struct KeptForm(pub(super) Bytes);

/// Reads a body that may have to be kept, and returns it unchanged. Nothing is kept of a body that
/// is larger than [`MAX_FORM_BYTES`], breaks off or does not arrive in time.
pub(super) async fn keep(body: Body) -> (Option<KeptForm>, Body) {
    let mut read = Read { seen: VecDeque::new(), rest: body };
    let whole = timeout(FORM_TIMEOUT, read.until_the_end()).await.unwrap_or(false);
    let kept = whole.then(|| KeptForm(read.bytes()));
    (kept, Body::new(read))
}

/// The part of the body that was read, and the rest.
struct Read {
    seen: VecDeque<Result<Frame<Bytes>, Error>>,
    rest: Body,
}

impl Read {
    /// Reads to the end. False if the body is too large to keep.
    async fn until_the_end(&mut self) -> bool {
        let mut left = MAX_FORM_BYTES;
        while let Some(frame) = self.rest.frame().await {
            let bytes = frame.as_ref().ok().and_then(Frame::data_ref).map(Bytes::len);
            let is_error = frame.is_err();
            self.seen.push_back(frame);
            match left.checked_sub(bytes.unwrap_or(0)) {
                Some(less) if !is_error => left = less,
                _ => return false,
            }
        }
        true
    }

    fn bytes(&self) -> Bytes {
        let data = self.seen.iter().filter_map(|frame| frame.as_ref().ok()?.data_ref());
        data.flatten().copied().collect()
    }
}

impl http_body::Body for Read {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.seen.pop_front() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }
}
