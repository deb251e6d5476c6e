//! Signing keys in the database.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::jwk::Jwk;
use super::sealed::SealingKey;
use crate::db::AnyConnection;
use crate::db::schema::signing_keys;
use crate::db::types::Timestamp;

/// A row: the public half in the clear, the private half sealed.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
pub(super) struct SigningKey {
    pub kid: String,
    pub algorithm: String,
    pub state: String,
    pub public_jwk: String,
    pub sealed_private_key: Vec<u8>,
    pub created_at: Timestamp,
}

const ACTIVE: &str = "active";

impl SigningKey {
    /// A new key, not yet in the database.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn generate(sealing: &SealingKey, now: Timestamp) -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let private_key = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new())
            .expect("the operating system gives randomness");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, private_key.as_ref())
            .expect("the key that was just made can be read");
        let public = Jwk::es256(pair.public_key().as_ref())
            .expect("a P-256 key is published as an uncompressed point");
        Self {
            algorithm: "ES256".to_owned(),
            state: ACTIVE.to_owned(),
            public_jwk: serde_json::to_string(&public).expect("seven strings can be written as JSON"),
            sealed_private_key: sealing.seal(&public.kid, private_key.as_ref()),
            kid: public.kid,
            created_at: now,
        }
    }

    pub fn active(conn: &mut AnyConnection) -> QueryResult<Option<Self>> {
        signing_keys::table
            .filter(signing_keys::state.eq(ACTIVE))
            .select(Self::as_select())
            .first(conn)
            .optional()
    }

    /// Makes `fresh` the active key, unless another instance was first: then its key is the answer. The unique
    /// index decides.
    pub fn make_active(conn: &mut AnyConnection, fresh: &Self) -> QueryResult<Self> {
        match diesel::insert_into(signing_keys::table).values(fresh).execute(conn) {
            Ok(_) => Ok(fresh.clone()),
            Err(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                Self::active(conn)?.ok_or(SqlError::NotFound)
            }
            Err(error) => Err(error),
        }
    }
}
