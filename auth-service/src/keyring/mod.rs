//! The key that signs access tokens: made at the first start, sealed in the database, published as a JWKS.

mod jwk;
mod sealed;
mod store;

use std::sync::Arc;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use shared_claims::Claims;

use crate::config::SecretKey;
use crate::db::types::Timestamp;
use crate::db::{Database, DatabaseError};
pub use jwk::Jwk;
use sealed::SealingKey;
use store::SigningKey;

/// Signs access tokens. Clones share the key.
#[derive(Clone)]
pub struct Keyring(Arc<Active>);

struct Active {
    header: Header,
    key: EncodingKey,
    jwks: String,
}

/// The keyring could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(
        "SECRET_KEY: does not open the signing key in the database; use the secret that this database was \
         first started with"
    )]
    OtherSecret,
    #[error("the signing key in the database is damaged: {0}")]
    Damaged(&'static str),
}

impl From<diesel::result::Error> for KeyringError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Keyring {
    /// Opens the active key, after making it if there is none. Of several instances that start on an empty
    /// database, all use the key of the one that was first.
    pub fn open(db: &Database, secret: &SecretKey, now: Timestamp) -> Result<Self, KeyringError> {
        let sealing = SealingKey::new(secret);
        let row = match db.run_here(|conn| SigningKey::active(conn).map_err(KeyringError::from))? {
            Some(row) => row,
            None => {
                let fresh = SigningKey::generate(&sealing, now);
                db.run_here(|conn| SigningKey::make_active(conn, &fresh).map_err(KeyringError::from))?
            }
        };
        Self::from_row(&row, &sealing)
    }

    fn from_row(row: &SigningKey, sealing: &SealingKey) -> Result<Self, KeyringError> {
        let private_key = sealing.open(&row.kid, &row.sealed_private_key).ok_or(KeyringError::OtherSecret)?;
        let public: Jwk = serde_json::from_str(&row.public_jwk)
            .map_err(|_| KeyringError::Damaged("its public half cannot be read"))?;
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(shared_claims::TOKEN_TYP.to_owned());
        header.kid = Some(row.kid.clone());
        #[derive(Serialize)]
        struct Jwks<'a> {
            keys: [&'a Jwk; 1],
        }
        let jwks = serde_json::to_string(&Jwks { keys: [&public] })
            .map_err(|_| KeyringError::Damaged("its public half cannot be written"))?;
        Ok(Self(Arc::new(Active { header, key: EncodingKey::from_ec_der(&private_key), jwks })))
    }

    /// Signs `claims`: a JWS in compact form whose header is exactly `alg`, `typ` and `kid` (RFC 9068).
    pub fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&self.0.header, claims, &self.0.key)
    }

    /// The public keys as JSON (RFC 7517).
    pub fn jwks(&self) -> &str {
        &self.0.jwks
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({:?})", self.0.header.kid)
    }
}
