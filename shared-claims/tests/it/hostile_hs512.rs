//! Tokens that a shared key must not verify, beside an ES256 key as during a migration (J1, J3,
//! J4).

use aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{KeySet, Part, Rejection, signing_key_id};

use crate::hostile_table::{Row, b64};
use crate::support::{Mint, NOW};

/// A key set with both keys, and the issuers that sign with them.
pub struct Both {
    pub es256: Mint,
    pub hs512: Mint,
    pub keys: KeySet,
}

impl Both {
    pub fn of(es256: TestIssuer, hs512: TestIssuer) -> Self {
        let key = hs512.signing_key().unwrap();
        let keys = KeySet::from_json_with_signing_key(es256.jwks().as_bytes(), key.as_bytes()).unwrap();
        Self { es256: Mint::of(es256), hs512: Mint::of(hs512), keys }
    }

    fn new() -> Self {
        Self::of(TestIssuer::new(), TestIssuer::with_algorithm(TestAlgorithm::Hs512))
    }

    fn judge(&self, token: &str) -> Result<(), Rejection> {
        self.hs512.verifier.verify_at(token, &self.keys, NOW).map(|_| ())
    }

    /// A token with this header, the valid payload, and a MAC made with these bytes as its key.
    fn maced(&self, header: &str, algorithm: hmac::Algorithm, key: &[u8]) -> String {
        let message = format!("{}.{}", b64(header), b64(self.hs512.payload().text()));
        format!("{message}.{}", b64(hmac::sign(&hmac::Key::new(algorithm, key), message.as_bytes())))
    }
}

/// A public ES256 key in every form in which a program may load it.
pub fn forms_of(issuer: &TestIssuer) -> Vec<(&'static str, Vec<u8>)> {
    let jwk = issuer.jwk();
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let coordinates = [coordinate("x"), coordinate("y")].concat();
    let point = [&[4], &coordinates[..]].concat();
    let prefix = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let der = [&prefix[..], &point].concat();
    let base64 = STANDARD.encode(&der);
    let pem =
        format!("-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----", &base64[..64], &base64[64..]);
    vec![
        ("PEM", pem.clone().into_bytes()),
        ("PEM with a line end", format!("{pem}\n").into_bytes()),
        ("DER", der),
        ("the point", point),
        ("x and y", coordinates),
        ("JWK", jwk.to_string().into_bytes()),
        ("JWKS", issuer.jwks().into_bytes()),
        ("the kid", issuer.key_id().as_bytes().to_vec()),
        ("nothing", Vec::new()),
    ]
}

