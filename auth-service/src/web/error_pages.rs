//! Errors, drawn as pages and written to the log: each once, here.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ContentType, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use serde::Serialize;

use super::access_log::RequestId;
use super::page::{Page, Shell};
use super::problem::{self, Problem};
use super::templates::Pages;
use crate::config::AuthUrl;
use crate::error::{Error, RETRY_AFTER_SECONDS};

/// The page for everything that went otherwise.
#[derive(Debug, Serialize)]
pub struct ErrorPage {
    status: u16,
    title: &'static str,
    message: &'static str,
    advice: Option<&'static str>,
    retry_after: Option<u32>,
    request_id: Option<String>,
    home_url: String,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.html";
}

impl ErrorPage {
    pub fn new(
        status: StatusCode,
        message: Option<&'static str>,
        id: Option<String>,
        home_url: String,
    ) -> Self {
        let (title, standard) = in_words(status);
        Self {
            status: status.as_u16(),
            title,
            message: message.unwrap_or(standard),
            advice: status
                .is_server_error()
                .then_some("If it stays like this, tell whoever runs this site the error number below."),
            retry_after: is_busy(status).then_some(RETRY_AFTER_SECONDS),
            // Only an error of ours leaves a line in the log that the number leads to.
            request_id: id.filter(|_| status.is_server_error()),
            home_url,
        }
    }
}

fn in_words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => {
            ("We could not read that", "Please go back, reload the page and try again.")
        }
        StatusCode::UNAUTHORIZED => ("Log in first", "This needs a login."),
        StatusCode::UNPROCESSABLE_ENTITY => ("Something is missing", "Please check what you sent."),
        StatusCode::FORBIDDEN => ("That is not allowed", "You may not do this."),
        StatusCode::NOT_FOUND => {
            ("There is nothing here", "The address may be misspelt, or the page may be gone.")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ("That does not work here", "This address takes another kind of request.")
        }
        StatusCode::REQUEST_TIMEOUT => ("That took too long", "Please try again."),
        StatusCode::PAYLOAD_TOO_LARGE => ("That is too much", "Please send less at once."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("We could not read that", "Please send a form."),
        StatusCode::MISDIRECTED_REQUEST => ("Wrong address", "This server does not answer for that address."),
        StatusCode::TOO_MANY_REQUESTS => ("Please slow down", "There were too many tries."),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            ("That is too much", "Your browser sent too much at once.")
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            ("We cannot answer right now", "We have too much to do, or cannot reach our database.")
        }
        status if status.is_server_error() => {
            ("Something went wrong", "Something went wrong on our side. Please try again in a moment.")
        }
        _ => ("That did not work", "Please go back and try again."),
    }
}

/// Middleware: gives every error without a body a page, and the log a line with its cause.
pub async fn draw(
    pages: web::Data<Pages>,
    auth_url: web::Data<AuthUrl>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    let is_drawn = response.headers().contains_key(CONTENT_TYPE) && response.response().error().is_none();
    if !(status.is_client_error() || status.is_server_error()) || is_drawn {
        return Ok(response);
    }
    let refusal = response.response().error().and_then(|error| error.as_error::<Error>());
    // Of an error that is not ours only the log may know the text.
    let foreign = refusal.is_none().then(|| response.response().error().map(ToString::to_string)).flatten();
    log(status, refusal, foreign.as_deref());
    if problem::is_for_programs(response.request().path()) {
        let code = refusal.and_then(Error::code_for_programs);
        let (title, standard) = in_words(status);
        let problem = Problem::new(status, title, refusal.map_or(standard, Error::message), code);
        let mut answer = HttpResponse::build(status);
        if is_busy(status) {
            answer.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        return Ok(in_place_of(response, problem.fill(answer)));
    }
    let message = refusal.map(Error::message);
    let id = response.request().extensions().get::<RequestId>().map(ToString::to_string);
    let page = ErrorPage::new(status, message, id, auth_url.join("/"));
    let html = pages.draw(&Shell::default(), &page).unwrap_or_else(|error| {
        tracing::error!(error = error.to_string(), cause = ?error.cause().map(ToString::to_string), "the error page cannot be drawn");
        page.message.to_owned()
    });
    let mut drawn = HttpResponse::build(status).content_type(ContentType::html()).body(html);
    if let Some(seconds) = page.retry_after {
        drawn.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(in_place_of(response, drawn))
}

/// `drawn`, with the headers that the bare answer had.
fn in_place_of(bare: ServiceResponse<BoxBody>, mut drawn: HttpResponse) -> ServiceResponse<BoxBody> {
    let (request, bare) = bare.into_parts();
    for (name, value) in bare.headers() {
        if name != CONTENT_TYPE {
            drawn.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, drawn)
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

fn log(status: StatusCode, refusal: Option<&Error>, foreign: Option<&str>) {
    let cause = refusal.and_then(Error::cause).map(ToString::to_string);
    let cause = cause.as_deref().or(foreign).unwrap_or("-");
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), cause, "a request failed");
    } else {
        tracing::info!(status = status.as_u16(), cause, "a request was refused");
    }
}
