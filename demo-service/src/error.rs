//! Error type of the handlers: a page for the person, the cause in the log.

use actix_web::{HttpResponse, ResponseError};

/// An unexpected error: `500` for the person, the cause for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database failed: {0}")]
    Database(#[from] diesel::result::Error),
    #[error("no database connection: {0}")]
    Connection(#[from] diesel::r2d2::PoolError),
    #[error("the database's file was deleted, replaced or emptied: put the very same file back, or restart")]
    FileLost,
    #[error("a page cannot be rendered: {0}")]
    Template(#[from] tera::Error),
    #[error("the work was cancelled")]
    Cancelled(#[from] actix_web::error::BlockingError),
}

impl ResponseError for Error {
    fn error_response(&self) -> HttpResponse {
        tracing::error!(error = %self, "request failed");
        match self {
            Self::FileLost => HttpResponse::ServiceUnavailable().finish(),
            _ => HttpResponse::InternalServerError().finish(),
        }
    }
}
