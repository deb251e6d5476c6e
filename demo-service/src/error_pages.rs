//! Error pages: middleware that gives every error response a page if it has none.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, COOKIE, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, ResponseError};
use serde::Serialize;
use shared_claims::web::{RequestInfo, is_safe};
use shared_claims::{Claims, Identity, SharedLogin};

use crate::templates::Templates;
use crate::view::{Page, View};

#[derive(Serialize)]
struct ErrorPage {
    status: u16,
    title: &'static str,
    message: &'static str,
}

impl Page for ErrorPage {
    const TEMPLATE: &str = "error.html";
}

/// Renders a page for an error response that has none.
pub async fn render_errors(
    templates: Data<Templates>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || (has_own_body(response.headers()) && !lacks_right(&response)) {
        return Ok(response);
    }
    let (title, message) = title_and_message(status);
    let content = ErrorPage { status: status.as_u16(), title, message };
    let (view, user) = (View::of(response.request(), &templates), user_of(response.request()));
    let page = view.render(status, user.as_ref(), &content);
    let mut page = page.unwrap_or_else(|error| error.error_response());
    if let Some(methods) = response.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, methods.clone());
    }
    Ok(response.into_response(page))
}

/// Who is logged in, as far as that is known without waiting.
fn user_of(request: &HttpRequest) -> Option<Claims> {
    let login = request.app_data::<Data<SharedLogin>>()?;
    let cookies = request.headers().get_all(COOKIE).map(|value| value.as_bytes());
    match login.try_identify(cookies) {
        Identity::Person(claims) => Some(*claims),
        _ => None,
    }
}

/// Whether a person opened a page that their account may not use. shared-claims has a page for
/// that, which does not know our tabs. Its refusals of changes and of prefetches keep their pages.
fn lacks_right(response: &ServiceResponse<BoxBody>) -> bool {
    let request = response.request();
    let is_page =
        response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let info = RequestInfo::new(request.method().as_str(), target, request.headers());
    let is_read = is_safe(&info) && !info.is_prefetch();
    response.status() == StatusCode::FORBIDDEN && is_page && is_read && user_of(request).is_some()
}

/// Whether the response has a body of its own already.
fn has_own_body(headers: &HeaderMap) -> bool {
    let with_body: [&[u8]; 2] = [b"text/html", b"application/problem+json"];
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| with_body.iter().any(|start| value.as_bytes().starts_with(start)))
}

/// The names of two texts.
fn title_and_message(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("error-unreadable", "error-unreadable-what"),
        403 => ("error-forbidden", "error-forbidden-what"),
        404 => ("error-nothing", "error-nothing-what"),
        405 => ("error-method", "error-method-what"),
        413 => ("error-large", "error-large-what"),
        415 => ("error-form", "error-form-what"),
        431 => ("error-large", "error-head-what"),
        500.. => ("error-ours", "error-ours-what"),
        _ => ("error-other", "error-other-what"),
    }
}
