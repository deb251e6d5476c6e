//! Conversion to axum's responses.

use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::Response;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::request::request_info;
use crate::Settings;
use crate::web::{self, Context, Denial, RequestInfo, log_denial};

/// What is answered instead of the handler.
pub(super) fn refuse(
    denial: &Denial,
    request: &RequestInfo<'_>,
    settings: &Settings,
    context: &Context,
    form: Option<&[u8]>,
) -> Response {
    log_denial(denial);
    response(web::render(denial, request, settings, context, form))
}

/// The developer forgot something; the log says what.
pub(super) fn not_registered() -> Response {
    tracing::error!(
        "no SharedLogin registered: add .layer(SharedLoginLayer::new(login)) to the Router, with login = SharedLogin::from_env()?"
    );
    response(web::not_configured())
}

/// Serves `sso.js`, which renews the login under the scripts of your pages: `.route("/sso.js",
/// get(shared_claims::axum::script))`, and `<script src="/sso.js" defer></script>`.
///
/// Its `sso.fetch` takes what `fetch` takes. Where the answer is a `401` with a `renew_url`, it
/// renews by that, once for all tabs, and asks again, once. Requests of htmx and Turbo are treated
/// alike. With the attribute `data-go-to-login` on its element it leaves for the login when the
/// session is over. The pages need `script-src 'self'; connect-src 'self' <AUTH_URL>` of their
/// policy, no more.
pub async fn script(request: Request) -> Response {
    let target = request.uri().path_and_query();
    response(web::script(&request_info(request.method(), target, request.headers())))
}

pub(super) fn response(answer: web::Response) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    append(answer.headers, response.headers_mut());
    response
}

/// What lets scripts of trusted siblings read the answer. A service that answers for itself whom it
/// trusts has the last word.
pub(super) fn add(for_scripts: Vec<(&'static str, String)>, headers: &mut HeaderMap) {
    if !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        append(for_scripts, headers);
    }
}

fn append(more: Vec<(&'static str, String)>, headers: &mut HeaderMap) {
    for (name, value) in more {
        // All that could be no header value was percent-encoded on its way here.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
}
