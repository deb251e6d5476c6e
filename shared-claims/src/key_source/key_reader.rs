//! Reader of key sets: published keys, beside the shared key where there is one.

use crate::settings::SigningKey;
use crate::{KeySet, KeySetError};

/// Reads what is published, beside the shared key where there is one.
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

    /// What can be trusted before anything was read.
    pub(super) fn before_any(&self) -> Option<KeySet> {
        // A key was measured when it became a `SigningKey`: there is no error to lose.
        self.signing_key.as_ref().and_then(|key| KeySet::of_signing_key(key.bytes()).ok())
    }
}
