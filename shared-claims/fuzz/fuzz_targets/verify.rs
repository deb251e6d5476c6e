//! J11: any text for a token, and any header and payload under a good signature.
//!
//! `cargo +nightly fuzz run verify -- -max_total_time=600 -max_len=9000 -malloc_limit_mb=1`
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use shared_claims::testing::TestIssuer;
use shared_claims::{KeySet, Rejection, Verifier};

const NOW: i64 = 1_800_000_000;

fn trusted() -> &'static (TestIssuer, KeySet, Verifier) {
    static TRUSTED: OnceLock<(TestIssuer, KeySet, Verifier)> = OnceLock::new();
    TRUSTED.get_or_init(|| {
        let issuer = TestIssuer::new();
        let keys = issuer.keys();
        (issuer, keys, Verifier::new("http://auth.sso.localhost:8000", "sso.localhost"))
    })
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (issuer, keys, verifier) = trusted();
    assert!(verifier.verify_at(text, keys, NOW).is_err());
    // Behind the signature: the same text as a payload, and cut at the first line end as header and payload.
    let header = format!("{{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"{}\"}}", issuer.key_id());
    match verifier.verify_at(&issuer.sign_raw(&header, text), keys, NOW) {
        Ok(claims) => assert!(claims.sub == claims.user_uuid && claims.exp > claims.iat),
        Err(cause) => assert_ne!(cause, Rejection::BadSignature),
    }
    if let Some((header, payload)) = text.split_once('\n') {
        let _ = verifier.verify_at(&issuer.sign_raw(header, payload), keys, NOW);
    }
});
