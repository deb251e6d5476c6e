//! A look at the keys that changes nothing.

use super::life::only;
use super::loaded::jwks;
use super::sealed::SealingKeys;
use super::store::{SigningKey, State};
use super::{KeyringError, require_unrevoked};
use crate::config::{SecretKey, TokenAlgorithm};
use crate::db::AnyConnection;

/// What is there.
#[derive(Debug)]
pub struct Examined {
    /// How many keys are in the database, in any state.
    pub keys: usize,
    /// The key that signs.
    pub active: Option<String>,
    /// The key that will sign after it.
    pub next: Option<String>,
    /// Whether the key that signs is one that services have from their settings, and has no next.
    pub is_shared: bool,
    /// The ids of keys that sign or will sign, and that neither secret opens.
    pub unopened: Vec<String>,
    /// Whether any of those is sealed by the secret before this one; the next start seals it anew.
    pub is_outdated: bool,
    /// Whether the settings name a shared key that was revoked.
    pub is_revoked: bool,
    /// The public keys, as they should be published.
    pub jwks: String,
}

/// Reads the keys, and tries the secrets on those that sign or will sign. Makes, seals and rotates nothing.
///
/// # Errors
/// When the database does not answer, or a public half cannot be read.
pub fn examine(
    conn: &mut AnyConnection,
    (secret, previous): (&SecretKey, Option<&SecretKey>),
    algorithm: &TokenAlgorithm,
) -> Result<Examined, KeyringError> {
    let sealing = SealingKeys::new(secret, previous);
    let is_revoked = match require_unrevoked(conn, algorithm) {
        Err(KeyringError::SharedKeyRevoked) => true,
        outcome => outcome.map(|()| false)?,
    };
    let rows = SigningKey::all(conn)?;
    let (mut unopened, mut is_outdated) = (Vec::new(), false);
    for key in rows.iter().filter(|key| matches!(key.state(), State::Active | State::Next)) {
        match sealing.open(&key.kid, &key.sealed_private_key) {
            Some(opened) => is_outdated |= opened.is_outdated,
            None => unopened.push(key.kid.clone()),
        }
    }
    let active = only(&rows, State::Active);
    Ok(Examined {
        keys: rows.len(),
        active: active.map(|key| key.kid.clone()),
        next: only(&rows, State::Next).map(|key| key.kid.clone()),
        is_shared: active.is_some_and(SigningKey::is_shared),
        unopened,
        is_outdated,
        is_revoked,
        jwks: jwks(&rows)?,
    })
}
