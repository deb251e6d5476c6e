//! Prefetch and prerender: requests that a browser makes before a click.
//!
//! Only a person's own action may renew a session. A page with personal content must show the user
//! who is logged in when it is viewed, not when the pointer moved over its link.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web;
use shared_claims::web::RequestInfo;

use super::RoutePolicies;
use crate::error::Error;
use crate::i18n::Message;

/// Middleware: refuses prefetch requests with `403`. Browsers discard that response and ask again
/// at the click.
pub async fn refuse(
    policies: web::Data<RoutePolicies>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let is_in_advance = RequestInfo::new(request.method().as_str(), request.path(), &headers).is_prefetch();
    if !request.method().is_safe() || !is_in_advance || policies.of(request.path()).public {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let refusal =
        Error::refuse(StatusCode::FORBIDDEN, Message::new("error-in-advance")).because("asked in advance");
    Ok(request.error_response(refusal))
}
