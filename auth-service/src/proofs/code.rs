//! The six-digit code beside a link.

use aws_lc_rs::{constant_time, hmac};
use uuid::Uuid;

use crate::config::SecretKey;
use crate::random;

/// Creates and compares the stored form of codes.
///
/// A million codes are tried in a moment, so a plain hash would reveal a code to whoever reads the
/// database. The HMAC needs `SECRET_KEY` too.
#[derive(Clone)]
pub struct ProofKeys {
    current: hmac::Key,
    previous: Option<hmac::Key>,
}

impl ProofKeys {
    pub fn new(secret: &SecretKey, previous: Option<&SecretKey>) -> Self {
        let key =
            |secret: &SecretKey| hmac::Key::new(hmac::HMAC_SHA256, &*secret.derive::<32>("mail-codes/v1"));
        Self { current: key(secret), previous: previous.map(key) }
    }

    pub(super) fn hash(&self, id: Uuid, code: &str) -> Vec<u8> {
        tag(&self.current, id, code)
    }

    pub(super) fn fits(&self, id: Uuid, code: &str, stored: &[u8]) -> bool {
        let fits = |key| constant_time::verify_slices_are_equal(&tag(key, id, code), stored).is_ok();
        fits(&self.current) || self.previous.as_ref().is_some_and(fits)
    }
}

fn tag(key: &hmac::Key, id: Uuid, code: &str) -> Vec<u8> {
    hmac::sign(key, &[id.as_bytes().as_slice(), code.as_bytes()].concat()).as_ref().to_vec()
}

/// A new code. All million are equally likely, to within one in 10^13.
pub(super) fn random_code() -> String {
    format!("{:06}", u64::from_be_bytes(random::bytes()) % 1_000_000)
}

/// The digits of what somebody typed: mail programs and people put spaces and dashes between them.
pub(super) fn digits(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(16).collect()
}
