//! What a browser needs before a script of a trusted sibling may send here and read the answer (Fetch standard, CORS protocol).
//!
//! Only for origins that `TRUSTED_ORIGINS` names, with cookies. Who needs more than that takes a library for CORS.

use super::answer::Answer;
use super::asked::Asked;
use crate::Settings;

/// For how long a browser remembers the answer to a preflight, in seconds.
const REMEMBER: &str = "600";

/// The headers that each answer to this request carries beside its own. None unless [`Settings::trusted_origins`] names somebody.
pub fn cors(asked: &Asked<'_>, settings: &Settings) -> Vec<(&'static str, String)> {
    if settings.trusted_origins().is_empty() {
        return Vec::new();
    }
    // A cache must not hand the answer that one origin got to another.
    let mut headers = vec![("vary", "Origin".to_owned())];
    if let Some(origin) = asked.trusted_origin(settings) {
        headers.push(("access-control-allow-origin", origin.to_owned()));
        headers.push(("access-control-allow-credentials", "true".to_owned()));
    }
    headers
}

/// The answer to a preflight of a trusted origin: it may send what it asks for. `None` for any other request.
///
/// It brings no cookies, so it must be answered before anybody asks who is logged in. It has the headers of [`cors`] in it.
pub fn preflight(asked: &Asked<'_>, settings: &Settings) -> Option<Answer> {
    let method = asked.only("access-control-request-method")?;
    if asked.method() != "OPTIONS" || asked.trusted_origin(settings).is_none() {
        return None;
    }
    let mut answer = Answer { status: 204, headers: cors(asked, settings), body: String::new() };
    answer.add("access-control-allow-methods", method);
    if let Some(headers) = asked.only("access-control-request-headers") {
        answer.add("access-control-allow-headers", headers);
    }
    answer.add("access-control-max-age", REMEMBER);
    answer.add("vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
    Some(answer)
}
