//! Keyring errors.

use crate::db::{DatabaseError, OfDatabase};
use crate::error::Error;

/// Why the keyring could not be opened or cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(
        "SECRET_KEY: does not open the signing key in the database; use the secret that auth-service last ran \
         with on this database, or give that one as SECRET_KEY_PREVIOUS"
    )]
    OtherSecret,
    #[error("JWT_SIGNING_KEY: this key was revoked; set another")]
    SharedKeyRevoked,
    #[error("there is no key to sign with")]
    NoActiveKey,
    #[error("a signing key in the database is damaged: {0}")]
    Damaged(&'static str),
    #[error("a token could not be signed")]
    Unsigned,
}

impl OfDatabase for KeyringError {
    fn of_database(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => error.of_database(),
            _ => None,
        }
    }
}

impl From<diesel::result::Error> for KeyringError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<KeyringError> for Error {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Database(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
