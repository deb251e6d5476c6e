//! Key generation.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::jwk::Jwk;
use super::store::{KeyAlgorithm, SigningKey, State};
use crate::config::{SharedKey, TokenAlgorithm};
use crate::db::types::Timestamp;
use crate::sealed::SealingKeys;

/// Generates a key for `algorithm` that is not yet in the database. For HS512 it is always the
/// shared key.
///
/// # Panics
/// Panics if the operating system provides no randomness.
pub(super) fn make(algorithm: &TokenAlgorithm, sealing: &SealingKeys, now: Timestamp) -> SigningKey {
    let (public, private_key) = match algorithm {
        TokenAlgorithm::Es256 => es256(),
        TokenAlgorithm::EdDsa => eddsa(),
        TokenAlgorithm::Hs512(key) => return shared(key, sealing, now),
    };
    SigningKey {
        algorithm: KeyAlgorithm::from(algorithm).into(),
        state: State::Next.into(),
        public_jwk: Some(serde_json::to_string(&public).expect("seven strings can be written as JSON")),
        sealed_private_key: sealing.seal(&public.kid, &private_key),
        kid: public.kid,
        created_at: now,
        activated_at: None,
        retired_at: None,
    }
}

/// The id and the public half that belong to a private half. A shared key has no public half.
/// `None` if the bytes are not a key of this algorithm.
pub(super) fn id_and_public_half(
    algorithm: KeyAlgorithm,
    private_key: &[u8],
) -> Option<(String, Option<Jwk>)> {
    let public = match algorithm {
        KeyAlgorithm::Es256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private_key).ok()?;
            Jwk::es256(pair.public_key().as_ref())?
        }
        KeyAlgorithm::EdDsa => {
            Jwk::eddsa(Ed25519KeyPair::from_pkcs8(private_key).ok()?.public_key().as_ref())?
        }
        KeyAlgorithm::Hs512 => return Some((shared_claims::signing_key_id(private_key), None)),
    };
    Some((public.kid.clone(), Some(public)))
}

fn es256() -> (Jwk, Vec<u8>) {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let private_key = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new())
        .expect("the operating system gives randomness");
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, private_key.as_ref())
        .expect("the key that was just made can be read");
    let public =
        Jwk::es256(pair.public_key().as_ref()).expect("a P-256 key is published as an uncompressed point");
    (public, private_key.as_ref().to_vec())
}

fn eddsa() -> (Jwk, Vec<u8>) {
    let private_key =
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("the operating system gives randomness");
    let pair =
        Ed25519KeyPair::from_pkcs8(private_key.as_ref()).expect("the key that was just made can be read");
    let public = Jwk::eddsa(pair.public_key().as_ref()).expect("an Ed25519 key has 32 bytes");
    (public, private_key.as_ref().to_vec())
}

/// The shared key is sealed like other keys, so that an instance that started before the setting
/// changed can also sign with it.
fn shared(key: &SharedKey, sealing: &SealingKeys, now: Timestamp) -> SigningKey {
    let kid = shared_key_id(key);
    SigningKey {
        algorithm: KeyAlgorithm::Hs512.into(),
        state: State::Next.into(),
        public_jwk: None,
        sealed_private_key: sealing.seal(&kid, key.as_bytes()),
        kid,
        created_at: now,
        activated_at: None,
        retired_at: None,
    }
}

/// The id of a shared key. Services derive it in the same way.
pub(super) fn shared_key_id(key: &SharedKey) -> String {
    shared_claims::signing_key_id(key.as_bytes())
}
