//! Reader of key sets: it parses a JWKS and adds the shared key, if there is one.

use crate::settings::SigningKey;
use crate::{KeySet, KeySetError};

/// Parses a JWKS, and adds the shared key if there is one.
#[derive(Default)]
pub(super) struct KeyReader {
    signing_key: Option<SigningKey>,
}

impl KeyReader {
    pub(super) fn new(signing_key: Option<SigningKey>) -> Self {
        Self { signing_key }
    }

    pub(super) fn read(&self, jwks: &[u8]) -> Result<KeySet, KeySetError> {
        match &self.signing_key {
            Some(key) => KeySet::from_json_with_signing_key(jwks, key.bytes()),
            None => KeySet::from_json(jwks),
        }
    }

    /// The keys before the first load: the shared key, or none.
    pub(super) fn initial(&self) -> Option<KeySet> {
        // No error is lost here: `SigningKey` has checked the length.
        self.signing_key.as_ref().and_then(|key| KeySet::of_signing_key(key.bytes()).ok())
    }
}
