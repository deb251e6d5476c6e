//! Limits on the size of a request's head.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use crate::error::Error;
use crate::i18n::Message;

/// The limit for all header fields together, and also for the address (ASVS 15.2.2).
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Middleware: `431` for headers above 16 KB, `405` for `TRACE` (ASVS 13.4.4).
pub async fn require(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let size: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
            + request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    let refusal = if size > MAX_HEADER_BYTES {
        Error::refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Message::new("error-headers-too-large"))
    } else if request.method() == Method::TRACE {
        Error::refuse(StatusCode::METHOD_NOT_ALLOWED, Message::new("error-method-unknown"))
    } else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let mut answer = request.error_response(refusal);
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        // RFC 9110, 15.5.6: a `405` must list the allowed methods. The list is the same for every
        // address.
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    Ok(answer)
}
