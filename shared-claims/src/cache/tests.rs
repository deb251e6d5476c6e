//! Tests of the cache from inside: what it keeps, and for how long.

use std::sync::Arc;

use super::generations::VerifiedToken;
use super::{CAPACITY, Cache, hash};
use crate::testing::{TestAlgorithm, TestIssuer};
use crate::{Claims, KeySet, Rejection, Verifier};

const NOW: i64 = 1_800_000_000;

struct Desk {
    cache: Cache,
    issuer: TestIssuer,
    keys: KeySet,
    verifier: Verifier,
}

impl Desk {
    fn new() -> Self {
        Self::of(TestIssuer::new())
    }

    fn of(issuer: TestIssuer) -> Self {
        let claims = issuer.claims_for("ada@example.org");
        let verifier = Verifier::new(claims.iss, claims.aud);
        Self { cache: Cache::new(), keys: issuer.keys(), issuer, verifier }
    }

    fn claims(&self, email: &str) -> Claims {
        let mut claims = self.issuer.claims_for(email);
        (claims.iat, claims.nbf, claims.exp, claims.auth_time) = (NOW, NOW, NOW + 300, NOW - 60);
        claims
    }

    fn judge_by(&self, keys: &KeySet, token: &str, now: i64) -> Result<Claims, Rejection> {
        self.cache.verify_at(&self.verifier, token, keys, now)
    }

    fn judge(&self, token: &str, now: i64) -> Result<Claims, Rejection> {
        self.judge_by(&self.keys, token, now)
    }

    /// Caches a token that does not exist. If it is accepted, it came from the cache.
    fn plant(&self, text: &str, now: i64) -> Claims {
        let claims = self.claims("planted@example.org");
        let key = self.keys.find(self.issuer.key_id()).unwrap().fingerprint;
        let hash = hash(text);
        self.cache.shard(&hash).keep(hash, Arc::new(VerifiedToken { claims: claims.clone(), key }), now);
        claims
    }

    fn kept(&self) -> usize {
        self.cache.0.iter().map(|shard| shard.lock().unwrap().len()).sum()
    }
}

#[test]
fn a_token_that_has_verified_is_believed_without_its_signature() {
    let desk = Desk::new();
    assert!(desk.judge("planted", NOW).is_err());
    let claims = desk.plant("planted", NOW);
    assert_eq!(desk.judge("planted", NOW), Ok(claims));
    assert!(desk.judge("plante", NOW).is_err());
    assert!(desk.judge("Planted", NOW).is_err());
}

#[test]
fn a_token_is_kept_once_and_a_refused_one_not_at_all() {
    let desk = Desk::new();
    let token = desk.issuer.sign(&desk.claims("ada@example.org"));
    for _ in 0..3 {
        assert_eq!(desk.judge(&token, NOW), Ok(desk.claims("ada@example.org")));
    }
    assert_eq!(desk.kept(), 1);
    let stranger = TestIssuer::new();
    for refused in [token[1..].to_owned(), stranger.sign(&desk.claims("ada@example.org")), String::new()] {
        assert!(desk.judge(&refused, NOW).is_err());
    }
    let early = desk.issuer.sign(&desk.claims("bob@example.org"));
    assert_eq!(desk.judge(&early, NOW - 60), Err(Rejection::NotYetValid));
    assert_eq!(desk.kept(), 1);
}

/// J10: a cached token expires to the second.
#[test]
fn what_is_kept_ends_with_the_token() {
    let desk = Desk::new();
    let token = desk.issuer.sign(&desk.claims("ada@example.org"));
    assert!(desk.judge(&token, NOW).is_ok());
    desk.plant("planted", NOW);
    assert!(desk.judge("planted", NOW + 304).is_ok());
    assert!(desk.judge(&token, NOW + 304).is_ok());
    assert_eq!(desk.kept(), 2);
    assert_eq!(desk.judge(&token, NOW + 305), Err(Rejection::Expired));
    assert!(desk.judge("planted", NOW + 305).is_err());
    assert_eq!(desk.kept(), 0);
}

#[test]
fn a_clock_that_is_put_back_is_believed_too() {
    let desk = Desk::new();
    let token = desk.issuer.sign(&desk.claims("ada@example.org"));
    assert!(desk.judge(&token, NOW).is_ok());
    for absurd in [NOW - 6, 0, i64::MIN] {
        assert_eq!(desk.judge(&token, absurd), Err(Rejection::NotYetValid));
    }
    assert_eq!(desk.judge(&token, i64::MAX), Err(Rejection::Expired));
    assert!(desk.judge(&token, NOW).is_ok());
}

/// K5: the entry is dropped at the first request after the key is removed, and does not come back
/// with the key.
#[test]
fn what_is_kept_goes_with_its_key() {
    let desk = Desk::new();
    let token = desk.issuer.sign(&desk.claims("ada@example.org"));
    assert!(desk.judge(&token, NOW).is_ok());
    desk.plant("planted", NOW);
    let other = TestIssuer::new().keys();
    assert_eq!(
        desk.judge_by(&other, &token, NOW),
        Err(Rejection::UnknownKey(desk.issuer.key_id().to_owned()))
    );
    assert!(desk.judge_by(&other, "planted", NOW).is_err());
    assert_eq!(desk.kept(), 0);
    assert!(desk.judge("planted", NOW).is_err());
    assert!(desk.judge(&token, NOW).is_ok());
}

