//! Errors of requests, in two messages: one for the person, one for the log.
//!
//! A view returns it with `?`. The middleware `pages::error_pages` draws the page and writes the
//! log line, once: actix asks an error for its response without showing it the request.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::db::DatabaseError;
use crate::i18n::Message;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A request that gets no ordinary answer.
#[derive(Debug)]
pub struct Error {
    status: StatusCode,
    message: Message,
    code: Option<&'static str>,
    cause: Option<Cause>,
}

/// How long a client is asked to wait when we are overloaded or the database is down, in seconds.
pub const RETRY_AFTER_SECONDS: u32 = 5;

impl Error {
    /// An expected refusal: `message` is shown outside and says what to do.
    pub fn refuse(status: StatusCode, message: Message) -> Self {
        Self { status, message, code: None, cause: None }
    }

    /// A surprise: the cause goes to the log alone.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: Message::new("error-internal-advice"),
            code: None,
            cause: Some(cause.into()),
        }
    }

    /// The same for an error of actix' own, which cannot cross threads.
    pub fn internal_from_http(cause: impl std::fmt::Display) -> Self {
        Self::internal(cause.to_string())
    }

    /// Too much to do, or nothing to do it with: `503` with `Retry-After`.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: Message::new("error-unavailable-advice"),
            code: None,
            cause: Some(cause.into()),
        }
    }

    /// For the log: why it was refused.
    pub fn because(self, cause: impl Into<Cause>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// For programs: a name that does not change with the words.
    pub fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// A code for programs; without one the status says enough.
    pub fn code_for_programs(&self) -> Option<&'static str> {
        self.code
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The message for the person.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Whether the database did not do what it was asked for.
    pub fn is_of_database(&self) -> bool {
        self.cause.as_ref().is_some_and(|cause| cause.is::<DatabaseError>())
    }

    /// The cause, for the log.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message.key())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status)
    }
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        if error.is_unavailable() { Self::unavailable(error) } else { Self::internal(error) }
    }
}
