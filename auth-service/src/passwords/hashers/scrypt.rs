//! Django's scrypt hashes: `scrypt$<N>$<salt>$<r>$<p>$<base64>`.

use aws_lc_rs::constant_time;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use scrypt::Params;

use super::cost::TooCostly;
use crate::passwords::Password;

pub(super) const TAG: &str = "scrypt$";

/// For each hashing thread; Django uses 16 MiB.
pub(super) const MAX_MEMORY_BYTES: u64 = 128 * 1024 * 1024;
/// Memory times `p`: takes about a second or two.
pub(super) const MAX_WORK_BYTES: u64 = 512 * 1024 * 1024;
/// The limit on `r` times `p`. Before its `N` rounds, scrypt derives this many blocks of 128 bytes,
/// whatever `N` is. RFC 7914 allows 2^30; Django uses 40.
pub(super) const MAX_R_TIMES_P: u64 = 1024;
/// The length that Django requests from `hashlib.scrypt`.
const HASH_BYTES: usize = 64;

#[derive(Debug)]
pub(super) struct Scrypt<'a> {
    params: Params,
    salt: &'a str,
    hash: Vec<u8>,
}

impl<'a> Scrypt<'a> {
    pub fn parse(text: &'a str) -> Option<Result<Self, TooCostly>> {
        let parts: Vec<&str> = text.split('$').collect();
        let [n, salt, r, p, hash] = parts[..] else { return None };
        let (n, r, p): (u64, u32, u32) = (n.parse().ok()?, r.parse().ok()?, p.parse().ok()?);
        let hash = BASE64_STANDARD.decode(hash).ok().filter(|hash| hash.len() == HASH_BYTES)?;
        if !n.is_power_of_two() || n < 2 || r == 0 || p == 0 || salt.is_empty() {
            return None;
        }
        let memory = n.saturating_mul(r.into()).saturating_mul(128);
        if memory > MAX_MEMORY_BYTES
            || memory.saturating_mul(p.into()) > MAX_WORK_BYTES
            || u64::from(r) * u64::from(p) > MAX_R_TIMES_P
        {
            return Some(Err(TooCostly));
        }
        let params = Params::new(u8::try_from(n.ilog2()).ok()?, r, p).ok()?;
        Some(Ok(Self { params, salt, hash }))
    }

    /// Compares in constant time. `None` if the library cannot compute the hash.
    pub fn verify(&self, password: &Password) -> Option<bool> {
        let mut made = [0; HASH_BYTES];
        scrypt::scrypt(password.as_bytes(), self.salt.as_bytes(), &self.params, &mut made).ok()?;
        Some(constant_time::verify_slices_are_equal(&made, &self.hash).is_ok())
    }

    /// The library allocates `N` + `p` + 1 blocks of `r` times 128 bytes.
    pub fn memory(&self) -> u64 {
        u64::from(self.params.r()) * 128 * (self.params.n() + u64::from(self.params.p()) + 1)
    }
}
