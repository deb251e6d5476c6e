//! Shared key: a service with it needs nothing else from auth-service, and accepts all keys that
//! auth-service publishes.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::json;
use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{Identity, KeySet, KeySetError, Rejection, Settings, SharedLogin};

use crate::logs::Log;
use crate::support::{Server, answer, jwks};
use crate::support_web::{ask, opens};

const NO_KEYS: &str = "{\"keys\":[]}";

fn hs512() -> TestIssuer {
    TestIssuer::with_algorithm(TestAlgorithm::Hs512)
}

/// A service that fetches keys from `place`, with the shared key if the issuer has one.
fn login(issuer: &TestIssuer, place: &str) -> SharedLogin {
    let settings = Settings::from_lookup(|name| match name {
        "AUTH_URL" => Some("http://auth.sso.localhost:8000".to_owned()),
        "COOKIE_DOMAIN" => Some("sso.localhost".to_owned()),
        "SERVICE_URL" => Some("http://demo.sso.localhost:8001".to_owned()),
        "AUTH_JWKS" => Some(place.to_owned()),
        "JWT_SIGNING_KEY" => issuer.signing_key().map(str::to_owned),
        _ => None,
    });
    SharedLogin::new(settings.unwrap()).unwrap()
}

fn ada(issuer: &TestIssuer) -> String {
    issuer.cookie(&issuer.claims_for("ada@example.org"))
}

async fn who(login: &SharedLogin, issuer: &TestIssuer) -> Identity {
    login.identify([ada(issuer).as_bytes()]).await
}

const NOBODY_THERE: &str = "http://127.0.0.1:1/";

#[actix_web::test]
async fn people_with_hs512_tokens_come_in_while_auth_service_was_never_reached() {
    let issuer = hs512();
    let login = login(&issuer, NOBODY_THERE);
    assert!(matches!(login.try_identify([ada(&issuer).as_bytes()]), Identity::Person(_)));
    let page = ask(&login, opens("/private").insert_header(("Cookie", ada(&issuer)))).await;
    assert_eq!(page.status, StatusCode::OK);
}

/// Their keys may still arrive. A redirect to the login would cause a loop.
#[actix_web::test]
async fn people_with_other_tokens_meet_503_until_the_first_fetch_and_are_nobody_after_it() {
    let (issuer, elsewhere) = (hs512(), TestIssuer::new());
    let down = login(&issuer, NOBODY_THERE);
    assert_eq!(who(&down, &elsewhere).await, Identity::NoKeys);
    let page = ask(&down, opens("/private").insert_header(("Cookie", ada(&elsewhere)))).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);

    let server = Server::start(|_| jwks(NO_KEYS));
    let up = login(&issuer, server.url().as_str());
    assert!(matches!(who(&up, &elsewhere).await, Identity::Nobody(Some(Rejection::UnknownKey(_)))));
    assert!(matches!(who(&up, &issuer).await, Identity::Person(_)));
}

/// A token forged for the shared key is refused before any keys are loaded.
#[actix_web::test]
async fn a_forged_hs512_token_is_nobody_and_not_503() {
    let issuer = hs512();
    let login = login(&issuer, NOBODY_THERE);
    let header = json!({"alg": "HS512", "typ": "at+jwt", "kid": issuer.key_id()}).to_string();
    let forged = format!("__Secure-sso_access={}", hs512().sign_raw(&header, "{}"));
    let identity = login.try_identify([forged.as_bytes()]);
    assert_eq!(identity, Identity::Nobody(Some(Rejection::BadSignature)));
}

#[actix_web::test]
async fn an_empty_set_is_accepted_beside_the_shared_key_and_only_there() {
    let server = Server::start(|_| jwks(NO_KEYS));
    let issuer = hs512();
    let with = login(&issuer, server.url().as_str());
    let keys = with.keys().ready().await.unwrap();
    assert_eq!(keys.key_ids().collect::<Vec<_>>(), [issuer.key_id()]);
    assert_eq!(server.hits(), 1);
    let without = login(&TestIssuer::new(), server.url().as_str());
    assert!(without.keys().ready().await.is_none());

    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, NO_KEYS.as_bytes()).unwrap();
    let from_file = login(&issuer, file.path().to_str().unwrap());
    assert!(matches!(from_file.try_identify([ada(&issuer).as_bytes()]), Identity::Person(_)));
}

