//! One request and its response, reported to their connection.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_http::body::{BodySize, MessageBody};
use actix_http::error::PayloadError;
use actix_http::{
    BoxedPayloadStream, ConnectionType, HttpMessage as _, Payload, Request, Response, StatusCode,
};
use actix_web::web::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::connection::Connection;

/// Lives from a request's arrival to the end of its response, or until either is dropped.
pub(super) struct Exchange(Option<Rc<Connection>>);

impl Exchange {
    /// Begins with a request, and watches its body.
    pub fn begin(request: &mut Request) -> Self {
        let Some(connection) = request.conn_data::<Rc<Connection>>().cloned() else { return Self(None) };
        let length = request.headers().get("content-length");
        let length = length.and_then(|length| length.to_str().ok()?.trim().parse().ok());
        let has_body = !matches!(request.payload(), Payload::None);
        let request_number = connection.begin(has_body, length);
        if has_body {
            let payload = request.take_payload();
            let watched: BoxedPayloadStream =
                Box::pin(WatchedPayload { payload, connection: connection.clone(), request: request_number });
            *request.payload() = watched.into();
        }
        Self(Some(connection))
    }

    /// Ends with the last byte of this response.
    pub fn answer<B>(self, response: Response<B>) -> Response<AnswerBody<B>> {
        response.map_body(|head, body| {
            if let Some(connection) = &self.0 {
                if head.status == StatusCode::SWITCHING_PROTOCOLS {
                    connection.is_upgraded();
                } else if connection.is_shutting_down() {
                    head.set_connection_type(ConnectionType::Close);
                }
            }
            AnswerBody { body, exchange: self }
        })
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.answered();
        }
    }
}

/// A request's body, which reports when a handler waits for more of it.
struct WatchedPayload {
    payload: Payload,
    connection: Rc<Connection>,
    request: u64,
}

impl Stream for WatchedPayload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(context);
        match &next {
            Poll::Pending => self.connection.wants_body(self.request),
            Poll::Ready(_) => self.connection.end_body_wait(self.request),
        }
        next
    }
}

impl Drop for WatchedPayload {
    fn drop(&mut self) {
        self.connection.end_body_wait(self.request);
    }
}

pin_project! {
    /// A response's body, which reports its end.
    pub(super) struct AnswerBody<B> {
        #[pin]
        body: B,
        exchange: Exchange,
    }
}

impl<B: MessageBody> MessageBody for AnswerBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.project().body.poll_next(context)
    }
}
