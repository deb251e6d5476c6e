//! Generation of the vector files from the tables of these tests.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};
use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{Claims, LEEWAY_SECONDS, MAX_LIFE_SECONDS, Rejection};

use super::format::{KeySetFile, KeySetVector, TokenFile, TokenVector};
use crate::good_table::{Moment, good, moments, not_text};
use crate::hostile_eddsa::eddsa;
use crate::hostile_hs512::{Both, public_keys_as_secrets, shared_key};
use crate::hostile_table::{Row, headers, payloads, shapes, signatures, times_and_absences};
use crate::key_set_table::{bad_keys, bad_sets, beside_a_shared_key, good_sets};
use crate::support::{Mint, NOW};

const SEED: &str = "shared-claims test vectors";
const ABOUT: &str = "Test vectors of shared-claims: README.md describes every field. The keys are test keys, known to \
    everybody. Made from the tables in tests/it; do not edit by hand.";

/// All files by name. ECDSA signatures differ each time, so `old` ones are kept if nothing else
/// changed.
pub fn files(old: &TokenFile) -> [(&'static str, String); 3] {
    [
        ("tokens.json", text(&tokens(old))),
        ("key-sets.json", text(&key_sets())),
        ("test-keys.json", text(&test_keys())),
    ]
}

fn text(file: &impl Serialize) -> String {
    serde_json::to_string_pretty(file).unwrap() + "\n"
}

fn issuer(algorithm: TestAlgorithm) -> TestIssuer {
    TestIssuer::from_seed(algorithm, SEED)
}

fn tokens(old: &TokenFile) -> TokenFile {
    let [es256, eddsa_mint, hs512] =
        [TestAlgorithm::Es256, TestAlgorithm::EdDsa, TestAlgorithm::Hs512].map(|a| Mint::of(issuer(a)));
    let both = Both::of(issuer(TestAlgorithm::Es256), issuer(TestAlgorithm::Hs512));
    let mut all = Vec::new();
    for (mint, rows) in [
        (&es256, [good(&es256), moments(&es256), not_text(&es256)].concat()),
        (&eddsa_mint, good(&eddsa_mint)),
        (&hs512, good(&hs512)),
    ] {
        all.extend(rows.into_iter().map(|row| of_moment(mint, row)));
    }
    let mut hostile = |group: &str, mint: &Mint, rows: Vec<Row>| {
        all.extend(rows.into_iter().map(|row| of_row(group, mint, row)));
    };
    hostile("shape", &es256, shapes(&es256));
    hostile("header", &es256, headers(&es256));
    hostile("payload", &es256, payloads(&es256));
    hostile("claim", &es256, times_and_absences(&es256));
    hostile("signature", &es256, signatures(&es256));
    hostile("signature", &eddsa_mint, eddsa(&eddsa_mint));
    hostile("shared key", &hs512, shared_key(&both));
    for (header, rows) in public_keys_as_secrets(&both) {
        hostile(&format!("a public key as the secret, {header}"), &hs512, rows);
    }
    let old: BTreeMap<_, _> = old.vectors.iter().map(|vector| (vector.name.as_str(), vector)).collect();
    for vector in &mut all {
        if let Some(kept) = old.get(vector.name.as_str()).filter(|old| differ_in_signature_only(old, vector))
        {
            vector.token.clone_from(&kept.token);
        }
    }
    let claims = es256.claims();
    TokenFile {
        about: ABOUT.to_owned(),
        issuer: claims.iss,
        audience: claims.aud,
        leeway: LEEWAY_SECONDS,
        max_life: MAX_LIFE_SECONDS,
        jwks: json!({"keys": [es256.issuer.jwk(), eddsa_mint.issuer.jwk()]}),
        signing_key: URL_SAFE_NO_PAD.encode(hs512.issuer.signing_key().unwrap()),
        vectors: all,
    }
}

fn vector(
    mint: &Mint,
    name: String,
    token: String,
    now: i64,
    verdict: Result<Claims, Rejection>,
) -> TokenVector {
    let algorithm = mint.issuer.algorithm().name().to_owned();
    let (verdict, reason, claims) = match verdict {
        Ok(claims) => ("accept", None, Some(serde_json::to_value(claims).unwrap())),
        Err(cause) => ("reject", Some(cause.code().to_owned()), None),
    };
    TokenVector { name, algorithm, now, token, verdict: verdict.to_owned(), reason, claims }
}

fn of_moment(mint: &Mint, (name, token, now, verdict): Moment) -> TokenVector {
    vector(mint, format!("{}: {name}", mint.issuer.algorithm().name()), token, now, verdict)
}

fn of_row(group: &str, mint: &Mint, (name, token, cause): Row) -> TokenVector {
    let name = match (&cause, group) {
        (Rejection::BadClaim(claim) | Rejection::MissingClaim(claim), "claim") => format!("{claim} {name}"),
        _ => name.to_owned(),
    };
    vector(mint, format!("{}: {group}: {name}", mint.issuer.algorithm().name()), token, NOW, Err(cause))
}

/// Whether two vectors differ in the signature only, and their tokens have the same shape.
fn differ_in_signature_only(old: &TokenVector, new: &TokenVector) -> bool {
    let form = |vector: &TokenVector| {
        let parts: Vec<String> = vector.token.split('.').map(str::to_owned).collect();
        let lengths: Vec<usize> = parts.iter().map(String::len).collect();
        let signed: Vec<String> = parts.into_iter().take((lengths.len() - 1).min(2)).collect();
        (lengths, signed, vector.now, vector.reason.clone(), vector.claims.clone(), vector.algorithm.clone())
    };
    form(old) == form(new)
}

fn key_sets() -> KeySetFile {
    let rows = [good_sets(), bad_sets(), bad_keys(), beside_a_shared_key()];
    let vectors = rows.into_iter().flatten().map(|row| {
        let (verdict, reason, key_ids) = match row.verdict {
            Ok(ids) => ("accept", None, Some(ids)),
            Err(cause) => ("reject", Some(cause.code().to_owned()), None),
        };
        KeySetVector {
            name: row.name,
            document: row.document,
            signing_key: row.signing_key.map(|key| URL_SAFE_NO_PAD.encode(key)),
            verdict: verdict.to_owned(),
            reason,
            key_ids,
        }
    });
    KeySetFile { about: ABOUT.to_owned(), vectors: vectors.collect() }
}

/// The private keys, for readers who want to sign other tokens.
fn test_keys() -> impl Serialize {
    let private = |algorithm: TestAlgorithm| -> Value {
        let scalar = digest(&SHA256, format!("{} {SEED}", algorithm.name()).as_bytes());
        let mut jwk = issuer(algorithm).jwk();
        jwk["d"] = URL_SAFE_NO_PAD.encode(scalar).into();
        jwk
    };
    let shared = issuer(TestAlgorithm::Hs512);
    let key = URL_SAFE_NO_PAD.encode(shared.signing_key().unwrap());
    json!({
        "about": ABOUT,
        "keys": [
            private(TestAlgorithm::Es256),
            private(TestAlgorithm::EdDsa),
            {"kty": "oct", "alg": "HS512", "use": "sig", "kid": shared.key_id(), "k": key},
        ],
    })
}
