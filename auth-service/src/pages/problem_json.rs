//! Problem JSON, errors for programs: `application/problem+json` (RFC 9457), with a `code` that
//! does not change with the words.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

/// A problem's document.
#[derive(Debug, Serialize)]
pub struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_url: Option<&'a str>,
}

impl<'a> Problem<'a> {
    pub fn new(status: StatusCode, title: &'a str, detail: &'a str, code: Option<&'a str>) -> Self {
        let code = code.unwrap_or_else(|| code_of(status));
        Self { kind: "about:blank", title, status: status.as_u16(), detail, code, login_url: None }
    }

    /// Where the person can be sent to log in.
    pub fn login_url(self, url: &'a str) -> Self {
        Self { login_url: Some(url), ..self }
    }

    /// The problem as an answer.
    pub fn answer(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.fill(HttpResponse::build(status))
    }

    /// The same on an answer that has some headers already.
    pub(super) fn fill(&self, mut answer: HttpResponseBuilder) -> HttpResponse {
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            // RFC 9110, 15.5.2 wants one. There is none for cookies and bodies; no token is taken
            // from an `Authorization` header yet.
            answer.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        let body = serde_json::to_string(self).expect("strings and a number can be written as JSON");
        answer.content_type("application/problem+json").body(body)
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
