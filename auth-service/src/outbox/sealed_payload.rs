//! The sealed content of deliveries: it may hold a link that changes a password.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::config::SecretKey;
use crate::sealed::SealingKeys;

/// Seals and opens the content of deliveries. Clones share the keys.
#[derive(Clone)]
pub struct PayloadKeys(Arc<SealingKeys>);

impl PayloadKeys {
    pub fn new(secret: &SecretKey, previous: Option<&SecretKey>) -> Self {
        Self(Arc::new(SealingKeys::new("delivery-sealing/v1", secret, previous)))
    }

    pub(super) fn seal(&self, id: Uuid, content: &[u8]) -> Vec<u8> {
        self.0.seal(&id.to_string(), content)
    }

    pub(super) fn open(&self, id: Uuid, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        Some(self.0.open(&id.to_string(), sealed)?.text)
    }
}
