//! The origin check of WebSockets behind a proxy. Any page can open one with the visitor's cookies
//! and read what it says. The service cannot be changed, so its `Origin` is checked here (RFC 6455,
//! section 10.2).

use actix_web::HttpRequest;
use shared_claims::web::RequestInfo;
use url::Url;

use super::forwarded::Forwarded;
use crate::config::AuthUrl;

/// Whether another site's page opens a WebSocket or the like. A sibling is another site.
///
/// A program that does not say where it comes from is none: every browser says so. Nor is a form
/// looked at, which a proxy refuses, or the service itself.
pub(super) fn is_forged(request: &HttpRequest, forwarded: Option<&Forwarded>, auth_url: &AuthUrl) -> bool {
    let asked = RequestInfo::new("GET", "/", request.headers());
    if !asked.is_upgrade() {
        return false;
    }
    let own: Vec<String> = forwarded.map(|forwarded| origins(forwarded, auth_url)).unwrap_or_default();
    match own.is_empty() {
        // Nobody says what it is an upgrade of, so no origin is the right one.
        true => asked.is_cross_origin_to(""),
        false => own.iter().all(|own| asked.is_cross_origin_to(own)),
    }
}

/// The origins that the service may be reached under. They have the scheme of the login, as its
/// cookies have; some proxies say `wss` here.
fn origins(forwarded: &Forwarded, auth_url: &AuthUrl) -> Vec<String> {
    let scheme = auth_url.url().scheme();
    let urls = forwarded.addresses.iter().filter_map(|address| {
        let (_, rest) = address.split_once("://")?;
        Url::parse(&format!("{scheme}://{rest}")).ok()
    });
    urls.map(|url| url.origin().ascii_serialization()).collect()
}
