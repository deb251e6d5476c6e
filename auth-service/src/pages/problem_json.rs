//! Problem JSON, the error format for programs: `application/problem+json` (RFC 9457). Its `code`
//! stays the same if the texts change.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use shared_claims::internal;

/// A problem document and its HTTP status.
#[derive(Debug)]
pub struct Problem<'a> {
    status: StatusCode,
    document: internal::Problem<'a>,
}

impl<'a> Problem<'a> {
    pub fn new(status: StatusCode, title: &'a str, detail: &'a str, code: Option<&'a str>) -> Self {
        let code = code.unwrap_or_else(|| code_of(status));
        Self { status, document: internal::Problem::new(code, title, detail) }
    }

    /// Adds the address of the login page.
    pub fn login_url(self, url: &str) -> Self {
        Self { document: self.document.with("login_url", url), ..self }
    }

    /// The problem as a response.
    pub fn answer(&self) -> HttpResponse {
        self.fill(HttpResponse::build(self.status))
    }

    /// Puts the problem into a response that already has headers.
    pub(super) fn fill(&self, mut answer: HttpResponseBuilder) -> HttpResponse {
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 15.5.2 requires a challenge. No scheme is registered for cookies, so this
            // names `Bearer`, although `Authorization` headers are not read yet.
            answer.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        let body = self.document.to_json(self.status.as_u16());
        answer.content_type(internal::Problem::MEDIA_TYPE).body(body)
    }
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "malformed",
        StatusCode::UNAUTHORIZED => "not_authenticated",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::REQUEST_TIMEOUT => "timeout",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::MISDIRECTED_REQUEST => "misdirected",
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        StatusCode::TOO_MANY_REQUESTS => "throttled",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        _ => "error",
    }
}
