//! The access log: one line for each request, without query, cookies and body, because these can
//! contain secrets.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use tracing::Instrument;

use super::{RequestId, RoutePolicies, real_ip};
use crate::config::TrustedProxies;
use crate::telemetry;

/// The path appears in every log line of a request, so a long one must not fill the disk.
const LOGGED_PATH_BYTES: usize = 256;

/// Middleware: assigns the request id, and logs the response.
pub async fn access_log(
    proxies: web::Data<TrustedProxies>,
    policies: web::Data<RoutePolicies>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = RequestId::random();
    request.extensions_mut().insert(id);
    let begun = Instant::now();
    let span = tracing::info_span!(
        target: telemetry::SECURITY,
        "request",
        %id,
        method = %request.method(),
        path = beginning(request.path()),
        client = real_ip::address(&proxies, request.request()).map(tracing::field::display),
    );
    // Proxies and orchestrators probe about every second, so successes are not logged.
    let is_probe = policies.of(request.path()).probe;
    async move {
        let response = next.call(request).await?;
        let status = response.status().as_u16();
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        if is_probe && response.status().is_success() {
            tracing::debug!(status, milliseconds, "answered");
        } else {
            tracing::info!(status, milliseconds, "answered");
        }
        Ok(response)
    }
    .instrument(span)
    .await
}

fn beginning(path: &str) -> &str {
    &path[..path.floor_char_boundary(LOGGED_PATH_BYTES)]
}
