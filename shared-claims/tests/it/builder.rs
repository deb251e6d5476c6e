//! Builder: a login that is configured without the environment.

use std::time::Duration;

use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{Identity, KeySource, SharedLogin};

fn builder() -> shared_claims::SharedLoginBuilder {
    SharedLogin::builder()
        .auth_url("http://auth.sso.localhost:8000")
        .cookie_domain("sso.localhost")
        .service_url("http://demo.sso.localhost:8001")
}

#[test]
fn a_built_login_knows_whom_a_cookie_speaks_of() {
    let issuer = TestIssuer::new();
    let ada = issuer.claims_for("ada@example.org");
    let cookie = issuer.cookie(&ada);
    let login = builder().keys(KeySource::fixed(issuer.keys())).build().unwrap();
    for login in [login.clone(), login.without_cache()] {
        assert_eq!(login.identify_at([cookie.as_bytes()], ada.iat), Identity::Person(Box::new(ada.clone())));
    }
    assert_eq!(login.identify_at([&b"other=1"[..]], ada.iat), Identity::Nobody(None));
}

#[test]
fn a_shared_key_is_taken_and_shown_to_nobody() {
    let issuer = TestIssuer::with_algorithm(TestAlgorithm::Hs512);
    let ada = issuer.claims_for("ada@example.org");
    let folder = tempfile::tempdir().unwrap();
    let jwks = folder.path().join("jwks.json");
    std::fs::write(&jwks, r#"{"keys":[]}"#).unwrap();
    let key = issuer.signing_key().unwrap();
    let builder = builder().jwks(jwks.to_str().unwrap()).signing_key(key).without_cache();
    assert!(!format!("{builder:?}").contains(&key[..20]));
    let login = builder.build().unwrap();
    let cookie = issuer.cookie(&ada);
    assert_eq!(login.identify_at([cookie.as_bytes()], ada.iat), Identity::Person(Box::new(ada)));
}

#[test]
fn what_is_given_is_in_force() {
    let keys = KeySource::fixed(TestIssuer::new().keys());
    let login = builder()
        .keys(keys)
        .access_cookie("__Secure-other")
        .hint_cookie("__Secure-hint")
        .refresh_ahead(Duration::from_secs(90))
        .trusted_origins(["http://app.sso.localhost:3000", "http://b.sso.localhost:3000"])
        .build()
        .unwrap();
    let settings = login.settings();
    assert_eq!((settings.access_cookie(), settings.hint_cookie()), ("__Secure-other", "__Secure-hint"));
    assert_eq!(settings.refresh_ahead(), 90);
    assert_eq!(settings.trusted_origins(), ["http://app.sso.localhost:3000", "http://b.sso.localhost:3000"]);
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let missing = SharedLogin::builder().auth_url("https://auth.example.org").build().unwrap_err();
    assert_eq!(missing.setting(), "COOKIE_DOMAIN");
    let elsewhere = builder().service_url("http://shop.example.org").build().unwrap_err();
    assert_eq!(elsewhere.to_string(), "SERVICE_URL must be on or below COOKIE_DOMAIN");
}
