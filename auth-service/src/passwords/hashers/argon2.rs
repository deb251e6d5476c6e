//! Django's Argon2 hashes, of all three variants:
//! `argon2$argon2id$v=19$m=102400,t=2,p=8$<salt>$<hash>`.

use argon2::{Algorithm, Params, Version};
use aws_lc_rs::constant_time;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use super::cost::TooCostly;
use crate::passwords::Password;

pub(super) const TAG: &str = "argon2$";

/// In KiB, for each hashing thread; Django uses 100 MiB.
pub(super) const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Memory times passes, in KiB: takes about a second.
pub(super) const MAX_WORK_KIB: u64 = 1024 * 1024;
const MAX_LANES: u32 = 16;

#[derive(Debug)]
pub(super) struct Argon2 {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon2 {
    pub fn parse(text: &str) -> Option<Result<Self, TooCostly>> {
        let mut parts = text.split('$');
        let algorithm = Algorithm::new(parts.next()?).ok()?;
        let next = parts.next()?;
        // The library's first release wrote no version.
        let (version, costs) = match next.strip_prefix("v=") {
            Some("19") => (Version::V0x13, parts.next()?),
            Some("16") => (Version::V0x10, parts.next()?),
            Some(_) => return None,
            None => (Version::V0x10, next),
        };
        let (salt, hash) = (parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let mut costs = costs.split(',');
        let mut cost =
            |name: &str| -> Option<u32> { costs.next()?.strip_prefix(name)?.strip_prefix('=')?.parse().ok() };
        let (memory, passes, lanes) = (cost("m")?, cost("t")?, cost("p")?);
        if costs.next().is_some() {
            return None;
        }
        let salt = BASE64_STANDARD_NO_PAD.decode(salt).ok().filter(|salt| (8..=64).contains(&salt.len()))?;
        let hash = BASE64_STANDARD_NO_PAD.decode(hash).ok().filter(|hash| (12..=64).contains(&hash.len()))?;
        let work = u64::from(memory) * u64::from(passes);
        if memory > MAX_MEMORY_KIB || work > MAX_WORK_KIB || lanes > MAX_LANES {
            return Some(Err(TooCostly));
        }
        let params = Params::new(memory, passes, lanes, Some(hash.len())).ok()?;
        Some(Ok(Self { algorithm, version, params, salt, hash }))
    }

    /// Compares in constant time. `None` if the library cannot compute the hash.
    pub fn verify(&self, password: &Password) -> Option<bool> {
        let hasher = argon2::Argon2::new(self.algorithm, self.version, self.params.clone());
        let mut made = vec![0; self.hash.len()];
        hasher.hash_password_into(password.as_bytes(), &self.salt, &mut made).ok()?;
        Some(constant_time::verify_slices_are_equal(&made, &self.hash).is_ok())
    }

    pub fn memory(&self) -> u64 {
        u64::from(self.params.m_cost()) * 1024
    }
}
