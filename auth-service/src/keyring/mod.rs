//! The keyring: the keys that sign access tokens. Any instance creates, rotates and removes them.
//! The shared database stores them sealed, and services fetch them as a JWKS.

mod admin;
mod error;
mod generate;
mod inspect;
mod jwk;
mod key_cache;
mod key_reader;
mod rotation;
mod signer;
mod store;
mod verified_key;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{KeyTimes, SecretKey, TokenAlgorithm};
use crate::db::{Database, DatabaseError, deadlines};
use crate::sealed::SealingKeys;
pub use admin::{KeyAdminError, KeySchedule, redate, revoke, revoke_all, rotate};
pub use error::KeyringError;
pub use inspect::{Examined, examine};
pub use jwk::Jwk;
pub use key_cache::CachedKeys;
use key_reader::KeyReader;
use store::SEALING;
pub use store::{SigningKey, State};
pub use verified_key::KeyProblem;

/// The maximum age of an instance's cached keys when it signs or publishes.
const CACHE_TTL: Duration = Duration::from_secs(1);

/// How long a verification waits for fresh keys before it uses the cached ones. Signing waits as
/// long as any other query, because a key may have been revoked.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Signs access tokens with the active key of the database. Clones share the cache.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    db: Database,
    reader: KeyReader,
    known: RwLock<Arc<CachedKeys>>,
    /// Only one task reads the database at a time; the others wait for its result.
    reading: tokio::sync::Mutex<()>,
    /// Whether the database did not respond at the last attempt.
    is_cut_off: AtomicBool,
}

impl Keyring {
    /// Opens the keys, after creating those that are missing or newly required by the settings. If
    /// several instances start on an empty database, all of them use the key of the first one.
    pub fn open(
        db: &Database,
        (secret, previous): (&SecretKey, Option<&SecretKey>),
        algorithm: &TokenAlgorithm,
        times: KeyTimes,
        clock: &Clock,
    ) -> Result<Self, KeyringError> {
        let sealing = SealingKeys::new(SEALING, secret, previous);
        if let TokenAlgorithm::Hs512(_) = algorithm {
            tracing::warn!(
                "TOKEN_ALGORITHM=HS512: every service that holds JWT_SIGNING_KEY can sign as anybody, superusers \
                 included; use it only for services that cannot verify ES256 yet"
            );
        }
        let reader = KeyReader::new(sealing, algorithm.clone(), times, clock.clone());
        let loaded = db.run_blocking(|conn| {
            reader.prepare(conn)?;
            reader.read(conn)
        })?;
        Ok(Self(Arc::new(Inner {
            db: db.clone(),
            reader,
            known: RwLock::new(Arc::new(loaded)),
            reading: tokio::sync::Mutex::default(),
            is_cut_off: AtomicBool::new(false),
        })))
    }

    /// The keys, read from the database within the last second, after the steps that were due.
    ///
    /// If the database does not respond, the cached keys. Nothing is signed with them unless the
    /// database has just confirmed a login.
    pub async fn current(&self) -> Result<Arc<CachedKeys>, KeyringError> {
        self.known_or_read(deadlines::ANSWER).await
    }

    /// The keys for verification: for services that fetch them, and for `/auth/verify`. It does not
    /// wait for a database that did not respond at the last attempt; [`Keyring::refresh`] notices
    /// when it does again.
    pub async fn published(&self) -> Arc<CachedKeys> {
        if self.0.is_cut_off.load(Ordering::Relaxed) {
            return self.known();
        }
        self.known_or_read(TIMEOUT).await.unwrap_or_else(|error| {
            tracing::error!(
                error = error.to_string(),
                "the signing keys cannot be used; publishing those known"
            );
            self.known()
        })
    }

    async fn known_or_read(&self, patience: Duration) -> Result<Arc<CachedKeys>, KeyringError> {
        let known = self.known();
        if self.is_fresh(&known) { Ok(known) } else { self.look(known, patience).await }
    }

    /// Reads the keys, and waits as long as for any other query.
    pub async fn refresh(&self) -> Result<Arc<CachedKeys>, KeyringError> {
        self.look(self.known(), deadlines::ANSWER).await
    }

    async fn look(
        &self,
        before: Arc<CachedKeys>,
        patience: Duration,
    ) -> Result<Arc<CachedKeys>, KeyringError> {
        let look = async {
            let _turn = self.0.reading.lock().await;
            let known = self.known();
            // Another task has refreshed them in the meantime.
            if !Arc::ptr_eq(&known, &before) && self.is_fresh(&known) {
                return Ok(known);
            }
            let this = self.clone();
            self.0.db.run(move |conn| this.0.reader.read(conn)).await.map(Arc::new)
        };
        let found = tokio::time::timeout(patience, look).await;
        let found = found.unwrap_or(Err(KeyringError::Database(DatabaseError::Late)));
        self.0.is_cut_off.store(matches!(found, Err(KeyringError::Database(_))), Ordering::Relaxed);
        match found {
            Ok(found) => {
                *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = found.clone();
                Ok(found)
            }
            Err(KeyringError::Database(error)) => {
                tracing::warn!(
                    error = error.to_string(),
                    "the signing keys could not be read; using those known"
                );
                Ok(self.known())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the keys were read within the last second.
    fn is_fresh(&self, loaded: &CachedKeys) -> bool {
        self.0.reader.clock.running() < loaded.at + CACHE_TTL
    }

    fn known(&self) -> Arc<CachedKeys> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({:?})", self.known())
    }
}
