//! Request bodies, with limits on size and time (ASVS 15.2.2).

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::error::Error;
use crate::i18n::Message;

/// Our largest form with every field full takes a third of this.
const MAX_BYTES: usize = 16 * 1024;

/// A client that sends a body more slowly only blocks a connection.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Reads the whole body.
pub(super) async fn read(payload: Payload) -> Result<Bytes, Error> {
    tokio::time::timeout(MAX_WAIT, collect(payload))
        .await
        .map_err(|_| Error::refuse(StatusCode::REQUEST_TIMEOUT, Message::new("error-slow")))?
}

async fn collect(mut payload: Payload) -> Result<Bytes, Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Error::refuse(StatusCode::BAD_REQUEST, Message::new("error-broke-off")).because(error.to_string())
        })?;
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Error::refuse(StatusCode::PAYLOAD_TOO_LARGE, Message::new("error-too-large")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The media type of the body without parameters; empty if it is missing or unreadable.
pub(super) fn media_type(request: &HttpRequest) -> &str {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(|value| value.split(';').next()).unwrap_or("").trim()
}
