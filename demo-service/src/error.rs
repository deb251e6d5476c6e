//! An error of a handler: told to the person in a page, to the operator in the log.

use actix_web::{HttpResponse, ResponseError};

/// A surprise: `500` for the person, the cause for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database failed: {0}")]
    Database(#[from] diesel::result::Error),
    #[error("no database connection: {0}")]
    Connection(#[from] diesel::r2d2::PoolError),
    #[error("the database's file was deleted, replaced or emptied: put the very same file back, or restart")]
    FileLost,
    #[error("a page cannot be drawn: {0}")]
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
