//! Key sets (JWKS, RFC 7517) that tokens are verified with.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};

use crate::codes::codes;
use crate::json::{self, Members, Refused, Value};
use crate::{MIN_SIGNING_KEY_BYTES, signing_key_id};

/// More keys than any rotation needs. It limits what a hostile response can make us store.
const MAX_KEYS: usize = 32;

/// A set of keys, each with its id and the one algorithm it is for.
///
/// [`KeySet::from_json`] reads public keys from a JWKS (RFC 7517). It accepts or refuses the set as
/// a whole: a set that is wrong in one place is not trusted in another. A shared key for HS512
/// never comes from a JWKS, only from your own settings: [`KeySet::with_signing_key`]. Its bytes
/// are wiped from memory when the set is dropped.
#[derive(Clone)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone)]
pub(crate) struct Key {
    kid: String,
    pub(crate) alg: Algorithm,
    pub(crate) decoding: DecodingKey,
    pub(crate) fingerprint: KeyFingerprint,
}

/// Identifies a key: equal for two keys only if id, algorithm and key material are equal. It is a
/// hash, so that remembering a key keeps no copy of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyFingerprint([u8; 32]);

/// Why a key set was refused. The text never contains key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// Not `{"keys": [{…}, …]}`, or with a duplicate member somewhere.
    #[error("not a JWKS, or one with a duplicate member")]
    NotAJwks,
    /// No key at all, so that no token could verify. An empty JWKS is accepted beside a shared key.
    #[error("the set has no key")]
    Empty,
    /// More than 32 keys.
    #[error("the set has more than {MAX_KEYS} keys")]
    TooMany,
    /// A key without an acceptable `kid` (1 to 128 plain characters).
    #[error("a key has no acceptable kid")]
    Kid,
    /// Two keys with one `kid`, so that a token's key would be ambiguous.
    #[error("two keys have the kid {0}")]
    DuplicateKid(String),
    /// A private or symmetric member (`d`, `k`, `p`, `q`, …). The key is compromised: whoever
    /// published it must stop using it.
    #[error("the key {0} has its private part")]
    PrivateMember(String),
    /// A symmetric key (`oct`), which must not be published.
    #[error("the key {0} is symmetric")]
    Symmetric(String),
    /// `use` is not `sig`, or `key_ops` is not just `verify`.
    #[error("the key {0} is not for signatures (use is not sig)")]
    Use(String),
    /// No `alg`, or one that is not `ES256` or `EdDSA`.
    #[error("the key {0} has no alg that we verify")]
    Alg(String),
    /// `kty` or `crv` do not belong to the `alg`.
    #[error("the key {0} is of a type or curve that does not belong to its alg")]
    Curve(String),
    /// Coordinates that are missing or of the wrong length, or no point on the curve.
    #[error("the key {0} is not a point of its curve")]
    Point(String),
    /// A shared key shorter than [`MIN_SIGNING_KEY_BYTES`](crate::MIN_SIGNING_KEY_BYTES).
    #[error("the signing key has fewer than {MIN_SIGNING_KEY_BYTES} bytes")]
    ShortSigningKey,
}

codes!(KeySetError {
    KeySetError::NotAJwks => "not_a_jwks",
    KeySetError::Empty => "empty",
    KeySetError::TooMany => "too_many",
    KeySetError::Kid => "kid",
    KeySetError::DuplicateKid(_) => "duplicate_kid",
    KeySetError::PrivateMember(_) => "private_member",
    KeySetError::Symmetric(_) => "symmetric",
    KeySetError::Use(_) => "use",
    KeySetError::Alg(_) => "alg",
    KeySetError::Curve(_) => "curve",
    KeySetError::Point(_) => "point",
    KeySetError::ShortSigningKey => "short_signing_key",
});

impl KeySet {
    /// Parses a JWKS with ES256 (`EC`, `P-256`) and EdDSA (`OKP`, `Ed25519`) keys.
    ///
    /// # Errors
    /// [`KeySetError`] if any part of the set is malformed or suspicious.
    pub fn from_json(bytes: &[u8]) -> Result<Self, KeySetError> {
        match Self::read(bytes)? {
            set if set.keys.is_empty() => Err(KeySetError::Empty),
            set => Ok(set),
        }
    }

    /// Creates a set with one shared key, for HS512.
    ///
    /// # Errors
    /// [`KeySetError::ShortSigningKey`], below 64 bytes.
    pub fn of_signing_key(key: &[u8]) -> Result<Self, KeySetError> {
        Self { keys: Vec::new() }.with_signing_key(key)
    }

    /// Adds a shared key for HS512, under the id that [`signing_key_id`] gives it.
    ///
    /// Everybody who holds that key can sign as anybody: each of your services can, not only
    /// auth-service.
    ///
    /// # Errors
    /// [`KeySetError::ShortSigningKey`], below 64 bytes; [`KeySetError::DuplicateKid`], when a key
    /// of the set has that id already: no public key has it by chance.
    pub fn with_signing_key(mut self, key: &[u8]) -> Result<Self, KeySetError> {
        if key.len() < MIN_SIGNING_KEY_BYTES {
            return Err(KeySetError::ShortSigningKey);
        }
        let kid = signing_key_id(key);
        // The id is a MAC by the key and identifies it, so that no other hash of the secret is
        // needed.
        let fingerprint = KeyFingerprint::of(&kid, Algorithm::HS512, kid.as_bytes());
        self.add(Key { kid, alg: Algorithm::HS512, decoding: DecodingKey::from_secret(key), fingerprint })?;
        Ok(self)
    }