/// Tokens whose MAC is made with a public key as the secret, under three headers.
pub fn public_keys_as_secrets(both: &Both) -> [(&'static str, Vec<Row>); 3] {
    let es256 = both.es256.header();
    [
        (
            "HS512 under the kid of the public key",
            es256.clone().with("alg", "\"HS512\""),
            Rejection::AlgMismatch,
        ),
        ("ES256 named", es256, Rejection::BadSignature),
        ("HS512 under the shared kid", both.hs512.header(), Rejection::BadSignature),
    ]
    .map(|(what, header, cause)| {
        let forms = forms_of(&both.es256.issuer).into_iter();
        let row = |(form, secret): (_, Vec<u8>)| {
            (form, both.maced(&header.text(), HMAC_SHA512, &secret), cause.clone())
        };
        (what, forms.map(row).collect())
    })
}

/// Tokens around the shared key.
pub fn shared_key(both: &Both) -> Vec<Row> {
    let (mint, key) = (&both.hs512, both.hs512.issuer.signing_key().unwrap());
    let right = |header: &str| both.maced(header, HMAC_SHA512, key.as_bytes());
    let by = |key: &[u8]| both.maced(&mint.header().text(), HMAC_SHA512, key);
    let alg = |alg: &str| mint.header().with("alg", &format!("\"{alg}\"")).text();
    let good = right(&mint.header().text());
    let (message, tag) = good.rsplit_once('.').unwrap();
    let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
    let tagged = |tag: &[u8]| format!("{message}.{}", b64(tag));
    let mut flipped = tag.clone();
    flipped[63] ^= 1;
    let other_payload = mint.payload().with("user_is_superuser", "true").text();
    let grafted = format!("{}.{}.{}", b64(mint.header().text()), b64(other_payload), b64(&tag));
    let longer = format!("{key}\n");
    let other = TestIssuer::from_seed(TestAlgorithm::Hs512, "somebody else's");
    let other_key = other.signing_key().unwrap();
    let other_kid = mint.header().with("kid", &format!("\"{}\"", other.key_id())).text();
    let payload = mint.payload().text();
    let (es256, kid) = (&both.es256.issuer, mint.issuer.key_id());
    let bad = Rejection::BadSignature;
    let not_allowed = Rejection::AlgNotAllowed;
    let mismatch = Rejection::AlgMismatch;
    vec![
        ("another key under our kid", by(other_key.as_bytes()), bad.clone()),
        ("the key with a line end", by(longer.as_bytes()), bad.clone()),
        ("the key without its last letter", by(&key.as_bytes()[..key.len() - 1]), bad.clone()),
        ("half of the key", by(&key.as_bytes()[..64]), bad.clone()),
        ("the key in capitals", by(key.to_uppercase().as_bytes()), bad.clone()),
        ("the key in base64", by(STANDARD.encode(key).as_bytes()), bad.clone()),
        ("the key's id for a key", by(kid.as_bytes()), bad.clone()),
        ("64 zeros for a key", by(&[0; 64]), bad.clone()),
        ("no key", by(&[]), bad.clone()),
        (
            "HS256 by the right key",
            both.maced(&alg("HS256"), HMAC_SHA256, key.as_bytes()),
            not_allowed.clone(),
        ),
        (
            "HS384 by the right key",
            both.maced(&alg("HS384"), HMAC_SHA384, key.as_bytes()),
            not_allowed.clone(),
        ),
        ("hs512", right(&alg("hs512")), not_allowed.clone()),
        ("Hs512", right(&alg("Hs512")), not_allowed.clone()),
        ("HS512 with a space", right(&alg("HS512 ")), not_allowed.clone()),
        ("SHA512", right(&alg("SHA512")), not_allowed.clone()),
        ("none, and a right MAC", right(&alg("none")), not_allowed),
        ("a MAC of SHA-256", both.maced(&mint.header().text(), HMAC_SHA256, key.as_bytes()), bad.clone()),
        ("a MAC of SHA-384", both.maced(&mint.header().text(), HMAC_SHA384, key.as_bytes()), bad.clone()),
        ("half of the MAC", tagged(&tag[..32]), bad.clone()),
        ("the MAC without its last byte", tagged(&tag[..63]), bad.clone()),
        ("one byte of the MAC", tagged(&tag[..1]), bad.clone()),
        ("the MAC and a zero", tagged(&[&tag[..], &[0]].concat()), bad.clone()),
        ("one bit of the MAC off", tagged(&flipped), bad.clone()),
        ("a MAC of zeros", tagged(&[0; 64]), bad.clone()),
        ("the MAC in hexadecimal", tagged(hex(&tag).as_bytes()), bad.clone()),
        ("no MAC", format!("{message}."), Rejection::NotThreeParts),
        ("the MAC with padding", format!("{good}=="), Rejection::NotBase64(Part::Signature)),
        ("the MAC of another payload", grafted, bad.clone()),
        ("an ES256 signature under the shared kid", es256.sign_raw(&mint.header().text(), &payload), bad),
        ("ES256 named, by the shared key", right(&alg("ES256")), mismatch.clone()),
        (
            "ES256 named and used under the shared kid",
            es256.sign_raw(&alg("ES256"), &payload),
            mismatch.clone(),
        ),
        ("EdDSA named, by the shared key", right(&alg("EdDSA")), mismatch.clone()),
        ("the shared key under the public kid", right(&both.es256.header().text()), Rejection::BadSignature),
        (
            "HS512 by the shared key under the public kid",
            right(&both.es256.header().with("alg", "\"HS512\"").text()),
            mismatch,
        ),
        (
            "no kid: no key is the usual one",
            right(&mint.header().without("kid").text()),
            Rejection::HeaderMissing("kid"),
        ),
        (
            "another key under its own kid",
            both.maced(&other_kid, HMAC_SHA512, other_key.as_bytes()),
            Rejection::UnknownKey(other.key_id().to_owned()),
        ),
        (
            "the key itself in the header",
            right(&mint.header().with("jwk", &format!("{{\"kty\":\"oct\",\"k\":\"{}\"}}", b64(key))).text()),
            Rejection::HeaderMember,
        ),
        ("typ JWT", right(&mint.header().with("typ", "\"JWT\"").text()), Rejection::WrongTyp),
        ("no typ", right(&mint.header().without("typ").text()), Rejection::HeaderMissing("typ")),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_shared_key_opens_nothing_but_its_own_tokens() {
    let both = Both::new();
    for (what, rows) in public_keys_as_secrets(&both).into_iter().chain([("", shared_key(&both))]) {
        for (name, token, cause) in rows {
            assert_eq!(both.judge(&token), Err(cause), "{what} {name}");
        }
    }
}

/// The table proves something only if valid tokens of both keys are accepted.
#[test]
fn beside_each_other_both_keys_verify_their_own_tokens() {
    let both = Both::new();
    for mint in [&both.es256, &both.hs512] {
        assert_eq!(both.judge(&mint.over(&mint.payload().text())), Ok(()));
    }
}

/// J3: no MAC is computed with a public key, and no signature is checked with the shared one.
#[test]
fn neither_kind_of_key_is_tried_for_the_others_algorithm() {
    let both = Both::new();
    for (mint, alg) in [(&both.es256, "HS512"), (&both.hs512, "ES256"), (&both.hs512, "EdDSA")] {
        let header = mint.header().with("alg", &format!("\"{alg}\"")).text();
        let token = format!("{}.{}.{}", b64(header), b64(mint.payload().text()), b64([7; 3]));
        assert_eq!(both.judge(&token), Err(Rejection::AlgMismatch), "{alg}");
    }
}

/// Without the setting, there is no HS512 key.
#[test]
fn without_the_shared_key_its_tokens_are_by_an_unknown_key() {
    let both = Both::new();
    let token = both.hs512.over(&both.hs512.payload().text());
    let cause = both.es256.judge(&token).unwrap_err();
    assert_eq!(cause, Rejection::UnknownKey(both.hs512.issuer.key_id().to_owned()));
}

/// Both services compute the key id on their own, so it must never change.
#[test]
fn the_id_of_a_shared_key_is_a_mac_that_never_changes() {
    assert_eq!(signing_key_id(&[7; 64]), "hs4BFOcnboyUm5SxNLNjw4BY3puKOy0cHz0uxRDwyfg");
    assert_eq!(signing_key_id(&[b'a'; 129]).len(), 43);
    assert_ne!(signing_key_id(b"one key"), signing_key_id(b"another"));
}
