//! CORS: the headers by which a browser lets a trusted sibling's script send requests and read the
//! responses (Fetch standard).
//!
//! It covers only the origins of `TRUSTED_ORIGINS`, with cookies. For more than that, use a CORS
//! library.

use super::request::RequestInfo;
use super::response::Response;
use crate::Settings;

/// How long a browser caches the response to a preflight, in seconds.
const REMEMBER: &str = "600";

/// The CORS headers for each response. Empty if [`Settings::trusted_origins`] is empty.
pub fn cors(request: &RequestInfo<'_>, settings: &Settings) -> Vec<(&'static str, String)> {
    if settings.trusted_origins().is_empty() {
        return Vec::new();
    }
    // A cache must not give one origin's response to another.
    let mut headers = vec![("vary", "Origin".to_owned())];
    if let Some(origin) = request.trusted_origin(settings) {
        headers.push(("access-control-allow-origin", origin.to_owned()));
        headers.push(("access-control-allow-credentials", "true".to_owned()));
    }
    headers
}

/// The response to a preflight of a trusted origin: it may send what it asks for. `None` for any
/// other request.
///
/// A preflight has no cookies, so call this before requiring a login. The response includes the
/// headers of [`cors`].
pub fn preflight(request: &RequestInfo<'_>, settings: &Settings) -> Option<Response> {
    let method = request.only("access-control-request-method")?;
    if request.method() != "OPTIONS" || request.trusted_origin(settings).is_none() {
        return None;
    }
    let mut answer = Response { status: 204, headers: cors(request, settings), body: String::new() };
    answer.add("access-control-allow-methods", method);
    if let Some(headers) = request.only("access-control-request-headers") {
        answer.add("access-control-allow-headers", headers);
    }
    answer.add("access-control-max-age", REMEMBER);
    answer.add("vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
    Some(answer)
}
