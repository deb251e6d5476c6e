//! Benchmark of token verification: the signature alone by the library underneath, jsonwebtoken,
//! our verifier, and a whole `Cookie` header, with and without the cache.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use criterion::Criterion;
use jsonwebtoken::crypto::{aws_lc, rust_crypto};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{Claims, DEFAULT_ACCESS_COOKIE, Identity, SharedLogin};
use shared_claims_bench::{ProcessorTime, Table};

fn main() {
    // With two backends compiled in, jsonwebtoken must be told which one is its default.
    aws_lc::DEFAULT_PROVIDER.install_default().expect("nobody was faster");
    let criterion = Criterion::default()
        .with_measurement(ProcessorTime)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));
    let output = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/criterion"));
    let mut table = Table::new(criterion.configure_from_args(), output);
    for algorithm in [TestAlgorithm::Es256, TestAlgorithm::EdDsa, TestAlgorithm::Hs512] {
        Case::new(algorithm).measure(&mut table);
    }
    table.print();
}

/// One token, and everything to verify it.
struct Case {
    issuer: TestIssuer,
    claims: Claims,
    token: String,
    message: String,
    signature: Vec<u8>,
    /// The public key, or the shared one.
    key: Vec<u8>,
}

impl Case {
    fn new(algorithm: TestAlgorithm) -> Self {
        let issuer = TestIssuer::with_algorithm(algorithm);
        let mut claims = issuer.claims_for("ada@example.org");
        // It must outlive the measurements.
        claims.exp = claims.iat + 3600;
        let token = issuer.sign(&claims);
        println!("{}: a token of {} bytes", algorithm.name(), token.len());
        let (message, signature) = token.rsplit_once('.').expect("a token has three parts");
        let key = match issuer.signing_key() {
            Some(shared) => shared.as_bytes().to_vec(),
            None => public_key(&issuer),
        };
        let (message, signature) = (message.to_owned(), decoded(signature));
        Self { issuer, claims, token, message, signature, key }
    }

    fn measure(&self, table: &mut Table) {
        let group = self.issuer.algorithm().name();
        self.measure_signature(group, table);
        self.measure_jsonwebtoken(group, table);

        let (keys, login, now) = (self.issuer.keys(), self.issuer.login(), self.claims.iat);
        table.row(group, "verifier", || login.verifier().verify_at(black_box(&self.token), &keys, now));

        let forgetful = login.without_cache();
        let alone = format!("{DEFAULT_ACCESS_COOKIE}={}", self.token);
        table.row(group, "cookie, verified each time", || who(&forgetful, &alone, now));
        table.row(group, "cookie, seen before", || who(&login, &alone, now));

        let header = format!(
            "theme=dark; _ga=GA1.2.1234567890.1712345678; {alone}; sessionid=4k5j6h7g8f9d0s1a2p3o4i5u6y7t8r9e"
        );
        let by_the_clock = |login: &SharedLogin| login.try_identify([black_box(header.as_bytes())]);
        table.row(group, "header, verified each time", || by_the_clock(&forgetful));
        table.row(group, "header, seen before", || by_the_clock(&login));
        assert!(
            matches!(by_the_clock(&login), Identity::Person(_)),
            "the token did not outlive the benchmark"
        );
    }

    /// The cost of the signature, which only a cache can save.
    fn measure_signature(&self, group: &str, table: &mut Table) {
        let Self { message, signature, key, .. } = self;
        let message = message.as_bytes();
        let bare = "signature, aws-lc-rs";
        match self.issuer.algorithm() {
            TestAlgorithm::Es256 => {
                let unparsed = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
                table.row(group, bare, || unparsed.verify(black_box(message), signature).expect("right"));
                let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).expect("a key");
                table.row(group, "the same, key parsed before", || {
                    parsed.verify_sig(black_box(message), signature).expect("right");
                });
                let key = DecodingKey::from_ec_der(key);
                let make = rust_crypto::DEFAULT_PROVIDER.verifier_factory;
                let rust = make(&Algorithm::ES256, &key).expect("the backend knows ES256");
                table.row(group, "signature, rust_crypto", || {
                    rust.verify(black_box(message), signature).expect("right");
                });
            }
            TestAlgorithm::EdDsa => {
                let unparsed = UnparsedPublicKey::new(&ED25519, key);
                table.row(group, bare, || unparsed.verify(black_box(message), signature).expect("right"));
            }
            _ => {
                let key = hmac::Key::new(hmac::HMAC_SHA512, key);
                table.row(group, bare, || hmac::verify(&key, black_box(message), signature).expect("right"));
            }
        }
    }

    /// jsonwebtoken, configured as strictly as possible.
    fn measure_jsonwebtoken(&self, group: &str, table: &mut Table) {
        let (algorithm, key) = match self.issuer.algorithm() {
            TestAlgorithm::Es256 => (Algorithm::ES256, DecodingKey::from_ec_der(&self.key)),
            TestAlgorithm::EdDsa => (Algorithm::EdDSA, DecodingKey::from_ed_der(&self.key)),
            _ => (Algorithm::HS512, DecodingKey::from_secret(&self.key)),
        };
        let mut rules = Validation::new(algorithm);
        rules.set_issuer(&[&self.claims.iss]);
        rules.set_audience(&[&self.claims.aud]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        rules.validate_nbf = true;
        rules.leeway = 5;
        table.row(group, "jsonwebtoken", || {
            decode::<Claims>(black_box(&self.token), &key, &rules).expect("right").claims
        });
    }
}

fn who(login: &SharedLogin, header: &str, now: i64) -> Identity {
    login.identify_at([black_box(header.as_bytes())], now)
}

/// The public key in the form of the cryptographic library: the point with its prefix for P-256, x
/// alone for Ed25519.
fn public_key(issuer: &TestIssuer) -> Vec<u8> {
    let jwk = issuer.jwk();
    let coordinate = |name: &str| jwk[name].as_str().map(decoded);
    match (coordinate("x"), coordinate("y")) {
        (Some(x), Some(y)) => [vec![4], x, y].concat(),
        (x, _) => x.expect("each key has an x"),
    }
}

fn decoded(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
