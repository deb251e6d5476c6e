//! How access tokens are signed, and for how long one key signs.

use std::time::Duration;

use shared_claims::MIN_SIGNING_KEY_BYTES;
use zeroize::Zeroizing;

use super::secret::{self, Kind};
use super::secret_key::require_random;
use super::unjudged::Unjudged;
use super::{ConfigError, Flags, KeyTimeFlags, ServeFlags, settings};

/// The algorithm that signs access tokens.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// ECDSA on P-256 (RFC 7518, 3.4). The default: every library verifies it.
    Es256,
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// HMAC-SHA-512 (RFC 7518, 3.2). Every service has the key, and could sign with it.
    Hs512(SharedKey),
}

impl TokenAlgorithm {
    /// The name in a token's header and in `TOKEN_ALGORITHM`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Hs512(_) => "HS512",
        }
    }
}

impl std::fmt::Debug for TokenAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// `JWT_SIGNING_KEY`: at least 64 bytes, as RFC 7518, 3.2 requires for HS512.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedKey(Zeroizing<Vec<u8>>);

impl SharedKey {
    const SETTING: &'static str = "JWT_SIGNING_KEY";

    fn parse(text: &str, unjudged: &mut Unjudged) -> Result<Self, ConfigError> {
        require_random(Self::SETTING, text, MIN_SIGNING_KEY_BYTES, unjudged)?;
        Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How long a key signs and is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTimes {
    /// How long a key signs before the next one takes over. Default 30 days; `None` if rotation is
    /// off.
    pub rotation: Option<Duration>,
    /// How long services cache the published keys. Default 5 minutes.
    pub jwks_max_age: Duration,
    /// The allowance for clock differences and for the time to fetch the keys: 5 seconds.
    pub skew: Duration,
    /// The lifetime of an access token (`ACCESS_TOKEN_LIFETIME`).
    pub token_life: Duration,
}

impl KeyTimes {
    pub fn parse(flags: &KeyTimeFlags) -> Result<Self, ConfigError> {
        let flags = flags.tidied()?;
        Ok(Self {
            rotation: rotation(flags.key_rotation.as_deref())?,
            jwks_max_age: settings::duration("JWKS_MAX_AGE", flags.jwks_max_age.as_deref())?,
            skew: Duration::from_secs(shared_claims::LEEWAY_SECONDS.unsigned_abs()),
            token_life: settings::duration("ACCESS_TOKEN_LIFETIME", flags.access_token_lifetime.as_deref())?,
        })
    }

    /// How long a key is published before it signs, so that every service has fetched it by then.
    pub fn lead(&self) -> Duration {
        self.jwks_max_age + self.skew
    }

    /// How long a key stays published after its last signature, until its last token has expired
    /// everywhere.
    pub fn keep(&self) -> Duration {
        self.token_life + self.skew + self.jwks_max_age
    }
}

fn rotation(value: Option<&str>) -> Result<Option<Duration>, ConfigError> {
    // A key must sign for longer than the maximum JWKS_MAX_AGE, or the next key would not be
    // published for long enough.
    match value {
        Some("0") => Ok(None),
        value => settings::duration("KEY_ROTATION", value).map(Some).map_err(|error| {
            ConfigError::new("KEY_ROTATION", format!("{}, or 0 to turn rotation off", error.problem))
        }),
    }
}

pub(super) fn algorithm(flags: &ServeFlags, unjudged: &mut Unjudged) -> Result<TokenAlgorithm, ConfigError> {
    let key = secret::read(
        (SharedKey::SETTING, Kind::Secret),
        flags.jwt_signing_key.as_deref(),
        flags.jwt_signing_key_file.as_deref(),
    )?;
    // Check it even if it is unused here, because services with the same settings use it.
    let key = key.as_ref().map(|text| SharedKey::parse(text, unjudged)).transpose()?;
    match (settings::one_of("TOKEN_ALGORITHM", flags.token_algorithm.as_deref())?, key) {
        ("EdDSA", _) => Ok(TokenAlgorithm::EdDsa),
        ("HS512", Some(key)) => Ok(TokenAlgorithm::Hs512(key)),
        ("HS512", None) => Err(ConfigError::new(
            SharedKey::SETTING,
            "is not set, and TOKEN_ALGORITHM=HS512 signs with it; make one with `auth-service generate-secret`",
        )),
        _ => Ok(TokenAlgorithm::Es256),
    }
}
