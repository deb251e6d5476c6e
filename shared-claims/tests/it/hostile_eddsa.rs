//! Tokens that an Ed25519 key must not verify (J1, J3).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_claims::Rejection;
use shared_claims::testing::{TestAlgorithm, TestIssuer};

use crate::hostile_table::{Row, b64};
use crate::support::Mint;

/// The order of the group, little-endian (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Tokens around the key of a mint that signs with EdDSA.
pub fn eddsa(mint: &Mint) -> Vec<Row> {
    let good = mint.over(&mint.payload().text());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = bytes.split_at(32);
    let signed = |bytes: &[u8]| format!("{message}.{}", b64(bytes));
    let alg = |alg: &str| mint.under(&mint.header().with("alg", &format!("\"{alg}\"")).text());
    let elsewhere = TestIssuer::from_seed(TestAlgorithm::EdDsa, "somebody else's");
    let other_payload = mint.payload().with("user_is_superuser", "true").text();
    let mut flipped = bytes.clone();
    flipped[0] ^= 1;
    let neutral = [&[1], &[0; 63][..]].concat();
    let bad = Rejection::BadSignature;
    vec![
        (
            "another key under our kid",
            elsewhere.sign_raw(&mint.header().text(), &mint.payload().text()),
            bad.clone(),
        ),
        (
            "of another payload",
            format!("{}.{}.{signature}", b64(mint.header().text()), b64(other_payload)),
            bad.clone(),
        ),
        ("one bit off", signed(&flipped), bad.clone()),
        (
            "s and the order: the same signature otherwise written",
            signed(&[r, &plus_order(s)].concat()),
            bad.clone(),
        ),
        ("r and s exchanged", signed(&[s, r].concat()), bad.clone()),
        ("all zeros", signed(&[0; 64]), bad.clone()),
        ("the neutral point and zero", signed(&neutral), bad.clone()),
        ("63 bytes", signed(&bytes[..63]), bad.clone()),
        ("65 bytes", signed(&[&bytes[..], &[0]].concat()), bad),
        ("ES256 named", alg("ES256"), Rejection::AlgMismatch),
        ("HS512 named", alg("HS512"), Rejection::AlgMismatch),
        (
            "Ed25519 named (RFC 9864), which the key set does not say",
            alg("Ed25519"),
            Rejection::AlgNotAllowed,
        ),
        ("Ed448 named", alg("Ed448"), Rejection::AlgNotAllowed),
        ("eddsa named", alg("eddsa"), Rejection::AlgNotAllowed),
    ]
}

fn plus_order(s: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    s.iter()
        .zip(ORDER)
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(b) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect()
}

#[test]
fn an_ed25519_key_opens_nothing_but_its_own_tokens() {
    let mint = Mint::of(TestIssuer::with_algorithm(TestAlgorithm::EdDsa));
    for (name, token, cause) in eddsa(&mint) {
        assert_eq!(mint.judge(&token), Err(cause), "{name}");
    }
}
