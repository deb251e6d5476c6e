//! Django's PBKDF2 hashes: `pbkdf2_sha256$<iterations>$<salt>$<base64>`, which is its default, and
//! `pbkdf2_sha1$`.

use std::num::NonZero;

use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::cost::TooCostly;
use crate::passwords::Password;

/// About four times the iterations of Django 5.2: takes about a second.
pub(super) const MAX_ITERATIONS: u32 = 5_000_000;

#[derive(Debug)]
pub(super) struct Pbkdf2<'a> {
    digest: Digest,
    iterations: NonZero<u32>,
    salt: &'a str,
    hash: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
}

impl Digest {
    fn algorithm(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    pub fn tag(self) -> &'static str {
        match self {
            Self::Sha1 => "pbkdf2_sha1$",
            Self::Sha256 => "pbkdf2_sha256$",
        }
    }
}

impl<'a> Pbkdf2<'a> {
    pub fn parse(digest: Digest, text: &'a str) -> Option<Result<Self, TooCostly>> {
        let mut parts = text.split('$');
        let (iterations, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || salt.is_empty() {
            return None;
        }
        let iterations: u64 = iterations.parse().ok()?;
        let hash = BASE64_STANDARD.decode(hash).ok().filter(|hash| hash.len() == digest.bytes())?;
        if iterations > MAX_ITERATIONS.into() {
            return Some(Err(TooCostly));
        }
        let iterations = NonZero::new(u32::try_from(iterations).ok()?)?;
        Some(Ok(Self { digest, iterations, salt, hash }))
    }

    /// Compares in constant time.
    pub fn verify(&self, password: &Password) -> bool {
        let (salt, password) = (self.salt.as_bytes(), password.as_bytes());
        pbkdf2::verify(self.digest.algorithm(), self.iterations, salt, password, &self.hash).is_ok()
    }
}
