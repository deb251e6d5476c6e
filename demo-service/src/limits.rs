//! Request limits: sizes and a timeout.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorRequestTimeout;
use actix_web::http::StatusCode;
use actix_web::http::header::COOKIE;
use actix_web::middleware::Next;
use actix_web::rt::time::timeout;

/// The longest form. The longest note fits, however its characters are encoded.
pub const FORM_BYTES: usize = 16 * 1024;

const HEADER_BYTES: usize = 16 * 1024;

/// How long a request may take. A client that sends a form more slowly would hold a connection for
/// nothing.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Middleware: `431` for headers above 16 KB without the cookies, which `SameOrigin` checks, and
/// `408` for a request that is not done in ten seconds.
pub async fn require(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let others = request.headers().iter().filter(|(name, _)| *name != COOKIE);
    let sizes = others.map(|(name, value)| name.as_str().len() + value.len() + 4);
    if sizes.sum::<usize>() > HEADER_BYTES {
        tracing::info!("refused: the head is too large");
        return Ok(request.into_response(HttpResponse::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)));
    }
    match timeout(REQUEST_TIMEOUT, next.call(request)).await {
        Ok(answer) => Ok(answer?.map_into_boxed_body()),
        Err(_) => Err(ErrorRequestTimeout("This took too long to arrive.")),
    }
}
