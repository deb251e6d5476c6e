//! The `Host` check: requests for another host are refused (ASVS 4.1.3, RFC 9110 15.5.20).

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HOST;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web;

use super::RoutePolicies;
use crate::config::AuthUrl;
use crate::error::Error;
use crate::i18n::Message;

/// The default health check of load balancers. HAProxy sends it without a `Host` header.
fn is_probe(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS && request.path() == "/"
}

/// Middleware: answers `421` if `Host` is not the host of `AUTH_URL`.
pub async fn require(
    auth_url: web::Data<AuthUrl>,
    policies: web::Data<RoutePolicies>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_us = |host: &str| auth_url.is_authority(host);
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    // An absolute URL in the request line takes precedence over the header (RFC 9112, 3.2.2), so
    // both must be correct.
    let target = request.uri().authority().map(|authority| authority.as_str());
    let is_ours = host.is_some_and(is_us) && target.is_none_or(is_us);
    if is_ours || is_probe(&request) || policies.of(request.path()).any_host {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let ours = auth_url.authority();
    let message = Message::new("error-misdirected-host").with("host", ours);
    let asked = beginning(target.or(host).unwrap_or_default());
    let refusal = Error::refuse(StatusCode::MISDIRECTED_REQUEST, message)
        .because(format!("asked for {asked:?}, but the host of AUTH_URL is {ours:?}"));
    Ok(request.error_response(refusal))
}

/// No host is longer, with its port. Anything may stand there, and all of it would be logged.
fn beginning(host: &str) -> &str {
    &host[..host.floor_char_boundary(260)]
}
