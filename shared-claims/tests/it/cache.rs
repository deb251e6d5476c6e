//! Cache of verified tokens: a login with it decides like one without.

use std::path::Path;

use shared_claims::cookie::{Candidates, candidates};
use shared_claims::testing::TestIssuer;
use shared_claims::{Claims, Identity, KeySource, Rejection, SharedLogin};

use crate::hostile_table::{headers, payloads, shapes, signatures, times_and_absences};
use crate::support::{Mint, NOW, eventually};

fn cookie(token: &str) -> String {
    format!("__Secure-sso_access={token}")
}

fn ask(login: &SharedLogin, token: &str, now: i64) -> Result<Claims, Rejection> {
    match login.identify_at([cookie(token).as_bytes()], now) {
        Identity::Person(claims) => Ok(*claims),
        Identity::Nobody(Some(cause)) => Err(cause),
        other => panic!("{other:?}"),
    }
}

/// J10: for every algorithm, at every relevant moment, in an order that no real clock has.
#[test]
fn a_token_that_comes_again_says_the_same_and_ends_at_the_same_second() {
    for mint in Mint::of_each() {
        let login = mint.issuer.login();
        let forgetful = login.without_cache();
        let token = mint.issuer.sign(&mint.claims());
        for later in [0, 0, 300, 304, 305, 0, -4, -6, 3600, 0, 306] {
            let (now, judged) = (NOW + later, mint.verifier.verify_at(&token, &mint.keys, NOW + later));
            assert_eq!(ask(&login, &token, now), judged, "{later}");
            assert_eq!(ask(&login.clone(), &token, now), judged, "{later}");
            assert_eq!(ask(&forgetful, &token, now), judged, "{later}");
        }
        assert_eq!(ask(&login, &token, NOW), Ok(mint.claims()));
    }
}

/// J1: the whole table, twice, with a login that has already seen the valid token.
#[test]
fn hostile_tokens_are_refused_for_their_reasons_however_often_they_come() {
    let mint = Mint::new();
    let login = mint.issuer.login();
    let good = mint.issuer.sign(&mint.claims());
    let rows = [shapes(&mint), headers(&mint), payloads(&mint), times_and_absences(&mint), signatures(&mint)];
    let mut count = 0;
    for (name, token, cause) in rows.iter().flatten() {
        // Skips tokens that a cookie cannot carry.
        if candidates([cookie(token).as_bytes()], "__Secure-sso_access") != Candidates::Few(vec![token]) {
            continue;
        }
        for _ in 0..2 {
            assert_eq!(ask(&login, token, NOW).as_ref(), Err(cause), "{name}");
            assert_eq!(ask(&login, &good, NOW), Ok(mint.claims()), "{name}");
        }
        count += 1;
    }
    assert!(count >= 200, "only {count}");
}

#[test]
fn a_token_that_differs_from_a_known_one_in_a_character_is_unknown() {
    for mint in Mint::of_each() {
        let login = mint.issuer.login();
        let token = mint.issuer.sign(&mint.claims());
        assert!(ask(&login, &token, NOW).is_ok());
        for at in 0..token.len() {
            let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
            let altered = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert!(ask(&login, &altered, NOW).is_err(), "character {at}");
        }
        assert!(ask(&login, &token[..token.len() - 1], NOW).is_err());
        assert!(ask(&login, &format!("{token}A"), NOW).is_err());
    }
}

/// Two domains in one process have two logins. Neither accepts what the other has cached.
#[test]
fn the_login_of_another_domain_learns_nothing() {
    let mint = Mint::new();
    let here = mint.issuer.login();
    let token = mint.issuer.sign(&mint.claims());
    assert!(ask(&here, &token, NOW).is_ok());
    for (auth, domain, service, cause) in [
        ("http://login.sso.localhost", "sso.localhost", "http://sso.localhost", Rejection::WrongIssuer),
        (
            "http://auth.sso.localhost:8000",
            "auth.sso.localhost",
            "http://auth.sso.localhost",
            Rejection::WrongAudience,
        ),
    ] {
        let settings = TestIssuer::new().for_domain(auth, domain).for_service(service).settings();
        let there = SharedLogin::with_keys(settings, KeySource::fixed(mint.issuer.keys()));
        assert_eq!(ask(&there, &token, NOW), Err(cause));
    }
    assert!(ask(&here, &token, NOW).is_ok());
}

fn replace(path: &Path, jwks: &str, login: &SharedLogin) {
    let before = login.keys().current().unwrap();
    std::fs::write(path, jwks).unwrap();
    eventually("the new set", || !std::sync::Arc::ptr_eq(&before, &login.keys().current().unwrap()));
}

/// K5: after an operator revokes a key, its tokens are refused as soon as a set without it is
/// loaded, cached or not.
#[test]
fn a_revoked_key_takes_remembered_tokens_with_it_at_once() {
    let (mint, next) = (Mint::new(), TestIssuer::new());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    std::fs::write(&path, mint.issuer.jwks()).unwrap();
    let login = SharedLogin::with_keys(mint.issuer.settings(), KeySource::file(&path).unwrap());
    let (token, newer) = (mint.issuer.sign(&mint.claims()), next.sign(&mint.claims()));
    assert!(ask(&login, &token, NOW).is_ok());

    let both = serde_json::json!({"keys": [next.jwk(), mint.issuer.jwk()]}).to_string();
    replace(&path, &both, &login);
    assert!(ask(&login, &token, NOW).is_ok());
    assert!(ask(&login, &newer, NOW).is_ok());

    replace(&path, &next.jwks(), &login);
    let unknown = Rejection::UnknownKey(mint.issuer.key_id().to_owned());
    assert_eq!(ask(&login, &token, NOW), Err(unknown));
    assert!(ask(&login, &newer, NOW).is_ok());

    let mut impostor = mint.issuer.jwk();
    impostor["kid"] = next.key_id().into();
    replace(&path, &serde_json::json!({"keys": [impostor]}).to_string(), &login);
    assert_eq!(ask(&login, &newer, NOW), Err(Rejection::BadSignature));
}

/// Eight threads and more tokens than the cache holds: every token always yields its own claims.
#[test]
fn many_threads_at_once_get_each_their_own_people() {
    let mint = Mint::of(TestIssuer::with_algorithm(shared_claims::testing::TestAlgorithm::Hs512));
    let login = mint.issuer.login();
    let people: Vec<(String, Claims)> = (0..6000)
        .map(|n| {
            let mut claims = mint.claims();
            claims.user_email = format!("{n}@example.org");
            // A few expire while the threads run.
            claims.exp = NOW + 1 + n % 300;
            (mint.issuer.sign(&claims), claims)
        })
        .collect();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (login, people) = (login.clone(), &people);
            scope.spawn(move || {
                for n in 0..4000 {
                    // The first hundred are frequent, the others rare.
                    let of = if n % 2 == 0 { n * 7 % 100 } else { (n * 31 + thread * 997) % people.len() };
                    let (token, claims) = &people[of];
                    let now = NOW + i64::try_from(n).unwrap() / 20;
                    let expected =
                        if now < claims.exp + 5 { Ok(claims.clone()) } else { Err(Rejection::Expired) };
                    assert_eq!(ask(&login, token, now), expected);
                }
            });
        }
    });
}
