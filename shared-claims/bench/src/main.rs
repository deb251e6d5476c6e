//! Times the check of an ES256 signature by each of jsonwebtoken's backends, and our whole verifier, interleaved.
//! Processor time of this thread, not wall time, so that a busy machine disturbs less. Linux only.

use std::hint::black_box;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, rust_crypto};
use jsonwebtoken::{Algorithm, DecodingKey};
use shared_claims::Verifier;
use shared_claims::testing::TestIssuer;

/// Verifications in one measurement, and measurements of each kind.
const REPEATS: u32 = 400;
const ROUNDS: usize = 41;

fn main() {
    let issuer = TestIssuer::new();
    let claims = issuer.claims_for("ada@example.org");
    let token = issuer.sign(&claims);
    let (message, signature) = token.rsplit_once('.').expect("a token has three parts");
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("a signature is base64url");
    let jwk = issuer.jwk();
    let coordinate = |name: &str| jwk[name].as_str().expect("an EC key has both coordinates").to_owned();
    let key =
        DecodingKey::from_ec_components(&coordinate("x"), &coordinate("y")).expect("the key is a point");
    let keys = issuer.keys();
    let verifier = Verifier::new(claims.iss.clone(), claims.aud.clone());

    let check = |provider: &CryptoProvider| {
        let verifier = (provider.verifier_factory)(&Algorithm::ES256, &key).expect("the backend knows ES256");
        verifier.verify(message.as_bytes(), &signature).expect("the signature is right");
    };
    let aws = || check(black_box(&aws_lc::DEFAULT_PROVIDER));
    let rust = || check(black_box(&rust_crypto::DEFAULT_PROVIDER));
    let whole = || {
        black_box(verifier.verify_at(black_box(&token), &keys, claims.iat).expect("the token is right"));
    };

    // The first calls fill the caches.
    for work in [&aws as &dyn Fn(), &rust, &whole] {
        microseconds(work);
    }
    let mut figures: [Vec<f64>; 4] = Default::default();
    for round in 0..ROUNDS {
        // Who goes first alternates, so that neither always meets the cold cache.
        let (a, r) = if round % 2 == 0 {
            let a = microseconds(&aws);
            (a, microseconds(&rust))
        } else {
            let r = microseconds(&rust);
            (microseconds(&aws), r)
        };
        for (list, figure) in figures.iter_mut().zip([a, r, r / a, microseconds(&whole)]) {
            list.push(figure);
        }
    }

    println!(
        "a token of {} bytes; microseconds of processor time, {ROUNDS} rounds of {REPEATS}",
        token.len()
    );
    let names = ["signature, aws_lc_rs", "signature, rust_crypto", "ratio of the two", "the whole verifier"];
    for (name, list) in names.iter().zip(&mut figures) {
        list.sort_by(f64::total_cmp);
        println!(
            "{name:24} min {:7.2}  median {:7.2}  max {:7.2}",
            list[0],
            list[ROUNDS / 2],
            list[ROUNDS - 1]
        );
    }
}

fn microseconds(work: &dyn Fn()) -> f64 {
    let begun = on_processor();
    (0..REPEATS).for_each(|_| work());
    (on_processor() - begun) as f64 / 1e3 / f64::from(REPEATS)
}

/// Nanoseconds that this thread has spent on a processor.
fn on_processor() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    text.split(' ').next().and_then(|first| first.parse().ok()).expect("the first figure is a number")
}
