//! Property of verification: any text as a token, and any header and payload with a valid signature
//! (J11).

use std::sync::OnceLock;

use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{KeySet, Rejection, Verifier};

const NOW: i64 = 1_800_000_000;

/// One issuer of each kind, and a set of all their keys.
fn trusted() -> &'static ([TestIssuer; 3], KeySet, Verifier) {
    static TRUSTED: OnceLock<([TestIssuer; 3], KeySet, Verifier)> = OnceLock::new();
    TRUSTED.get_or_init(|| {
        let issuers = [TestAlgorithm::Es256, TestAlgorithm::EdDsa, TestAlgorithm::Hs512]
            .map(TestIssuer::with_algorithm);
        let jwks = format!("{{\"keys\":[{},{}]}}", issuers[0].jwk(), issuers[1].jwk());
        let key = issuers[2].signing_key().expect("a shared key");
        let keys = KeySet::from_json_with_signing_key(jwks.as_bytes(), key.as_bytes()).expect("our own set");
        (issuers, keys, Verifier::new("http://auth.sso.localhost:8000", "sso.localhost"))
    })
}

pub fn holds_for(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (issuers, keys, verifier) = trusted();
    assert!(verifier.verify_at(text, keys, NOW).is_err());
    // With a valid signature: the text as a payload, and split at its first line end into header
    // and payload.
    let issuer = &issuers[text.len() % 3];
    let (alg, kid) = (issuer.algorithm().name(), issuer.key_id());
    let header = format!("{{\"alg\":\"{alg}\",\"typ\":\"at+jwt\",\"kid\":\"{kid}\"}}");
    match verifier.verify_at(&issuer.sign_raw(&header, text), keys, NOW) {
        Ok(claims) => assert!(claims.sub == claims.user_uuid && claims.exp > claims.iat),
        Err(cause) => assert_ne!(cause, Rejection::BadSignature),
    }
    if let Some((header, payload)) = text.split_once('\n') {
        let _ = verifier.verify_at(&issuer.sign_raw(header, payload), keys, NOW);
    }
}
