//! Error pages: every error is drawn and logged here, once.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ContentType, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use serde::Serialize;

use crate::config::AuthUrl;
use crate::error::{Error, RETRY_AFTER_SECONDS};
use crate::http::{RequestId, RoutePolicies};
use crate::i18n::Message;
use crate::pages::{Layout, Page, Pages, Problem, UserLookup};

/// The page for every error without a page of its own.
#[derive(Debug, Serialize)]
pub struct ErrorPage {
    status: u16,
    title: Message,
    message: Message,
    retry_after: Option<u32>,
    request_id: Option<String>,
    home_url: String,
    /// What the link to `home_url` says.
    home: Message,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.html";

    fn samples() -> Vec<Self> {
        let page = |status, retry_after| {
            let page = Self::new(status, None, Some("01234567-89ab".to_owned()), "/".to_owned());
            Self { retry_after, ..page }
        };
        vec![
            page(StatusCode::NOT_FOUND, None),
            page(StatusCode::SERVICE_UNAVAILABLE, Some(5)),
            page(StatusCode::TOO_MANY_REQUESTS, Some(600)),
            page(StatusCode::MISDIRECTED_REQUEST, None).leading_to("auth.example.org"),
        ]
    }
}

impl ErrorPage {
    pub fn new(status: StatusCode, message: Option<Message>, id: Option<String>, home_url: String) -> Self {
        let (title, standard) = title_and_advice(status);
        Self {
            status: status.as_u16(),
            title,
            message: message.unwrap_or(standard),
            retry_after: is_busy(status).then_some(RETRY_AFTER_SECONDS),
            // Only server errors are logged, so only they have a request id to look up.
            request_id: id.filter(|_| status.is_server_error()),
            home_url,
            home: Message::new("error-home"),
        }
    }

    /// The same, whose link says to which host it leads.
    fn leading_to(self, host: &str) -> Self {
        Self { home: Message::new("error-misdirected-open").with("host", host), ..self }
    }
}

fn title_and_advice(status: StatusCode) -> (Message, Message) {
    let both = |title, advice| (Message::new(title), Message::new(advice));
    match status {
        StatusCode::BAD_REQUEST => both("error-unreadable", "error-unreadable-advice"),
        StatusCode::UNAUTHORIZED => both("error-login", "error-login-advice"),
        StatusCode::UNPROCESSABLE_ENTITY => both("error-missing", "error-missing-advice"),
        StatusCode::FORBIDDEN => both("error-forbidden", "error-forbidden-advice"),
        StatusCode::NOT_FOUND => both("error-nothing-here", "error-nothing-here-advice"),
        StatusCode::METHOD_NOT_ALLOWED => both("error-method", "error-method-advice"),
        StatusCode::REQUEST_TIMEOUT => both("error-timeout", "error-timeout-advice"),
        StatusCode::PAYLOAD_TOO_LARGE => both("error-too-much", "error-too-much-advice"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => both("error-unreadable", "error-send-a-form"),
        StatusCode::MISDIRECTED_REQUEST => both("error-misdirected", "error-misdirected-advice"),
        StatusCode::TOO_MANY_REQUESTS => both("error-throttled", "error-throttled-advice"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => both("error-too-much", "error-headers-too-large"),
        StatusCode::SERVICE_UNAVAILABLE => both("error-unavailable", "error-unavailable-advice"),
        status if status.is_server_error() => both("error-internal", "error-internal-advice"),
        _ => both("error-other", "error-other-advice"),
    }
}

/// Middleware: gives every error response without a body a page, and logs its cause.
pub async fn draw(
    pages: web::Data<Pages>,
    auth_url: web::Data<AuthUrl>,
    policies: web::Data<RoutePolicies>,
    users: web::Data<UserLookup>,
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
    // The text of a library's error may contain internals, so it goes to the log only.
    let foreign = refusal.is_none().then(|| response.response().error().map(ToString::to_string)).flatten();
    log(status, refusal, foreign.as_deref());
    if policies.of(response.request().path()).json {
        let code = refusal.and_then(Error::code_for_programs);
        let (title, standard) = title_and_advice(status);
        // Programs get English, because their developers search for the text.
        let english = |text: &Message| pages.texts().english(text);
        let (title, detail) = (english(&title), english(refusal.map_or(&standard, Error::message)));
        let problem = Problem::new(status, &title, &detail, code);
        let mut answer = HttpResponse::build(status);
        if is_busy(status) {
            answer.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        return Ok(in_place_of(response, problem.fill(answer)));
    }
    let message = refusal.map(Error::message).cloned();
    let id = response.request().extensions().get::<RequestId>().map(ToString::to_string);
    let page = ErrorPage::new(status, message, id, auth_url.join("/"));
    let page = match status {
        StatusCode::MISDIRECTED_REQUEST => page.leading_to(auth_url.authority()),
        _ => page,
    };
    // If the fault is ours, ask nobody: the database may be the cause.
    let user = if status.is_client_error() { users.of(response.request()).await } else { None };
    let shell = Layout::bare(response.request()).naming(user);
    let mut drawn = pages.answer(status, &shell, &page).unwrap_or_else(|error| {
        tracing::error!(cause = ?error.cause().map(ToString::to_string), "the error page cannot be drawn");
        HttpResponse::build(status)
            .content_type(ContentType::plaintext())
            .body(pages.texts().english(&page.message))
    });
    if let Some(seconds) = page.retry_after {
        drawn.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(in_place_of(response, drawn))
}

/// Returns `drawn` with the headers of the bare response.
pub(super) fn in_place_of(
    bare: ServiceResponse<BoxBody>,
    mut drawn: HttpResponse,
) -> ServiceResponse<BoxBody> {
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