/// While a deployment migrates from HS512, tokens of both kinds are in use.
#[actix_web::test]
async fn published_keys_and_the_shared_key_are_trusted_beside_each_other() {
    let (old, new) = (hs512(), TestIssuer::with_algorithm(TestAlgorithm::EdDsa));
    let (before, after) = (NO_KEYS.to_owned(), new.jwks());
    let server = Server::start(move |n| jwks(if n == 1 { &before } else { &after }));
    let login = login(&old, server.url().as_str());
    login.keys().ready().await;
    // The first token of the new key causes the fetch that finds it.
    assert!(matches!(who(&login, &new).await, Identity::Person(_)));
    assert!(matches!(who(&login, &old).await, Identity::Person(_)));
    assert_eq!(server.hits(), 2);
}

/// J13: floods are limited with the setting too.
#[actix_web::test]
async fn unknown_key_ids_still_cause_one_fetch_at_most() {
    let issuer = hs512();
    let server = Server::start(|_| jwks(NO_KEYS));
    let login = login(&issuer, server.url().as_str());
    login.keys().ready().await;
    for _ in 0..200 {
        assert!(matches!(who(&login, &hs512()).await, Identity::Nobody(_)));
    }
    assert_eq!(server.hits(), 2);
}

/// K6: a bad key set is still refused, and the shared key keeps working.
#[actix_web::test]
async fn a_published_symmetric_key_is_refused_with_the_setting_too() {
    let (issuer, other) = (hs512(), TestIssuer::new());
    let oct = json!({"kty": "oct", "use": "sig", "alg": "HS512", "kid": "k", "k": "AAAA"});
    let set = json!({"keys": [other.jwk(), oct]}).to_string();
    let key = issuer.signing_key().unwrap().as_bytes();
    let read = KeySet::from_json_with_signing_key(set.as_bytes(), key).map(|_| ());
    assert_eq!(read, Err(KeySetError::Symmetric("k".to_owned())));
    let server = Server::start(move |_| jwks(&set));
    let login = login(&issuer, server.url().as_str());
    assert_eq!(who(&login, &other).await, Identity::NoKeys);
    assert!(matches!(who(&login, &issuer).await, Identity::Person(_)));
}

#[test]
fn a_published_key_with_the_id_of_the_shared_one_refuses_the_set() {
    let issuer = hs512();
    let mut jwk = TestIssuer::new().jwk();
    jwk["kid"] = issuer.key_id().into();
    let set = json!({ "keys": [jwk] }).to_string();
    let key = issuer.signing_key().unwrap().as_bytes();
    let duplicate = || Err(KeySetError::DuplicateKid(issuer.key_id().to_owned()));
    assert_eq!(KeySet::from_json_with_signing_key(set.as_bytes(), key).map(|_| ()), duplicate());
    let published = KeySet::from_json(set.as_bytes()).unwrap();
    assert_eq!(published.with_signing_key(key).map(|_| ()), duplicate());
    let twice = KeySet::of_signing_key(key).unwrap().with_signing_key(key);
    assert_eq!(twice.map(|_| ()), duplicate());
}

#[test]
fn a_short_key_makes_no_set() {
    let short = |key: &[u8]| KeySet::of_signing_key(key).map(|_| ());
    assert_eq!(short(&[1; 63]), Err(KeySetError::ShortSigningKey));
    assert_eq!(short(b""), Err(KeySetError::ShortSigningKey));
    assert_eq!(short(&[1; 64]), Ok(()));
}

/// K7: bad responses keep the last good set, and never drop the shared key.
#[actix_web::test]
async fn bad_answers_do_not_cost_the_shared_key() {
    let (issuer, other) = (hs512(), TestIssuer::new());
    let set = other.jwks();
    let server = Server::start(move |n| match n {
        1 => jwks(&set),
        _ => answer("500 Internal Server Error", "application/json", "", ""),
    });
    let login = login(&issuer, server.url().as_str());
    login.keys().ready().await;
    login.keys().refreshed().await;
    assert_eq!(server.hits(), 2);
    for known in [&issuer, &other] {
        assert!(matches!(who(&login, known).await, Identity::Person(_)));
    }
}

#[actix_web::test]
async fn the_operator_is_warned_at_the_start_and_not_shown_the_key() {
    let issuer = hs512();
    let (log, guard) = Log::of_this_thread();
    let login = login(&issuer, NOBODY_THERE);
    actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    drop((login, guard));
    let text = log.text();
    assert!(text.contains("WARN") && text.contains("can sign as anybody"), "{text}");
    assert!(!text.contains(issuer.signing_key().unwrap()), "{text}");
    let (log, guard) = Log::of_this_thread();
    drop((self::login(&TestIssuer::new(), NOBODY_THERE), guard));
    assert_eq!(log.text(), "");
}
