//! The origin check for WebSockets behind a proxy. Any page can open a WebSocket with the visitor's
//! cookies and read its messages. The service cannot be changed, so its `Origin` header is checked
//! here (RFC 6455, section 10.2).

use actix_web::HttpRequest;
use shared_claims::web::RequestInfo;
use url::Url;

use super::forwarded::Forwarded;
use crate::config::AuthUrl;

/// Whether a page of another site requests an upgrade such as a WebSocket. A sibling counts as
/// another site.
///
/// A program that sends no origin passes, because every browser sends one. Forms are not checked
/// here; that is left to the proxy or the service.
pub(super) fn is_forged(request: &HttpRequest, forwarded: Option<&Forwarded>, auth_url: &AuthUrl) -> bool {
    let asked = RequestInfo::new("GET", "/", request.headers());
    if !asked.is_upgrade() {
        return false;
    }
    let own: Vec<String> = forwarded.map(|forwarded| origins(forwarded, auth_url)).unwrap_or_default();
    match own.is_empty() {
        // The service's address is unknown, so no origin matches.
        true => asked.is_cross_origin_to(""),
        false => own.iter().all(|own| asked.is_cross_origin_to(own)),
    }
}

/// The possible origins of the service. Their scheme is that of the login, as for its cookies,
/// because some proxies report `wss`.
fn origins(forwarded: &Forwarded, auth_url: &AuthUrl) -> Vec<String> {
    let scheme = auth_url.url().scheme();
    let urls = forwarded.addresses.iter().filter_map(|address| {
        let (_, rest) = address.split_once("://")?;
        Url::parse(&format!("{scheme}://{rest}")).ok()
    });
    urls.map(|url| url.origin().ascii_serialization()).collect()
}
