//! Shared HS512 key, for deployments that cannot move to public keys yet.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The shortest key for HS512, in bytes: as long as its output (RFC 7518, section 3.2).
pub const MIN_SIGNING_KEY_BYTES: usize = 64;

/// The text whose MAC names a key. The version is part of it, so that another way of naming can
/// follow.
const LABEL: &[u8] = b"auth-service kid/v1";

/// The `kid` of a shared HS512 key: `base64url(HMAC-SHA-256(key, "auth-service kid/v1"))`, without
/// padding.
///
/// auth-service writes it into its tokens and every consumer that holds the key finds it by itself,
/// so that nothing about the key is published. The id tells no more than any token that the key
/// signed: a MAC of a known text. Whoever has either can test guesses of the key, which is hopeless
/// for a random key of [`MIN_SIGNING_KEY_BYTES`] and quick for a sentence that somebody thought up.
///
/// ```
/// let kid = shared_claims::signing_key_id(&[7; 64]);
/// assert_eq!(kid, "hs4BFOcnboyUm5SxNLNjw4BY3puKOy0cHz0uxRDwyfg");
/// ```
pub fn signing_key_id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), LABEL))
}
