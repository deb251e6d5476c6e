//! Shared HS512 key, for deployments that cannot move to public keys yet.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The shortest key for HS512, in bytes: the length of its output (RFC 7518, section 3.2).
pub const MIN_SIGNING_KEY_BYTES: usize = 64;

/// The text whose MAC is the key's id. It has a version, so that another scheme can follow.
const LABEL: &[u8] = b"auth-service kid/v1";

/// The `kid` of a shared HS512 key: `base64url(HMAC-SHA-256(key, "auth-service kid/v1"))`, without
/// padding.
///
/// auth-service writes it into its tokens, and every service that holds the key computes it. So
/// nothing about the key is published. The id reveals no more than any token that the key signed:
/// the MAC of a known text. With either, an attacker can test guesses of the key. That is hopeless
/// for a random key of [`MIN_SIGNING_KEY_BYTES`], and quick for a sentence that somebody made up.
///
/// ```
/// let kid = shared_claims::signing_key_id(&[7; 64]);
/// assert_eq!(kid, "hs4BFOcnboyUm5SxNLNjw4BY3puKOy0cHz0uxRDwyfg");
/// ```
pub fn signing_key_id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), LABEL))
}
