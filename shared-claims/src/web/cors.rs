//! CORS: what a browser needs before a script of a trusted sibling may send here and read the
//! response (Fetch standard).
//!
//! Only for origins that `TRUSTED_ORIGINS` names, with cookies. Who needs more than that takes a
//! library for CORS.

use super::request::RequestInfo;
use super::response::Response;
use crate::Settings;

/// For how long a browser remembers the answer to a preflight, in seconds.
const REMEMBER: &str = "600";

/// The headers that each answer to this request carries beside its own. None unless
/// [`Settings::trusted_origins`] names somebody.
pub fn cors(request: &RequestInfo<'_>, settings: &Settings) -> Vec<(&'static str, String)> {
    if settings.trusted_origins().is_empty() {
        return Vec::new();
    }
    // A cache must not hand the answer that one origin got to another.
    let mut headers = vec![("vary", "Origin".to_owned())];
    if let Some(origin) = request.trusted_origin(settings) {
        headers.push(("access-control-allow-origin", origin.to_owned()));
        headers.push(("access-control-allow-credentials", "true".to_owned()));
    }
    headers
}

/// The answer to a preflight of a trusted origin: it may send what it asks for. `None` for any
/// other request.
///
/// It brings no cookies, so it must be answered before anybody asks who is logged in. It has the
/// headers of [`cors`] in it.
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
