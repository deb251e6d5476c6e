//! The keys that sign access tokens: made, rotated and taken away by whichever instance gets to it, sealed in the
//! database that all instances share, published as a JWKS.

mod examine;
mod jwk;
mod life;
mod loaded;
mod make;
mod operator;
mod sealed;
mod store;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{KeyTimes, SecretKey, TokenAlgorithm};
use crate::db::{AnyConnection, Database, DatabaseError};
pub use examine::{Examined, examine};
pub use jwk::Jwk;
pub use loaded::Loaded;
pub use operator::{NotDone, Outlook, revoke, revoke_all, rotate};
use sealed::SealingKeys;
pub use store::{SigningKey, State};

/// How old an instance's knowledge of the keys may be when it signs or publishes.
const FRESH: Duration = Duration::from_secs(1);

/// How long a database that did not answer is left alone: services that fetch the keys must not wait for it in a queue.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Steps that can follow from one another: remove, make the first, make the next, rotate.
const MOST_STEPS: usize = 8;

/// Signs access tokens with the key that the database says is active. Clones share what is known.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    db: Database,
    sealing: SealingKeys,
    algorithm: TokenAlgorithm,
    times: KeyTimes,
    clock: Clock,
    known: RwLock<Arc<Loaded>>,
    /// One reader of the database at a time; the others wait for what it finds. Holds when one last found nothing.
    looking: tokio::sync::Mutex<Option<Duration>>,
}

/// The keyring could not be opened, or cannot sign.
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
    #[error("a token could not be signed: {0}")]
    Signature(jsonwebtoken::errors::Error),
}

impl From<diesel::result::Error> for KeyringError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Keyring {
    /// Opens the keys, after making those that are missing, and those that the settings ask for since the last
    /// start. Of several instances that start on an empty database, all use the key of the one that was first.
    pub fn open(
        db: &Database,
        (secret, previous): (&SecretKey, Option<&SecretKey>),
        algorithm: &TokenAlgorithm,
        times: KeyTimes,
        clock: &Clock,
    ) -> Result<Self, KeyringError> {
        let sealing = SealingKeys::new(secret, previous);
        if let TokenAlgorithm::Hs512(_) = algorithm {
            tracing::warn!(
                "TOKEN_ALGORITHM=HS512: every service that holds JWT_SIGNING_KEY can sign as anybody, superusers \
                 included; use it only for services that cannot verify ES256 yet"
            );
        }
        let loaded = db.run_here(|conn| {
            reseal(conn, &sealing)?;
            require_unrevoked(conn, algorithm)?;
            let keys = SigningKey::all(conn)?;
            life::settle(conn, &keys, algorithm, &sealing, clock)?;
            look(conn, (algorithm, &sealing), &times, clock)
        })?;
        Ok(Self(Arc::new(Inner {
            db: db.clone(),
            sealing,
            algorithm: algorithm.clone(),
            times,
            clock: clock.clone(),
            known: RwLock::new(Arc::new(loaded)),
            looking: tokio::sync::Mutex::new(None),
        })))
    }

    /// The keys, as the database has them within the last second, after doing what has become due.
    ///
    /// When the database does not answer, those that are known: services go on fetching them, and nothing is signed
    /// without the database having agreed to a login just before.
    pub async fn current(&self) -> Result<Arc<Loaded>, KeyringError> {
        let now = self.0.clock.running();
        let before = self.known();
        if is_fresh(&before, now) {
            return Ok(before);
        }
        let mut failed_at = self.0.looking.lock().await;
        let known = self.known();
        let may_look_again = failed_at.is_none_or(|then| then + PAUSE_AFTER_FAILURE <= now);
        if is_fresh(&known, now) || !Arc::ptr_eq(&known, &before) || !may_look_again {
            return Ok(known);
        }
        let this = self.clone();
        let found = self
            .0
            .db
            .run(move |conn| look(conn, (&this.0.algorithm, &this.0.sealing), &this.0.times, &this.0.clock))
            .await;
        match found {
            Ok(found) => {
                *failed_at = None;
                let found = Arc::new(found);
                *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = found.clone();
                Ok(found)
            }
            Err(KeyringError::Database(error)) => {
                tracing::warn!(
                    error = error.to_string(),
                    "the signing keys could not be read; using those known"
                );
                Ok(known)
            }
            Err(error) => Err(error),
        }
    }

    fn known(&self) -> Arc<Loaded> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn is_fresh(loaded: &Loaded, now: Duration) -> bool {
    now < loaded.at + FRESH
}

/// Reads the keys, and does what has become due.
fn look(
    conn: &mut AnyConnection,
    maker: (&TokenAlgorithm, &SealingKeys),
    times: &KeyTimes,
    clock: &Clock,
) -> Result<Loaded, KeyringError> {
    let mut at = clock.running();
    let mut rows = SigningKey::all(conn)?;
    let now = clock.read(conn)?;
    for _ in 0..MOST_STEPS {
        let Some(step) = life::due(&rows, times, now).into_iter().next() else { break };
        life::take(conn, &step, maker, clock)?;
        at = clock.running();
        rows = SigningKey::all(conn)?;
    }
    Loaded::new(rows, maker.1, at)
}

/// Seals anew, with the present secret, what the one before it sealed. At the start only: while instances are being
/// changed over one by one, they would undo each other's work.
fn reseal(conn: &mut AnyConnection, sealing: &SealingKeys) -> Result<(), KeyringError> {
    for key in SigningKey::all(conn)? {
        match sealing.open(&key.kid, &key.sealed_private_key) {
            Some(opened) if opened.is_outdated => {
                let sealed = sealing.seal(&key.kid, &opened.private_key);
                SigningKey::reseal(conn, &key.kid, &key.sealed_private_key, &sealed)?;
            }
            Some(_) => {}
            // A key that signs no more need not be opened.
            None if matches!(key.state(), State::Active | State::Next) => {
                return Err(KeyringError::OtherSecret);
            }
            None => {}
        }
    }
    Ok(())
}

fn require_unrevoked(conn: &mut AnyConnection, algorithm: &TokenAlgorithm) -> Result<(), KeyringError> {
    let TokenAlgorithm::Hs512(key) = algorithm else { return Ok(()) };
    let kid = make::shared_key_id(key);
    let is_revoked = SigningKey::all(conn)?.iter().any(|key| key.kid == kid && key.state() == State::Revoked);
    if is_revoked { Err(KeyringError::SharedKeyRevoked) } else { Ok(()) }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({:?})", self.known())
    }
}
