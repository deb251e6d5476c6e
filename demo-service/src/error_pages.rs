//! Error pages: middleware that gives every error response a page if it has none.

use actix_web::ResponseError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use serde::Serialize;

use crate::templates::{Page, Templates};

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
    if !(status.is_client_error() || status.is_server_error()) || has_own_body(response.headers()) {
        return Ok(response);
    }
    let (title, message) = title_and_message(status);
    let content = ErrorPage { status: status.as_u16(), title, message };
    let mut page = templates.render(status, None, &content).unwrap_or_else(|error| error.error_response());
    if let Some(methods) = response.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, methods.clone());
    }
    Ok(response.into_response(page))
}

/// Whether the response has a body of its own already.
fn has_own_body(headers: &HeaderMap) -> bool {
    let with_body: [&[u8]; 2] = [b"text/html", b"application/problem+json"];
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| with_body.iter().any(|start| value.as_bytes().starts_with(start)))
}

fn title_and_message(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("Not understood", "This could not be read. Go back, reload the page and send it again."),
        404 => ("Nothing here", "There is no page at this address. The link may have a mistake."),
        405 => ("Not like this", "This address exists, but cannot be used this way."),
        413 => ("Too much at once", "This is more than the page takes. Go back and shorten it."),
        415 => ("Not a form", "Send this as a form (application/x-www-form-urlencoded)."),
        431 => ("Too much at once", "Your browser sent too much. Deleting this site's cookies may help."),
        500.. => ("Something broke", "That is our fault, not yours. Please try again later."),
        _ => ("That did not work", "This service cannot answer that."),
    }
}
