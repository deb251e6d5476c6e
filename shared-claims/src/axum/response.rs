//! Conversion to axum's responses.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{self, Poll};

use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::Response;
use bytes::Bytes;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Frame;

use super::request::request_info;
use crate::Settings;
use crate::web::{self, Context, DeferredPage, Denial, PageBody, RequestInfo, log_denial};

/// The denial as a response.
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

/// The denial as a response, with a page that the layer finishes once it has read the form.
pub(super) fn refuse_later(
    denial: &Denial,
    request: &RequestInfo<'_>,
    settings: &Settings,
    context: &Context,
) -> Response {
    log_denial(denial);
    let (head, page) = DeferredPage::begin(denial, request, settings, context);
    let mut response = response(head);
    *response.body_mut() = Body::new(page.body());
    response.extensions_mut().insert(page);
    response
}

impl http_body::Body for PageBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.take().map(|page| Ok(Frame::data(Bytes::from(page)))))
    }
}

/// The response when the layer is missing. The log tells the developer.
pub(super) fn not_registered() -> Response {
    web::log_not_registered(
        "add .layer(SharedLoginLayer::new(login)) to the Router, with login = SharedLogin::from_env()?",
    );
    response(web::not_configured())
}

/// The response to a request that was made a change behind the layer, whose check saw none.
pub(super) fn origin_unchecked(request: &RequestInfo<'_>, settings: &Settings) -> Response {
    let add = "put .layer(SharedLoginLayer::new(login)) inside of layers that change methods";
    web::log_origin_unchecked(request, add);
    response(web::origin_unchecked(settings, add))
}

/// Serves `sso.js`, which renews the login for the scripts of your pages.
///
/// Register it as `.route("/sso.js", get(shared_claims::axum::script))`, and load it by `<script
/// src="/sso.js" defer></script>`.
///
/// Its `sso.fetch` takes what `fetch` takes. On a `401` with a `renew_url` it renews the login
/// there, once for all tabs, and sends the request again, once. Requests of htmx and Turbo are
/// handled in the same way. With the attribute `data-go-to-login` on its element it opens the login
/// when the session is over. The pages' content security policy must allow `script-src 'self';
/// connect-src 'self' <AUTH_URL>`.
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

/// Adds the headers that let scripts of trusted siblings read the response. Headers that the
/// service set itself win.
pub(super) fn add(for_scripts: Vec<(&'static str, String)>, headers: &mut HeaderMap) {
    if !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        append(for_scripts, headers);
    }
}

fn append(more: Vec<(&'static str, String)>, headers: &mut HeaderMap) {
    for (name, value) in more {
        // Nothing is lost here: whatever is no header value was percent-encoded before.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
}
