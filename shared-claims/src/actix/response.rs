//! Conversion to actix's responses.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{self, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::request::request_info;
use crate::SharedLogin;
use crate::web::{self, Context, DeferredPage, Denial, PageBody, Response};

/// The denial as the error of an extractor.
pub(super) fn refuse(
    denial: &Denial,
    req: &HttpRequest,
    login: &SharedLogin,
    context: &Context,
    form: Option<&[u8]>,
) -> actix_web::Error {
    web::log_denial(denial);
    respond(web::render(denial, &request_info(req), login.settings(), context, form))
}

/// The denial as the error of an extractor, with a page that the middleware finishes once it has
/// read the form.
pub(super) fn refuse_later(
    denial: &Denial,
    req: &HttpRequest,
    login: &SharedLogin,
    context: &Context,
) -> actix_web::Error {
    web::log_denial(denial);
    let (head, page) = DeferredPage::begin(denial, &request_info(req), login.settings(), context);
    let mut response = response(head).set_body(BoxBody::new(page.body()));
    response.extensions_mut().insert(page);
    error(response)
}

impl MessageBody for PageBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.take().filter(|page| !page.is_empty()).map(|page| Ok(Bytes::from(page))))
    }
}

/// The response when no login is registered. The log tells the developer what is missing.
pub(super) fn not_registered() -> actix_web::Error {
    web::log_not_registered(
        "add .wrap(SharedLoginMiddleware::new(login)) to the App, with login = SharedLogin::from_env()?",
    );
    respond(web::not_configured())
}

/// The response to a change whose origin nobody checked.
pub(super) fn origin_unchecked(req: &HttpRequest, login: &SharedLogin) -> actix_web::Error {
    let add =
        "add .wrap(SharedLoginMiddleware::new(login)) to the App, inside of middleware that changes methods";
    web::log_origin_unchecked(&request_info(req), add);
    respond(web::origin_unchecked(login.settings(), add))
}

/// A response as the error of an extractor or a check.
pub(super) fn respond(answer: Response) -> actix_web::Error {
    error(response(answer))
}

fn error(response: HttpResponse) -> actix_web::Error {
    InternalError::from_response("no valid login for this request", response).into()
}

pub(super) fn response(answer: Response) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers {
        // Nothing is lost here: whatever is no header value was percent-encoded before.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.append_header((HeaderName::from_static(name), value));
        }
    }
    response.body(answer.body)
}
