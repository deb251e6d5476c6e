//! K6: what passes for a set of keys.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_claims::testing::TestIssuer;
use shared_claims::{KeySet, KeySetError};

fn read(keys: Value) -> Result<Vec<String>, KeySetError> {
    let set = KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes())?;
    Ok(set.key_ids().map(str::to_owned).collect())
}

/// A good key under the id `k`, with some members changed; `null` takes one away.
fn key(changes: Value) -> Value {
    let mut key = TestIssuer::new().jwk();
    key["kid"] = "k".into();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => key.as_object_mut().unwrap().remove(name),
            value => key.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    key
}

fn ed_key() -> Value {
    let pair = Ed25519KeyPair::generate().unwrap();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "e", "x": x})
}

#[test]
fn a_set_of_good_keys_is_read_in_order() {
    assert_eq!(read(json!([key(json!({})), ed_key()])), Ok(vec!["k".to_owned(), "e".to_owned()]));
    // Members that say nothing about trust are nobody's business.
    assert!(read(json!([key(json!({"key_ops": ["verify"], "x5t": "abc", "note": {"a": [1]}}))])).is_ok());
    let with_more = br#"{"version":1,"keys":[]}"#;
    assert_eq!(KeySet::from_json(with_more).unwrap_err(), KeySetError::Empty);
}

/// K6: each fault refuses the whole set, beside however many good keys.
#[test]
fn one_bad_key_refuses_the_set() {
    let k = || "k".to_owned();
    let short = URL_SAFE_NO_PAD.encode([1; 31]);
    let long = URL_SAFE_NO_PAD.encode([1; 33]);
    let zero = URL_SAFE_NO_PAD.encode([0; 32]);
    let padded = format!("{}=", URL_SAFE_NO_PAD.encode([1; 32]));
    let rsa = json!({"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": "AQAB", "e": "AQAB"});
    for (change, error) in [
        (json!({"kid": null}), KeySetError::Kid),
        (json!({"kid": ""}), KeySetError::Kid),
        (json!({"kid": 1}), KeySetError::Kid),
        (json!({"kid": "a b"}), KeySetError::Kid),
        (json!({"kid": "k".repeat(129)}), KeySetError::Kid),
        (json!({"d": "AAAA"}), KeySetError::PrivateMember(k())),
        (json!({"d": ""}), KeySetError::PrivateMember(k())),
        (json!({"k": "AAAA"}), KeySetError::PrivateMember(k())),
        (json!({"p": "AAAA"}), KeySetError::PrivateMember(k())),
        (json!({"oth": []}), KeySetError::PrivateMember(k())),
        (json!({"kty": "oct", "k": "AAAA", "alg": "HS256"}), KeySetError::Symmetric(k())),
        (json!({"kty": "oct"}), KeySetError::Symmetric(k())),
        (json!({"use": null}), KeySetError::Use(k())),
        (json!({"use": "enc"}), KeySetError::Use(k())),
        (json!({"use": ["sig"]}), KeySetError::Use(k())),
        (json!({"key_ops": ["sign", "verify"]}), KeySetError::Use(k())),
        (json!({"key_ops": "verify"}), KeySetError::Use(k())),
        (json!({"alg": null}), KeySetError::Alg(k())),
        (json!({"alg": "none"}), KeySetError::Alg(k())),
        (json!({"alg": "HS256"}), KeySetError::Alg(k())),
        (json!({"alg": "ES384"}), KeySetError::Alg(k())),
        (json!({"alg": "ES256K"}), KeySetError::Alg(k())),
        (json!({"alg": "EdDSA"}), KeySetError::Curve(k())),
        (json!({"crv": "P-384"}), KeySetError::Curve(k())),
        (json!({"crv": "secp256k1"}), KeySetError::Curve(k())),
        (json!({"crv": null}), KeySetError::Curve(k())),
        (json!({"kty": "OKP"}), KeySetError::Curve(k())),
        (json!({"kty": "RSA"}), KeySetError::Curve(k())),
        (json!({"kty": null}), KeySetError::Curve(k())),
        (json!({"x": null}), KeySetError::Point(k())),
        (json!({"x": short.clone()}), KeySetError::Point(k())),
        (json!({"x": long}), KeySetError::Point(k())),
        (json!({"y": short}), KeySetError::Point(k())),
        (json!({"x": padded}), KeySetError::Point(k())),
        (json!({"x": "+/"}), KeySetError::Point(k())),
        (json!({"x": zero.clone()}), KeySetError::Point(k())),
        (json!({"x": zero.clone(), "y": zero}), KeySetError::Point(k())),
    ] {
        assert_eq!(read(json!([ed_key(), key(change.clone())])), Err(error), "{change}");
    }
    assert_eq!(read(json!([rsa])), Err(KeySetError::Alg(k())));
    let mut x448 = ed_key();
    x448["crv"] = "Ed448".into();
    assert_eq!(read(json!([x448])), Err(KeySetError::Curve("e".into())));
}

/// K6
#[test]
fn two_keys_of_one_id_are_refused() {
    let again = key(json!({}));
    assert_eq!(read(json!([key(json!({})), ed_key(), again])), Err(KeySetError::DuplicateKid("k".into())));
}

/// K6, J9
#[test]
fn what_is_no_set_is_refused() {
    for text in [
        "",
        "[]",
        "null",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":null}",
        "{\"keys\":[1]}",
        "{\"keys\":[]} x",
        "<html></html>",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}",
        "{\"keys\":[[]]}",
        "\u{feff}{\"keys\":[]}",
    ] {
        assert_eq!(KeySet::from_json(text.as_bytes()).unwrap_err(), KeySetError::NotAJwks, "{text}");
    }
    assert_eq!(KeySet::from_json(b"\xff{").unwrap_err(), KeySetError::NotAJwks);
    assert_eq!(read(json!([])), Err(KeySetError::Empty));
    let many: Vec<_> = (0..33).map(|n| key(json!({ "kid": n.to_string() }))).collect();
    assert_eq!(read(json!(many)), Err(KeySetError::TooMany));
}

/// L1: what an operator reads about a bad key is its id, not its private part.
#[test]
fn the_text_of_an_error_shows_no_key_material() {
    let error = read(json!([key(json!({"d": "c2VjcmV0"}))])).unwrap_err().to_string();
    assert_eq!(error, "the key k shows its private part");
}
