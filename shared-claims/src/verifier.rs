//! JWT verification: the only way from a token's text to claims (RFC 7519, RFC 8725).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::aws_lc;

use crate::json::{self, Members, Refused, Value};
use crate::keys::{Key, KeyFingerprint, is_plain_kid};
use crate::payload::{self, Expected};
use crate::{Claims, KeySet, MAX_LIFE_SECONDS, MAX_TOKEN_BYTES, Part, Rejection, TOKEN_TYP};

/// Verifies access tokens of one issuer for one audience.
///
/// It accepts what auth-service signs and nothing else, and no option makes it accept more. The
/// variants of [`Rejection`] list what it checks. It ignores unknown members of the payload, so
/// that auth-service can add claims without breaking services. It refuses unknown members of the
/// header.
#[derive(Debug, Clone)]
pub struct Verifier {
    pub(crate) expected: Expected,
}

impl Verifier {
    /// Creates a verifier for tokens with exactly this `iss` (`AUTH_URL` without a trailing slash)
    /// and `aud` (`COOKIE_DOMAIN`).
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            expected: Expected {
                issuer: issuer.into(),
                audience: audience.into(),
                max_life: MAX_LIFE_SECONDS,
            },
        }
    }

    /// Lowers the longest lifetime of a token, in seconds. The default and the maximum are
    /// [`MAX_LIFE_SECONDS`]; a larger value changes nothing.
    #[must_use]
    pub fn with_max_life(mut self, seconds: u32) -> Self {
        self.expected.max_life = self.expected.max_life.min(i64::from(seconds));
        self
    }

    /// Verifies a token at a given time in seconds since 1970.
    ///
    /// # Errors
    /// [`Rejection`] with the first cause found. Log it; do not show it.
    pub fn verify_at(&self, token: &str, keys: &KeySet, now: i64) -> Result<Claims, Rejection> {
        self.verify_naming_key(token, keys, now).map(|(claims, _)| claims)
    }

    /// As [`verify_at`](Self::verify_at), and says which key verified it.
    pub(crate) fn verify_naming_key(
        &self,
        token: &str,
        keys: &KeySet,
        now: i64,
    ) -> Result<(Claims, KeyFingerprint), Rejection> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Rejection::TooLarge);
        }
        let (message, header, payload, signature) = split(token)?;
        let header = decode(header, Part::Header)?;
        let payload = decode(payload, Part::Payload)?;
        let signature = decode(signature, Part::Signature)?;
        let key = pinned_key(&members(&header, Part::Header)?, keys)?;
        check_signature(key, message.as_bytes(), signature)?;
        let claims = payload::read(members(&payload, Part::Payload)?)?;
        payload::check(&self.expected, &claims, now)?;
        Ok((claims, key.fingerprint))
    }
}

/// Splits a token into the signed text and its three parts.
fn split(token: &str) -> Result<(&str, &str, &str, &str), Rejection> {
    let (message, signature) = token.rsplit_once('.').ok_or(Rejection::NotThreeParts)?;
    let (header, payload) = message.split_once('.').ok_or(Rejection::NotThreeParts)?;
    let parts = [header, payload, signature];
    if payload.contains('.') || parts.iter().any(|part| part.is_empty()) {
        return Err(Rejection::NotThreeParts);
    }
    Ok((message, header, payload, signature))
}

fn decode(text: &str, part: Part) -> Result<Vec<u8>, Rejection> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Rejection::NotBase64(part))
}

fn members(bytes: &[u8], part: Part) -> Result<Members, Rejection> {
    json::object(bytes).map_err(|refused| match refused {
        Refused::Duplicate => Rejection::DuplicateMember(part),
        Refused::NotAnObject => Rejection::NotJson(part),
    })
}

/// The key that the header names, if the header has only the allowed members and the key's
/// algorithm.
fn pinned_key<'k>(header: &Members, keys: &'k KeySet) -> Result<&'k Key, Rejection> {
    if header.keys().any(|name| !matches!(name.as_str(), "alg" | "typ" | "kid")) {
        return Err(Rejection::HeaderMember);
    }
    if header_string(header, "typ")? != TOKEN_TYP {
        return Err(Rejection::WrongTyp);
    }
    let alg = match header_string(header, "alg")? {
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        // Only a key from the settings is for HS512: no JWKS can contain one.
        "HS512" => Algorithm::HS512,
        _ => return Err(Rejection::AlgNotAllowed),
    };
    let kid = header_string(header, "kid")?;
    if !is_plain_kid(kid) {
        return Err(Rejection::HeaderValue("kid"));
    }
    let key = keys.find(kid).ok_or_else(|| Rejection::UnknownKey(kid.to_owned()))?;
    if key.alg != alg {
        return Err(Rejection::AlgMismatch);
    }
    Ok(key)
}

fn header_string<'a>(header: &'a Members, name: &'static str) -> Result<&'a str, Rejection> {
    match header.get(name) {
        Some(Value::String(value)) => Ok(value),
        Some(_) => Err(Rejection::HeaderValue(name)),
        None => Err(Rejection::HeaderMissing(name)),
    }
}

/// Verifies a signature. The cryptographic provider is named explicitly: jsonwebtoken's
/// process-wide default panics if another crate enables its second backend, and can be replaced.
pub(crate) fn check_signature(key: &Key, message: &[u8], signature: Vec<u8>) -> Result<(), Rejection> {
    let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&key.alg, &key.decoding)
        .map_err(|_| Rejection::BadSignature)?;
    verifier.verify(message, &signature).map_err(|_| Rejection::BadSignature)
}
