//! bcrypt hashes: our own format, which is exactly Django's `bcrypt_sha256$`, and Django's obsolete
//! plain `bcrypt$`.
//!
//! bcrypt reads only 72 bytes. Hashing with SHA-256 first makes every byte of a longer password
//! count (ASVS 6.2.8, CVE-2025-22228). The digest is passed as hexadecimal, because bcrypt stops at
//! a NUL byte.

use aws_lc_rs::digest;

use crate::passwords::Password;
use crate::random;

pub(super) const TAG: &str = "bcrypt_sha256$";
pub(super) const PLAIN_TAG: &str = "bcrypt$";

/// Higher costs would take minutes. `BCRYPT_COST` does not allow them either.
pub(super) const MAX_COST: u32 = 16;

/// A hash of either format, with valid syntax.
#[derive(Debug)]
pub(super) struct Bcrypt<'a> {
    pub is_prehashed: bool,
    pub cost: u32,
    hash: &'a str,
}

impl<'a> Bcrypt<'a> {
    /// Accepts `$2b$12$` and 53 characters. `2x` comes from a broken implementation and would not
    /// verify correctly, so it is refused.
    pub fn parse(hash: &'a str, is_prehashed: bool) -> Option<Self> {
        let mut parts = hash.strip_prefix('$')?.split('$');
        let (version, cost, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let is_good = matches!(version, "2a" | "2b" | "2y")
            && cost.len() == 2
            && cost.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() == 53
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte))
            && parts.next().is_none();
        let cost: u32 = cost.parse().ok().filter(|cost| *cost >= 4)?;
        is_good.then_some(Self { is_prehashed, cost, hash })
    }

    /// Whether `password` matches; `None` if the library cannot read the hash.
    pub fn verify(&self, password: &Password) -> Option<bool> {
        match self.is_prehashed {
            true => bcrypt::verify(prehash(password), self.hash).ok(),
            // The library ignores bytes after the 72nd, as Django's did when such hashes were made.
            false => bcrypt::verify(password.as_bytes(), self.hash).ok(),
        }
    }
}

pub(super) fn make(password: &Password, cost: u32) -> String {
    let parts = bcrypt::hash_with_salt(prehash(password), cost, random::bytes())
        .expect("the cost is within bcrypt's bounds, which the settings check, and the input is 64 bytes");
    format!("{TAG}{}", parts.format_for_version(bcrypt::Version::TwoB))
}

/// A hash with valid syntax at `cost`, with zeros for the salt and the digest.
pub(super) fn dummy(cost: u32) -> String {
    format!("{TAG}$2b${cost:02}${}", ".".repeat(53))
}

/// Does the work of one hash at `cost`, and discards the result.
pub(super) fn burn(password: &Password, cost: u32) {
    let _ = std::hint::black_box(bcrypt::hash_with_salt(prehash(password), cost, [0; 16]));
}

fn prehash(password: &Password) -> String {
    hex::encode(digest::digest(&digest::SHA256, password.as_bytes()))
}
