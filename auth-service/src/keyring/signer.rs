//! The signer of access tokens: compact JWS (RFC 7515) with the active key.
//!
//! `jsonwebtoken::encode` parses its key for each token, which takes two thirds of the time of the
//! signature. Here it is parsed once, when the key is read.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;

use super::error::KeyringError;
use super::store::KeyAlgorithm;

/// A key that is ready to sign, and the header of its tokens.
pub(super) struct Signer {
    /// The encoded header with the dot behind it.
    header: String,
    key: Key,
}

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Hs512(Box<hmac::Key>),
}

impl Signer {
    /// `None` if the bytes are not a key of this algorithm. Tokens have exactly `alg`, `typ` and
    /// `kid` in their header (RFC 9068).
    pub fn new(algorithm: KeyAlgorithm, kid: &str, private_key: &[u8]) -> Option<Self> {
        let (alg, key) = match algorithm {
            KeyAlgorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private_key).ok()?;
                (Algorithm::ES256, Key::Es256(pair))
            }
            KeyAlgorithm::EdDsa => {
                (Algorithm::EdDSA, Key::EdDsa(Ed25519KeyPair::from_pkcs8(private_key).ok()?))
            }
            KeyAlgorithm::Hs512 => {
                (Algorithm::HS512, Key::Hs512(Box::new(hmac::Key::new(hmac::HMAC_SHA512, private_key))))
            }
        };
        let mut header = Header::new(alg);
        header.typ = Some(shared_claims::TOKEN_TYP.to_owned());
        header.kid = Some(kid.to_owned());
        Some(Self { header: encode(&header).ok()? + ".", key })
    }

    /// A compact JWS of `claims`.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyringError> {
        let mut token = self.header.clone() + &encode(claims).map_err(|_| KeyringError::Unsigned)?;
        let signature = self.signature_of(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn signature_of(&self, message: &[u8]) -> Result<Vec<u8>, KeyringError> {
        Ok(match &self.key {
            Key::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message);
                signature.map_err(|_| KeyringError::Unsigned)?.as_ref().to_vec()
            }
            Key::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Key::Hs512(key) => hmac::sign(key, message).as_ref().to_vec(),
        })
    }
}

fn encode(part: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_vec(part).map(|json| URL_SAFE_NO_PAD.encode(json))
}
