//! JWKs: the published form of the signing keys' public halves.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A public key: on P-256 (RFC 7518, 6.2.1) or Ed25519 (RFC 8037, 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    crv: String,
    x: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(rename = "use")]
    purpose: String,
    alg: String,
    pub kid: String,
}

impl Jwk {
    /// Converts an uncompressed P-256 point: 04, x, y.
    pub(super) fn es256(point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32).filter(|(_, y)| y.len() == 32)?;
        Some(Self::new("EC", "P-256", x, Some(y), "ES256"))
    }

    /// Converts the 32 bytes of an Ed25519 key.
    pub(super) fn eddsa(key: &[u8]) -> Option<Self> {
        (key.len() == 32).then(|| Self::new("OKP", "Ed25519", key, None, "EdDSA"))
    }

    /// The key id is the thumbprint of RFC 7638: a hash of the required members only, sorted by
    /// name, without white space.
    fn new(kty: &str, crv: &str, x: &[u8], y: Option<&[u8]>, alg: &str) -> Self {
        let x = BASE64_URL_SAFE_NO_PAD.encode(x);
        let y = y.map(|y| BASE64_URL_SAFE_NO_PAD.encode(y));
        let and_y = y.as_ref().map_or_else(String::new, |y| format!(r#","y":"{y}""#));
        let canonical = format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"{and_y}}}"#);
        let kid = BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()));
        let [kty, crv, purpose, alg] = [kty, crv, "sig", alg].map(str::to_owned);
        Self { kty, crv, x, y, purpose, alg, kid }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.3.
    #[test]
    fn the_thumbprint_of_an_ed25519_key_is_the_rfcs() {
        let key = BASE64_URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(Jwk::eddsa(&key).unwrap().kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn what_is_no_key_of_the_kind_is_none() {
        assert!(Jwk::es256(&[4; 64]).is_none() && Jwk::es256(&[2; 65]).is_none());
        assert!(Jwk::eddsa(&[1; 31]).is_none() && Jwk::es256(&[4; 65]).is_some());
    }
}