/// K5: the same key id with another key is another key.
#[test]
fn what_is_kept_goes_when_its_key_changes_under_the_same_id() {
    for algorithm in [TestAlgorithm::Es256, TestAlgorithm::EdDsa] {
        let desk = Desk::of(TestIssuer::with_algorithm(algorithm));
        let token = desk.issuer.sign(&desk.claims("ada@example.org"));
        assert!(desk.judge(&token, NOW).is_ok());
        for other in [TestAlgorithm::Es256, TestAlgorithm::EdDsa] {
            let mut jwk = TestIssuer::with_algorithm(other).jwk();
            jwk["kid"] = desk.issuer.key_id().into();
            let changed = KeySet::from_json(format!("{{\"keys\":[{jwk}]}}").as_bytes()).unwrap();
            desk.plant("planted", NOW);
            let cause = if other == algorithm { Rejection::BadSignature } else { Rejection::AlgMismatch };
            assert_eq!(desk.judge_by(&changed, &token, NOW), Err(cause));
            assert!(desk.judge_by(&changed, "planted", NOW).is_err());
            assert_eq!(desk.kept(), 0);
        }
    }
}

/// Replacing a shared key ends the tokens that it signed.
#[test]
fn what_a_shared_key_signed_goes_with_it() {
    let desk = Desk::of(TestIssuer::with_algorithm(TestAlgorithm::Hs512));
    let claims = desk.plant("planted", NOW);
    assert_eq!(desk.judge("planted", NOW), Ok(claims));
    let replaced = TestIssuer::with_algorithm(TestAlgorithm::Hs512).keys();
    assert!(desk.judge_by(&replaced, "planted", NOW).is_err());
    assert_eq!(desk.kept(), 0);
}

/// Reloading the same keys keeps the entries.
#[test]
fn a_set_that_was_loaded_again_keeps_what_its_keys_signed() {
    for algorithm in [TestAlgorithm::Es256, TestAlgorithm::EdDsa, TestAlgorithm::Hs512] {
        let desk = Desk::of(TestIssuer::with_algorithm(algorithm));
        let claims = desk.plant("planted", NOW);
        assert_eq!(desk.judge_by(&desk.issuer.keys(), "planted", NOW), Ok(claims.clone()));
        let grown = desk.issuer.keys().with_signing_key(&[7; 64]).unwrap();
        assert_eq!(desk.judge_by(&grown, "planted", NOW), Ok(claims));
    }
}

#[test]
fn another_issuer_audience_or_length_of_life_is_judged_by_its_own_rules() {
    let desk = Desk::new();
    desk.plant("planted", NOW);
    let claims = desk.claims("ada@example.org");
    for other in [
        Verifier::new("https://auth.example.org", claims.aud.clone()),
        Verifier::new(claims.iss.clone(), "example.org"),
        Verifier::new(claims.iss.clone(), claims.aud.clone()).with_max_life(60),
    ] {
        desk.plant("planted", NOW);
        assert!(desk.cache.verify_at(&other, "planted", &desk.keys, NOW).is_err());
    }
}

#[test]
fn a_hundred_thousand_tokens_find_room_for_four_thousand() {
    let desk = Desk::new();
    desk.plant("asked for", NOW);
    for n in 0..100_000 {
        desk.plant(&n.to_string(), NOW);
        // Once in a generation of the whole cache: half its capacity.
        if n % 1000 == 0 {
            assert!(desk.judge("asked for", NOW).is_ok(), "{n}");
        }
    }
    assert_eq!(CAPACITY, 4096);
    assert!((CAPACITY / 2..=CAPACITY).contains(&desk.kept()), "{}", desk.kept());
    assert!(desk.judge("0", NOW).is_err());
    assert!(desk.judge("99999", NOW).is_ok());
}

#[test]
fn what_nobody_asks_for_is_forgotten_in_time() {
    let desk = Desk::new();
    for n in 0..1000 {
        desk.plant(&n.to_string(), NOW);
    }
    for later in [300, 600] {
        // Enough that every shard gets some.
        for n in 0..200 {
            desk.plant(&format!("{later} {n}"), NOW + later);
        }
    }
    assert_eq!(desk.kept(), 400);
}

/// The largest cached entry is a few times as large as its token, which is no larger than a cookie.
#[test]
fn tokens_that_would_take_much_room_are_verified_each_time() {
    let desk = Desk::new();
    let mut wordy = desk.claims("ada@example.org");
    wordy.roles = vec![String::new(); 127];
    assert!(desk.judge(&desk.issuer.sign(&wordy), NOW).is_ok());
    assert_eq!(desk.kept(), 1);
    wordy.roles.push(String::new());
    let mut long = desk.claims("ada@example.org");
    long.user_first_name = "a".repeat(3000);
    for claims in [wordy, long] {
        let token = desk.issuer.sign(&claims);
        assert_eq!(desk.judge(&token, NOW), Ok(claims.clone()));
        assert_eq!(desk.judge(&token, NOW), Ok(claims));
        assert_eq!(desk.kept(), 1);
    }
}

#[test]
fn a_thread_that_panics_takes_nobody_with_it() {
    let desk = Desk::new();
    let claims = desk.plant("planted", NOW);
    let hash = hash("planted");
    std::thread::scope(|scope| {
        let panicking = scope.spawn(|| {
            let _held = desk.cache.shard(&hash);
            panic!("while it holds the lock");
        });
        assert!(panicking.join().is_err());
    });
    assert_eq!(desk.judge("planted", NOW), Ok(claims));
}

#[test]
fn printing_it_shows_nobody() {
    let desk = Desk::new();
    desk.plant("planted", NOW);
    assert_eq!(format!("{:?}", desk.cache), "Cache(at most 4096)");
}
