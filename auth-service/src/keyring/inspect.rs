//! A read-only check of the keys, for the doctor.

use std::collections::HashSet;

use super::error::KeyringError;
use super::key_cache::jwks;
use super::key_reader::require_unrevoked;
use super::rotation::only;
use super::store::{SEALING, SigningKey, State};
use super::verified_key::{KeyProblem, VerifiedKeys, shown};
use crate::audit::{AuditEvent, EventKind};
use crate::config::{SecretKey, TokenAlgorithm};
use crate::db::AnyConnection;
use crate::sealed::SealingKeys;

/// The result of the check.
#[derive(Debug)]
pub struct Examined {
    /// The number of keys in the database, in any state.
    pub keys: usize,
    /// The id of the active key.
    pub active: Option<String>,
    /// The id of the next key.
    pub next: Option<String>,
    /// Whether the active key is a shared one without a successor.
    pub is_shared: bool,
    /// The ids of active and next keys, if neither secret opens the active one.
    pub unopened: Vec<String>,
    /// Rows that are not our keys, with the reason.
    pub not_ours: Vec<(String, KeyProblem)>,
    /// Whether a key is still sealed by the previous secret; the next start re-seals it.
    pub is_outdated: bool,
    /// Whether the configured shared key was revoked.
    pub is_revoked: bool,
    /// Our public keys, as they should be published.
    pub jwks: String,
}

/// Reads the keys and tries to open them. It changes nothing.
///
/// # Errors
/// If the database does not respond or a public half is unreadable.
pub fn examine(
    conn: &mut AnyConnection,
    (secret, previous): (&SecretKey, Option<&SecretKey>),
    algorithm: &TokenAlgorithm,
) -> Result<Examined, KeyringError> {
    let sealing = SealingKeys::new(SEALING, secret, previous);
    let is_revoked = match require_unrevoked(conn, algorithm) {
        Err(KeyringError::SharedKeyRevoked) => true,
        outcome => outcome.map(|()| false)?,
    };
    let rows = SigningKey::all(conn)?;
    let keys = rows.len();
    let mut revoked: HashSet<String> =
        AuditEvent::details_of(conn, EventKind::KeyRevoked)?.into_iter().collect();
    revoked.extend(rows.iter().filter(|row| row.state() == State::Revoked).map(|row| row.kid.clone()));
    let names = |state| only(&rows, state).map(|key| key.kid.clone());
    let (active, next) = (names(State::Active), names(State::Next));
    let is_shared = only(&rows, State::Active).is_some_and(SigningKey::is_shared);
    let sorted = VerifiedKeys::new(rows, &sealing, &revoked);
    let signs = |row: &SigningKey| matches!(row.state(), State::Active | State::Next);
    let is_other_secret =
        sorted.not_ours.iter().any(|(row, why)| row.state() == State::Active && *why == KeyProblem::Unopened);
    let (mut unopened, mut not_ours) = (Vec::new(), Vec::new());
    for (row, why) in &sorted.not_ours {
        match is_other_secret {
            true if signs(row) => unopened.push(row.kid.clone()),
            true => {}
            false => not_ours.push((shown(&row.kid), *why)),
        }
    }
    Ok(Examined {
        keys,
        active,
        next,
        is_shared,
        unopened,
        not_ours,
        is_outdated: sorted.ours.iter().any(|key| signs(&key.row) && key.is_outdated),
        is_revoked,
        jwks: jwks(&sorted.ours)?,
    })
}
