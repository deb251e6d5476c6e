//! Hostile tokens, which must be refused.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::json;
use shared_claims::{KeySet, Part, Rejection};

use crate::hostile_hs512::forms_of;
use crate::hostile_table::{Row, b64, headers, payloads, shapes, signatures, times_and_absences};
use crate::support::{Mint, NOW, Raw};

fn all_refused(mint: &Mint, rows: &[Row]) {
    for (name, token, cause) in rows {
        assert_eq!(mint.judge(token).as_ref(), Err(cause), "{name}");
    }
}

/// J1: more than a hundred hostile tokens, each refused for its own reason.
#[test]
fn hostile_tokens_are_refused_each_for_its_reason() {
    let mint = Mint::new();
    let tables =
        [shapes(&mint), headers(&mint), payloads(&mint), times_and_absences(&mint), signatures(&mint)];
    let count: usize = tables.iter().map(Vec::len).sum();
    for rows in &tables {
        all_refused(&mint, rows);
    }
    assert!(count >= 200, "only {count}");
    println!("{count} hostile tokens");
}

/// J1: the same rules hold for every kind of key.
#[test]
fn hostile_payloads_are_refused_whatever_key_signed_them() {
    for mint in Mint::of_each() {
        for rows in [shapes(&mint), payloads(&mint), times_and_absences(&mint)] {
            all_refused(&mint, &rows);
        }
    }
}

/// The table proves something only if the unaltered token is accepted.
#[test]
fn the_token_they_are_made_from_is_accepted() {
    for mint in Mint::of_each() {
        assert_eq!(mint.judge(&mint.over(&mint.payload().text())), Ok(mint.claims()));
    }
}

#[test]
fn names_may_be_missing_and_unknown_claims_are_tolerated() {
    let mint = Mint::new();
    let payload = mint.payload().without("user_first_name").without("user_last_name");
    let payload = payload.with("later", "{\"a\":[1,2.5,null,{\"b\":-3}]}").with("locale", "\"de\"");
    let claims = mint.judge(&mint.over(&payload.text())).unwrap();
    assert_eq!((claims.user_first_name.as_str(), claims.user_last_name.as_str()), ("", ""));
}

/// J3: the key decides the algorithm, whatever the token says. It is compared before any
/// cryptography: this signature is invalid, and the reason is still the algorithm.
#[test]
fn an_algorithm_that_is_not_the_keys_is_refused_before_any_cryptography() {
    let mint = Mint::new();
    let header = mint.header().with("alg", "\"EdDSA\"").text();
    let token = format!("{}.{}.{}", b64(header), b64(mint.payload().text()), b64([7; 3]));
    assert_eq!(mint.judge(&token), Err(Rejection::AlgMismatch));
}

/// J4: the public key as an HMAC secret, in every form in which a program may load it. For HS512
/// see `hostile_hs512`.
#[test]
fn the_public_key_is_no_hmac_secret() {
    let mint = Mint::new();
    for (alg, algorithm) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384)] {
        for (form, secret) in forms_of(&mint.issuer) {
            for (named, cause) in [(alg, Rejection::AlgNotAllowed), ("ES256", Rejection::BadSignature)] {
                let header = mint.header().with("alg", &format!("\"{named}\""));
                let message = format!("{}.{}", b64(header.text()), b64(mint.payload().text()));
                let tag = hmac::sign(&hmac::Key::new(algorithm, &secret), message.as_bytes());
                assert_eq!(mint.judge(&format!("{message}.{}", b64(tag))), Err(cause), "{alg} {form}");
            }
        }
    }
}

/// J5: a token with URLs to fetch keys from causes no connection to them.
#[test]
fn a_token_opens_no_socket() {
    let mint = Mint::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("\"http://{}/keys\"", listener.local_addr().unwrap());
    for name in ["jku", "x5u"] {
        let token = mint.under(&mint.header().with(name, &url).text());
        assert_eq!(mint.judge(&token), Err(Rejection::HeaderMember));
    }
    let kid = mint.under(&mint.header().with("kid", &url).text());
    assert!(matches!(mint.judge(&kid), Err(Rejection::UnknownKey(_))));
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// J12: a token that is too large is refused for its size alone, valid or not.
#[test]
fn a_token_above_8_kb_is_refused_without_being_decoded() {
    let mint = Mint::new();
    let signed = mint.over(&mint.payload().with("x", &format!("\"{}\"", "a".repeat(8000))).text());
    assert!(signed.len() > 8192);
    let no_base64 = "%".repeat(8193);
    let no_parts = "A".repeat(100_000);
    for token in [signed.as_str(), &no_base64, &no_parts] {
        assert_eq!(mint.judge(token), Err(Rejection::TooLarge));
    }
    // One byte less, and the token is decoded, so the reason is its base64.
    assert_eq!(mint.judge(&format!("{}.a.b", "%".repeat(8188))), Err(Rejection::NotBase64(Part::Header)));
    let fits = mint.over(&mint.payload().with("x", &format!("\"{}\"", "a".repeat(5000))).text());
    assert!(mint.judge(&fits).is_ok());
}

#[test]
fn eddsa_keys_verify_eddsa_tokens_and_nothing_else() {
    let mint = Mint::new();
    let pair = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "ed",
        "x": b64(pair.public_key().as_ref())});
    let keys = KeySet::from_json(json!({"keys": [jwk, mint.issuer.jwk()]}).to_string().as_bytes()).unwrap();
    let header = |alg: &str| Raw::new(&[("alg", alg), ("typ", "\"at+jwt\""), ("kid", "\"ed\"")]).text();
    let message = |alg: &str| format!("{}.{}", b64(header(alg)), b64(mint.payload().text()));
    let token = |alg: &str| format!("{}.{}", message(alg), b64(pair.sign(message(alg).as_bytes())));
    let judge = |token: &str| mint.verifier.verify_at(token, &keys, NOW);
    assert_eq!(judge(&token("\"EdDSA\"")), Ok(mint.claims()));
    assert_eq!(judge(&token("\"ES256\"")), Err(Rejection::AlgMismatch));
    assert_eq!(
        judge(&mint.issuer.sign_raw(&header("\"EdDSA\""), &mint.payload().text())),
        Err(Rejection::BadSignature)
    );
    // A set can have both kinds of key.
    assert!(judge(&mint.over(&mint.payload().text())).is_ok());
}

/// A token is refused once its key has left the set.
#[test]
fn a_token_of_a_retired_key_is_refused() {
    let mint = Mint::new();
    let token = mint.over(&mint.payload().text());
    let new = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = new.public_key().as_ref()[1..].split_at(32);
    let jwk = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "new", "x": b64(x), "y": b64(y)});
    let keys = KeySet::from_json(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
    let cause = mint.verifier.verify_at(&token, &keys, NOW);
    assert_eq!(cause, Err(Rejection::UnknownKey(mint.issuer.key_id().to_owned())));
}

/// J14, L1: the log names the cause. Of the token it shows nothing but the id of an unknown key.
#[test]
fn the_text_of_a_rejection_holds_no_token() {
    let mint = Mint::new();
    let secretish = mint.payload().with("iss", "\"http://evil.example\"").text();
    let token = mint.over(&secretish);
    let text = mint.judge(&token).unwrap_err().to_string();
    for part in token.split('.').chain(["evil.example"]) {
        assert!(!text.contains(part), "{text}");
    }
}
