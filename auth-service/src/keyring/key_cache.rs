//! The key cache of an instance: opened keys, ready to sign and to be published.

use std::time::Duration;

use serde::Serialize;
use shared_claims::{Claims, KeySet};

use super::error::KeyringError;
use super::jwk::Jwk;
use super::signer::Signer;
use super::store::{SigningKey, State};
use super::verified_key::{VerifiedKey, VerifiedKeys};

/// A snapshot of the keys in the database.
pub struct CachedKeys {
    /// The process's running time at the snapshot.
    pub(super) at: Duration,
    pub(super) rows: Vec<SigningKey>,
    signer: Signer,
    jwks: String,
    verifying: KeySet,
}

impl CachedKeys {
    pub(super) fn new(sorted: VerifiedKeys, at: Duration) -> Result<Self, KeyringError> {
        let active = sorted.only(State::Active).ok_or(KeyringError::NoActiveKey)?;
        let algorithm = active.row.algorithm.known();
        let algorithm = algorithm.ok_or(KeyringError::Damaged("its algorithm is unknown"))?;
        let signer = Signer::new(algorithm, &active.row.kid, &active.private_key)
            .ok_or(KeyringError::Damaged("its private half cannot be read"))?;
        let jwks = jwks(&sorted.ours)?;
        let verifying = verifying(&sorted.ours, &jwks)?;
        Ok(Self { at, signer, jwks, verifying, rows: sorted.rows() })
    }

    /// Signs `claims` with the active key.
    pub fn sign(&self, claims: &Claims) -> Result<String, KeyringError> {
        self.signer.sign(claims)
    }

    /// The public keys as JSON (RFC 7517): the active one, the next one, and retired ones whose
    /// tokens may still be valid.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// The keys that verify our tokens, including shared keys.
    pub fn verifying(&self) -> &KeySet {
        &self.verifying
    }
}

/// Builds the JWKS from the computed public halves. The rows' own copies are not published.
pub(super) fn jwks(ours: &[VerifiedKey]) -> Result<String, KeyringError> {
    #[derive(Serialize)]
    struct Jwks<'a> {
        keys: Vec<&'a Jwk>,
    }
    let keys = ours.iter().filter_map(|key| key.public.as_ref()).collect();
    serde_json::to_string(&Jwks { keys })
        .map_err(|_| KeyringError::Damaged("its public half cannot be written"))
}

fn verifying(ours: &[VerifiedKey], jwks: &str) -> Result<KeySet, KeyringError> {
    let refused = |_| KeyringError::Damaged("the set of public keys does not verify");
    let mut shared = ours.iter().filter(|key| key.public.is_none());
    let keys = match shared.next() {
        Some(key) => KeySet::from_json_with_signing_key(jwks.as_bytes(), &key.private_key),
        None => KeySet::from_json(jwks.as_bytes()),
    };
    shared.try_fold(keys.map_err(refused)?, |keys, key| {
        keys.with_signing_key(&key.private_key).map_err(refused)
    })
}

impl std::fmt::Debug for CachedKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CachedKeys({:?})", self.rows)
    }
}
