//! J2: public test vectors for the signature check, without our own rules, which would refuse them
//! all.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::verifier::check_signature;
use crate::{KeySet, Rejection};

fn check(jwk: &str, message: &str, signature: &[u8]) -> Result<(), Rejection> {
    let keys = KeySet::from_json(format!("{{\"keys\":[{jwk}]}}").as_bytes()).expect("a good key");
    let kid = keys.key_ids().next().expect("one key").to_owned();
    check_signature(keys.find(&kid).expect("that key"), message.as_bytes(), signature.to_vec())
}

fn verifies_and_does_not_when_altered(jwk: &str, token: &str) {
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    assert_eq!(check(jwk, message, &signature), Ok(()));
    for n in 0..signature.len() {
        let mut altered = signature.clone();
        altered[n] ^= 1 << (n % 8);
        assert_eq!(check(jwk, message, &altered), Err(Rejection::BadSignature), "byte {n}");
    }
    assert_eq!(check(jwk, &message[1..], &signature), Err(Rejection::BadSignature));
}

/// J2: RFC 7515, appendix A.3.
#[test]
fn the_es256_example_of_rfc_7515_verifies() {
    verifies_and_does_not_when_altered(
        r#"{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"A.3",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        "eyJhbGciOiJFUzI1NiJ9.\
         eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
         DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
}

/// J2: RFC 8037, appendix A.4.
#[test]
fn the_ed25519_example_of_rfc_8037_verifies() {
    verifies_and_does_not_when_altered(
        r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"A.4",
            "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
         hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
}

/// J2: all P-256 and Ed25519 vectors of project Wycheproof, if they are on this machine.
#[test]
#[ignore = "needs C2SP/wycheproof; WYCHEPROOF names its folder testvectors_v1"]
fn the_vectors_of_wycheproof_come_out_as_listed() {
    let folder = std::env::var("WYCHEPROOF").expect("WYCHEPROOF names a folder");
    let mut counts = Vec::new();
    for (file, more) in [
        ("ecdsa_secp256r1_sha256_p1363_test.json", r#""alg":"ES256","use":"sig""#),
        ("ed25519_test.json", r#""alg":"EdDSA","use":"sig""#),
    ] {
        let text = std::fs::read(format!("{folder}/{file}")).expect(file);
        let vectors: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        let mut count = 0;
        for group in vectors["testGroups"].as_array().expect("groups") {
            let key = wycheproof_jwk(group, more);
            for test in group["tests"].as_array().expect("tests") {
                let bytes = |name: &str| hex(test[name].as_str().expect("hex"));
                let keys = KeySet::from_json(format!("{{\"keys\":[{key}]}}").as_bytes());
                let verdict = keys.map_err(|_| Rejection::BadSignature).and_then(|keys| {
                    check_signature(keys.find("w").expect("the key"), &bytes("msg"), bytes("sig"))
                });
                assert_eq!(verdict.is_ok(), test["result"] == "valid", "{file} {}", test["tcId"]);
                count += 1;
            }
        }
        counts.push((file, count));
    }
    println!("{counts:?}");
}

/// The group's key as a JWK that we accept.
fn wycheproof_jwk(group: &serde_json::Value, more: &str) -> String {
    let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let public = &group["publicKey"];
    if let Some(point) = public["uncompressed"].as_str().map(hex) {
        let (x, y) = (b64(&point[1..33]), b64(&point[33..]));
        return format!(r#"{{"kty":"EC","crv":"P-256","kid":"w",{more},"x":"{x}","y":"{y}"}}"#);
    }
    let x = b64(&hex(public["pk"].as_str().expect("an Ed25519 key")));
    format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"w",{more},"x":"{x}"}}"#)
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|n| u8::from_str_radix(&text[n..n + 2], 16).expect("hex")).collect()
}