    /// Parses a JWKS, which may be empty here, and adds a shared key. This is what to trust while
    /// an auth-service moves from one to the other, and what it publishes while it signs with HS512
    /// alone.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json) and [`with_signing_key`](Self::with_signing_key).
    pub fn from_json_with_signing_key(bytes: &[u8], key: &[u8]) -> Result<Self, KeySetError> {
        Self::read(bytes)?.with_signing_key(key)
    }

    fn read(bytes: &[u8]) -> Result<Self, KeySetError> {
        let list = json::key_list(bytes).map_err(|_: Refused| KeySetError::NotAJwks)?;
        if list.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let mut set = Self { keys: Vec::with_capacity(list.len()) };
        for members in &list {
            set.add(read_key(members)?)?;
        }
        Ok(set)
    }

    fn add(&mut self, key: Key) -> Result<(), KeySetError> {
        if self.find(&key.kid).is_some() {
            return Err(KeySetError::DuplicateKid(key.kid));
        }
        self.keys.push(key);
        Ok(())
    }

    /// The ids of the keys, in the order in which they were added.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|k| k.kid.as_str())
    }

    pub(crate) fn find(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|k| k.kid == kid)
    }

    #[cfg(feature = "fetch")]
    pub(crate) fn holds(&self, fingerprint: &KeyFingerprint) -> bool {
        self.keys.iter().any(|k| k.fingerprint == *fingerprint)
    }
}

impl KeyFingerprint {
    fn of(kid: &str, alg: Algorithm, material: &[u8]) -> Self {
        // Neither a plain kid nor an algorithm's name contains a space, so the texts of two keys
        // differ.
        let mut hashed = format!("{kid} {alg:?} ").into_bytes();
        hashed.extend_from_slice(material);
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest::digest(&digest::SHA256, &hashed).as_ref());
        Self(fingerprint)
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.key_ids()).finish()
    }
}

/// Whether a key id may be compared, logged and looked up: 1 to 128 characters of base64, URLs and
/// UUIDs.
pub(crate) fn is_plain_kid(kid: &str) -> bool {
    (1..=128).contains(&kid.len())
        && kid.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~:/+=".contains(&b))
}

fn read_key(members: &Members) -> Result<Key, KeySetError> {
    let kid = match string(members, "kid") {
        Some(kid) if is_plain_kid(kid) => kid.to_owned(),
        _ => return Err(KeySetError::Kid),
    };
    if string(members, "kty") == Some("oct") {
        return Err(KeySetError::Symmetric(kid));
    }
    if ["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"].iter().any(|name| members.contains_key(*name)) {
        return Err(KeySetError::PrivateMember(kid));
    }
    let only_verifies = match members.get("key_ops") {
        None => true,
        Some(Value::Strings(ops)) => ops == &["verify"],
        Some(_) => false,
    };
    if string(members, "use") != Some("sig") || !only_verifies {
        return Err(KeySetError::Use(kid));
    }
    let (alg, kty, crv) = match string(members, "alg") {
        Some("ES256") => (Algorithm::ES256, "EC", "P-256"),
        Some("EdDSA") => (Algorithm::EdDSA, "OKP", "Ed25519"),
        _ => return Err(KeySetError::Alg(kid)),
    };
    if string(members, "kty") != Some(kty) || string(members, "crv") != Some(crv) {
        return Err(KeySetError::Curve(kid));
    }
    let Some(point) = point(alg, members) else { return Err(KeySetError::Point(kid)) };
    let decoding = match alg {
        Algorithm::EdDSA => DecodingKey::from_ed_der(&point),
        _ => DecodingKey::from_ec_der(&point),
    };
    let fingerprint = KeyFingerprint::of(&kid, alg, &point);
    Ok(Key { kid, alg, decoding, fingerprint })
}

/// The public key, after a check that its coordinates are complete and on the curve. jsonwebtoken
/// would notice only at the first signature, and blame the token.
fn point(alg: Algorithm, members: &Members) -> Option<Vec<u8>> {
    let x = coordinate(members, "x")?;
    if alg == Algorithm::EdDSA {
        ParsedPublicKey::new(&ED25519, x).ok()?;
        return Some(x.to_vec());
    }
    let y = coordinate(members, "y")?;
    let point = [&[0x04], &x[..], &y[..]].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).ok()?;
    Some(point)
}

/// A coordinate: always the full 32 octets, leading zeros included (RFC 7518, section 6.2.1.2).
fn coordinate(members: &Members, name: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(string(members, name)?).ok()?.try_into().ok()
}

fn string<'a>(members: &'a Members, name: &str) -> Option<&'a str> {
    match members.get(name) {
        Some(Value::String(s)) => Some(s),
        _ => None,
    }
}
