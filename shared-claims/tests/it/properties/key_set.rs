//! Property of key sets: any bytes as a JWKS (K6).

use shared_claims::{KeySet, KeySetError};

pub fn holds_for(data: &[u8]) {
    if let Ok(keys) = KeySet::from_json(data) {
        let mut ids: Vec<_> = keys.key_ids().collect();
        let count = ids.len();
        assert!((1..=32).contains(&count));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
    // With a shared key an empty set is accepted. Sets that were refused for another reason still
    // are.
    match (KeySet::from_json(data), KeySet::from_json_with_signing_key(data, &[7; 64])) {
        (Ok(alone), Ok(both)) => assert_eq!(alone.key_ids().count() + 1, both.key_ids().count()),
        (Err(KeySetError::Empty), both) => assert!(both.is_ok()),
        (Ok(_), Err(cause)) => assert!(matches!(cause, KeySetError::DuplicateKid(_))),
        (Err(alone), both) => assert_eq!(Some(alone), both.err()),
    }
}
