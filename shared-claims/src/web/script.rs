//! Serving of `sso.js`, the script for services' pages.

use std::sync::OnceLock;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::request::RequestInfo;
use super::response::Response;

/// The source of `sso.js`, which renews the login for scripts. Serve it at an address of your own,
/// by [`script`].
pub const SCRIPT: &str = include_str!("sso.js");

/// The response to a request for the script: `200`, or `304` for a browser that has it.
///
/// Browsers cache it for an hour. It does not depend on the version of the service.
pub fn script(request: &RequestInfo<'_>) -> Response {
    static ETAG: OnceLock<String> = OnceLock::new();
    let etag = ETAG.get_or_init(|| {
        let hash = digest::digest(&digest::SHA256, SCRIPT.as_bytes());
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]))
    });
    let has_it = request.only("if-none-match").is_some_and(|known| {
        known.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    });
    let mut answer =
        Response { status: if has_it { 304 } else { 200 }, headers: Vec::new(), body: String::new() };
    answer.add("etag", etag);
    answer.add("cache-control", "public, max-age=3600");
    answer.add("x-content-type-options", "nosniff");
    answer.add("cross-origin-resource-policy", "same-origin");
    if !has_it {
        answer.add("content-type", "text/javascript; charset=utf-8");
        answer.body = SCRIPT.to_owned();
    }
    answer
}
