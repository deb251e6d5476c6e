//! Throwaway signing keys for the three algorithms.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::signing_key_id;

/// The algorithms that auth-service can sign with (`TOKEN_ALGORITHM`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestAlgorithm {
    /// ECDSA on P-256, the default.
    Es256,
    /// Ed25519.
    EdDsa,
    /// HMAC with one key that auth-service and its services share.
    Hs512,
}

impl TestAlgorithm {
    /// The value of a token's `alg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Hs512 => "HS512",
        }
    }

    fn for_jsonwebtoken(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
            Self::Hs512 => Algorithm::HS512,
        }
    }
}

pub(super) struct TestKey {
    pub algorithm: TestAlgorithm,
    pub kid: String,
    /// For `JWT_SIGNING_KEY`.
    pub shared: Option<String>,
    /// The public point; empty for HS512.
    public: Vec<u8>,
    signing: EncodingKey,
}

impl TestKey {
    pub fn generate(algorithm: TestAlgorithm) -> Self {
        let mut seed = [0; 32];
        // Panics without randomness: a test has nobody to report it to.
        SystemRandom::new().fill(&mut seed).expect("randomness");
        Self::from_seed(algorithm, &URL_SAFE_NO_PAD.encode(seed))
    }

    /// Derives the key from a text. The private key is the SHA-256 of the algorithm's name, a space
    /// and the seed; the shared key is the hexadecimal form of such a hash, twice.
    pub fn from_seed(algorithm: TestAlgorithm, seed: &str) -> Self {
        let private = digest(&SHA256, format!("{} {seed}", algorithm.name()).as_bytes());
        let private = private.as_ref();
        match algorithm {
            TestAlgorithm::Es256 => Self::es256(private),
            TestAlgorithm::EdDsa => Self::eddsa(private),
            TestAlgorithm::Hs512 => {
                Self::hs512(private.iter().map(|byte| format!("{byte:02x}")).collect::<String>().repeat(2))
            }
        }
    }

    fn es256(private: &[u8]) -> Self {
        // One hash in four billion is above the order of the curve.
        let scalar = PrivateKey::from_private_key(&ECDH_P256, private).expect("a scalar of P-256");
        let point = scalar.compute_public_key().expect("the point of a scalar");
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            private,
            point.as_ref(),
        );
        let pkcs8 = pair.and_then(|pair| Ok(pair.to_pkcs8v1()?)).expect("a pair that belongs together");
        Self::public(TestAlgorithm::Es256, point.as_ref(), EncodingKey::from_ec_der(pkcs8.as_ref()))
    }

    fn eddsa(private: &[u8]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(private).expect("32 bytes");
        let pkcs8 = pair.to_pkcs8().expect("a key just made can be written");
        Self::public(
            TestAlgorithm::EdDsa,
            pair.public_key().as_ref(),
            EncodingKey::from_ed_der(pkcs8.as_ref()),
        )
    }

    fn public(algorithm: TestAlgorithm, public: &[u8], signing: EncodingKey) -> Self {
        let kid = URL_SAFE_NO_PAD.encode(digest(&SHA256, public));
        Self { algorithm, kid, shared: None, public: public.to_vec(), signing }
    }

    fn hs512(text: String) -> Self {
        Self {
            algorithm: TestAlgorithm::Hs512,
            kid: signing_key_id(text.as_bytes()),
            public: Vec::new(),
            signing: EncodingKey::from_secret(text.as_bytes()),
            shared: Some(text),
        }
    }

    /// The public key as auth-service would publish it.
    pub fn jwk(&self) -> Option<Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self.algorithm {
            TestAlgorithm::Es256 => {
                let (x, y) = self.public[1..].split_at(32);
                Some(json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid,
                    "x": encode(x), "y": encode(y)}))
            }
            TestAlgorithm::EdDsa => {
                Some(json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "kid": self.kid, "x": encode(&self.public)}))
            }
            TestAlgorithm::Hs512 => None,
        }
    }

    pub fn sign(&self, message: &str) -> String {
        let algorithm = self.algorithm.for_jsonwebtoken();
        let signer = (aws_lc::DEFAULT_PROVIDER.signer_factory)(&algorithm, &self.signing)
            .expect("a key of our own making");
        URL_SAFE_NO_PAD.encode(signer.try_sign(message.as_bytes()).expect("randomness"))
    }
}
