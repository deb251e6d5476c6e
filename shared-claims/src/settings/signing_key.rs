//! Secret type for `JWT_SIGNING_KEY`.

use std::fmt;

use zeroize::Zeroizing;

use crate::{KeySetError, MIN_SIGNING_KEY_BYTES};

/// A shared key of sufficient length. Wiped from memory when dropped.
#[derive(Clone)]
pub(crate) struct SigningKey(Zeroizing<Vec<u8>>);

impl SigningKey {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, KeySetError> {
        if bytes.len() < MIN_SIGNING_KEY_BYTES {
            return Err(KeySetError::ShortSigningKey);
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Hides the key, because settings are often printed for debugging.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}
