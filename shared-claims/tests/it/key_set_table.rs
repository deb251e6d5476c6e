//! Table of key sets: name, document, shared key, and the ids or the expected error (K6).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_claims::KeySetError;
use shared_claims::testing::{TestAlgorithm, TestIssuer};

pub struct Row {
    pub name: String,
    pub document: String,
    pub signing_key: Option<String>,
    pub verdict: Result<Vec<String>, KeySetError>,
}

fn row(name: &str, document: impl ToString, verdict: Result<&[&str], KeySetError>) -> Row {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Row {
        name: name.to_owned(),
        document: document.to_string(),
        signing_key: None,
        verdict: verdict.map(ids),
    }
}

fn set(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

/// The ES256 key of that number, with the id `k`.
fn ec(number: u32) -> Value {
    let mut key = TestIssuer::from_seed(TestAlgorithm::Es256, &format!("key {number}")).jwk();
    key["kid"] = "k".into();
    key
}

/// An EdDSA key with the id `e`.
fn ed() -> Value {
    let mut key = TestIssuer::from_seed(TestAlgorithm::EdDsa, "key").jwk();
    key["kid"] = "e".into();
    key
}

/// A key with some members changed. `null` removes one.
fn with(mut key: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => key.as_object_mut().unwrap().remove(name),
            value => key.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    key
}

fn called(kid: &str, number: u32) -> Value {
    with(ec(number), &json!({ "kid": kid }))
}

/// Valid sets.
pub fn good_sets() -> Vec<Row> {
    let harmless = with(ec(1), &json!({"key_ops": ["verify"], "x5t": "abc", "note": {"a": [1]}}));
    let many: Vec<_> = (0..32).map(|n| called(&format!("key-{n}"), n)).collect();
    let kids: Vec<_> = (0..32).map(|n| format!("key-{n}")).collect();
    let long = "k".repeat(128);
    vec![
        row("one ES256 key", set(&[ec(1)]), Ok(&["k"])),
        row("one EdDSA key", set(&[ed()]), Ok(&["e"])),
        row("both kinds, in their order", set(&[ec(1), ed()]), Ok(&["k", "e"])),
        row(
            "two keys, as during a rotation",
            set(&[called("old", 1), called("new", 2)]),
            Ok(&["old", "new"]),
        ),
        row("one key under two ids", set(&[called("a", 1), called("b", 1)]), Ok(&["a", "b"])),
        row("members that say nothing about trust", set(&[harmless]), Ok(&["k"])),
        row("members beside keys", json!({"version": 1, "keys": [ec(1)], "more": [{}]}), Ok(&["k"])),
        row("an id of 128 characters", set(&[called(&long, 1)]), Ok(&[&long])),
        row(
            "an id that is a URL",
            set(&[called("https://a.example/k~1+_=", 1)]),
            Ok(&["https://a.example/k~1+_="]),
        ),
        row("32 keys", set(&many), Ok(&kids.iter().map(String::as_str).collect::<Vec<_>>())),
    ]
}

/// One bad key beside a good one. Each fault refuses the whole set.
pub fn bad_keys() -> Vec<Row> {
    let k = || "k".to_owned();
    let zeros = |n: usize| URL_SAFE_NO_PAD.encode(vec![0; n]);
    let ones = |n: usize| URL_SAFE_NO_PAD.encode(vec![1; n]);
    let x = ec(1)["x"].as_str().unwrap().to_owned();
    let (private, symmetric) = (|| KeySetError::PrivateMember(k()), || KeySetError::Symmetric(k()));
    let (not_sig, alg) = (|| KeySetError::Use(k()), || KeySetError::Alg(k()));
    let (curve, point) = (|| KeySetError::Curve(k()), || KeySetError::Point(k()));
    let changed = |rows: &[(&str, Value, KeySetError)]| -> Vec<Row> {
        rows.iter()
            .map(|(name, change, fault)| row(name, set(&[ed(), with(ec(1), change)]), Err(fault.clone())))
            .collect()
    };
    let mut rows = changed(&[
        ("no kid", json!({"kid": null}), KeySetError::Kid),
        ("kid empty", json!({"kid": ""}), KeySetError::Kid),
        ("kid a number", json!({"kid": 1}), KeySetError::Kid),
        ("kid with a space", json!({"kid": "a b"}), KeySetError::Kid),
        ("kid with a line end", json!({"kid": "a\nb"}), KeySetError::Kid),
        ("kid too long", json!({"kid": "k".repeat(129)}), KeySetError::Kid),
        ("the private member d", json!({"d": "AAAA"}), private()),
        ("the private member d, empty", json!({"d": ""}), private()),
        ("the symmetric member k", json!({"k": "AAAA"}), private()),
        ("the private member p", json!({"p": "AAAA"}), private()),
        ("the private member oth", json!({"oth": []}), private()),
        ("a symmetric key", json!({"kty": "oct", "k": "AAAA", "alg": "HS256"}), symmetric()),
        ("a symmetric key for HS512", json!({"kty": "oct", "k": ones(64), "alg": "HS512"}), symmetric()),
        ("a symmetric key without its key", json!({"kty": "oct"}), symmetric()),
        ("no use", json!({"use": null}), not_sig()),
        ("use enc", json!({"use": "enc"}), not_sig()),
        ("use a list", json!({"use": ["sig"]}), not_sig()),
        ("key_ops with sign", json!({"key_ops": ["sign", "verify"]}), not_sig()),
        ("key_ops empty", json!({"key_ops": []}), not_sig()),
        ("key_ops a string", json!({"key_ops": "verify"}), not_sig()),
        ("no alg", json!({"alg": null}), alg()),
        ("alg none", json!({"alg": "none"}), alg()),
        ("alg es256", json!({"alg": "es256"}), alg()),
        ("alg HS256 on a public key", json!({"alg": "HS256"}), alg()),
        ("alg HS512 on a public key", json!({"alg": "HS512"}), alg()),
        ("alg ES384", json!({"alg": "ES384"}), alg()),
        ("alg ES256K", json!({"alg": "ES256K"}), alg()),
        ("alg Ed25519", json!({"alg": "Ed25519"}), alg()),
        ("alg EdDSA on an EC key", json!({"alg": "EdDSA"}), curve()),
        ("crv P-384", json!({"crv": "P-384"}), curve()),
        ("crv secp256k1", json!({"crv": "secp256k1"}), curve()),
        ("no crv", json!({"crv": null}), curve()),
        ("kty OKP on an EC key", json!({"kty": "OKP"}), curve()),
        ("kty RSA on an EC key", json!({"kty": "RSA"}), curve()),
        ("no kty", json!({"kty": null}), curve()),
        ("no x", json!({"x": null}), point()),
        ("no y", json!({"y": null}), point()),
        ("x of 31 bytes", json!({"x": ones(31)}), point()),
        ("x of 33 bytes", json!({"x": ones(33)}), point()),
        ("y of 31 bytes", json!({"y": ones(31)}), point()),
        ("x with padding", json!({"x": format!("{x}=")}), point()),
        ("x in the other alphabet", json!({"x": "+/"}), point()),
        ("x zero: not on the curve", json!({"x": zeros(32)}), point()),
        ("x and y zero: the point at infinity", json!({"x": zeros(32), "y": zeros(32)}), point()),
        ("x and y exchanged: not on the curve", json!({"x": ec(1)["y"], "y": ec(1)["x"]}), point()),
        ("x of another key: not on the curve", json!({"x": ec(2)["x"]}), point()),
    ]);
    let ed_with = |change| set(&[ec(1), with(ed(), &change)]);
    let rsa = json!({"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": ones(256), "e": "AQAB"});
    rows.extend([
        row("an RSA key", set(&[ed(), rsa]), Err(alg())),
        row("crv Ed448", ed_with(json!({"crv": "Ed448"})), Err(KeySetError::Curve("e".into()))),
        row("crv X25519", ed_with(json!({"crv": "X25519"})), Err(KeySetError::Curve("e".into()))),
        row(
            "an Ed25519 key for ES256",
            ed_with(json!({"alg": "ES256"})),
            Err(KeySetError::Curve("e".into())),
        ),
        row(
            "an Ed25519 key of 31 bytes",
            ed_with(json!({"x": ones(31)})),
            Err(KeySetError::Point("e".into())),
        ),
        row(
            "an Ed25519 key with d",
            ed_with(json!({"d": ones(32)})),
            Err(KeySetError::PrivateMember("e".into())),
        ),
    ]);
    rows
}

/// Documents that are invalid as a whole.
pub fn bad_sets() -> Vec<Row> {
    let many: Vec<_> = (0..33).map(|n| called(&n.to_string(), n)).collect();
    let twice = ec(1).to_string().replacen('{', "{\"alg\":\"HS256\",", 1);
    let no_set = || Err(KeySetError::NotAJwks);
    let again = || Err(KeySetError::DuplicateKid("k".to_owned()));
    let good = set(&[ec(1)]).to_string();
    vec![
        row("no key", set(&[]), Err(KeySetError::Empty)),
        row("no key, and something else", "{\"version\":1,\"keys\":[]}", Err(KeySetError::Empty)),
        row("33 keys", set(&many), Err(KeySetError::TooMany)),
        row("two keys of one id", set(&[ec(1), ed(), ec(2)]), again()),
        row("the same key twice", set(&[ec(1), ec(1)]), again()),
        row(
            "two keys of one id for two algorithms",
            set(&[ec(1), with(ed(), &json!({"kid": "k"}))]),
            again(),
        ),
        row("nothing", "", no_set()),
        row("a list", format!("[{}]", ec(1)), no_set()),
        row("a key instead of a set", ec(1), no_set()),
        row("null", "null", no_set()),
        row("no keys member", "{}", no_set()),
        row("keys an object", "{\"keys\":{}}", no_set()),
        row("keys null", "{\"keys\":null}", no_set()),
        row("a key that is a number", "{\"keys\":[1]}", no_set()),
        row("a key that is a list", "{\"keys\":[[]]}", no_set()),
        row("something after the set", format!("{good} x"), no_set()),
        row("a page", "<html></html>", no_set()),
        row("keys twice", format!("{{\"keys\":[],{}", &good[1..]), no_set()),
        row("a member of a key twice", format!("{{\"keys\":[{twice}]}}"), no_set()),
        row("a byte order mark", format!("\u{feff}{good}"), no_set()),
        row("cut off", &good[..good.len() - 1], no_set()),
    ]
}

/// JWKS documents beside a shared key.
pub fn beside_a_shared_key() -> Vec<Row> {
    let issuer = TestIssuer::from_seed(TestAlgorithm::Hs512, "key");
    let (key, kid) = (issuer.signing_key().unwrap(), issuer.key_id());
    let oct =
        json!({"kty": "oct", "use": "sig", "alg": "HS512", "kid": kid, "k": URL_SAFE_NO_PAD.encode(key)});
    let with_key = |key: &str, row: Row| Row { signing_key: Some(key.to_owned()), ..row };
    let duplicate = KeySetError::DuplicateKid(kid.to_owned());
    let symmetric = KeySetError::Symmetric(kid.to_owned());
    vec![
        with_key(key, row("an empty set beside a shared key", set(&[]), Ok(&[kid]))),
        with_key(key, row("public keys beside a shared key", set(&[ec(1), ed()]), Ok(&["k", "e", kid]))),
        with_key(key, row("a public key under the shared key's id", set(&[called(kid, 1)]), Err(duplicate))),
        with_key(key, row("the shared key, published", set(&[oct]), Err(symmetric))),
        with_key(key, row("no set beside a shared key", "{}", Err(KeySetError::NotAJwks))),
        with_key(
            &key[..64],
            row(
                "a shared key of 64 bytes",
                set(&[]),
                Ok(&[&shared_claims::signing_key_id(&key.as_bytes()[..64])]),
            ),
        ),
        with_key(&key[..63], row("a shared key of 63 bytes", set(&[]), Err(KeySetError::ShortSigningKey))),
        with_key("", row("a shared key of no bytes", set(&[ec(1)]), Err(KeySetError::ShortSigningKey))),
    ]
}
