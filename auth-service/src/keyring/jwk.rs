//! The public half of a signing key, as it is published.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A public key on P-256 (RFC 7518, 6.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(rename = "use")]
    purpose: String,
    alg: String,
    pub kid: String,
}

impl Jwk {
    /// From an uncompressed point: 04, x, y. The key id is the thumbprint of RFC 7638.
    pub(super) fn es256(point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32).filter(|(_, y)| y.len() == 32)?;
        let (x, y) = (BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y));
        // RFC 7638, 3: the required members alone, in the order of their names, without white space.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()));
        Some(Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x,
            y,
            purpose: "sig".to_owned(),
            alg: "ES256".to_owned(),
            kid,
        })
    }
}
