//! K6: any bytes for a JWKS.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared_claims::KeySet;

fuzz_target!(|data: &[u8]| {
    if let Ok(keys) = KeySet::from_json(data) {
        let mut ids: Vec<_> = keys.key_ids().collect();
        let count = ids.len();
        assert!((1..=32).contains(&count));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
});
