//! Parses stored hashes in Django's formats.

use super::argon2::{self, Argon2};
use super::cost::TooCostly;
use super::ours::{self, Bcrypt};
use super::pbkdf2::{Digest, Pbkdf2};
use super::scrypt::{self, Scrypt};

use crate::passwords::{Password, PasswordVerification};

/// Longer than any hash in Django's column of 128 characters, including our own.
const MAX_BYTES: usize = 256;

/// A parsed stored hash.
#[derive(Debug)]
pub(super) enum Stored<'a> {
    Bcrypt(Bcrypt<'a>),
    Pbkdf2(Pbkdf2<'a>),
    Argon2(Box<Argon2>),
    Scrypt(Scrypt<'a>),
    /// `!…`: Django's mark for an account without a password. Its owner logs in by other means or
    /// not at all.
    Unusable,
}

impl<'a> Stored<'a> {
    /// Parses a hash. Returns `None` for an unknown format, and an error if the check would take
    /// too long.
    pub fn parse(text: &'a str) -> Option<Result<Self, TooCostly>> {
        if text.len() > MAX_BYTES {
            return None;
        }
        if text.starts_with('!') {
            return Some(Ok(Self::Unusable));
        }
        if let Some(rest) = text.strip_prefix(ours::TAG) {
            return bcrypt(rest, true);
        }
        if let Some(rest) = text.strip_prefix(ours::PLAIN_TAG) {
            return bcrypt(rest, false);
        }
        for digest in [Digest::Sha256, Digest::Sha1] {
            if let Some(rest) = text.strip_prefix(digest.tag()) {
                return Some(Pbkdf2::parse(digest, rest)?.map(Self::Pbkdf2));
            }
        }
        if let Some(rest) = text.strip_prefix(argon2::TAG) {
            return Some(Argon2::parse(rest)?.map(|hash| Self::Argon2(Box::new(hash))));
        }
        let rest = text.strip_prefix(scrypt::TAG)?;
        Some(Scrypt::parse(rest)?.map(Self::Scrypt))
    }

    /// Compares `password` with the hash.
    pub fn verify(&self, password: &Password) -> PasswordVerification {
        PasswordVerification::of_comparison(match self {
            Self::Bcrypt(hash) => hash.verify(password),
            Self::Pbkdf2(hash) => Some(hash.verify(password)),
            Self::Argon2(hash) => hash.verify(password),
            Self::Scrypt(hash) => hash.verify(password),
            Self::Unusable => return PasswordVerification::NoPasswordSet,
        })
    }

    /// The memory that a check needs, in bytes.
    pub fn memory(&self) -> u64 {
        match self {
            Self::Argon2(hash) => hash.memory(),
            Self::Scrypt(hash) => hash.memory(),
            Self::Bcrypt(_) | Self::Pbkdf2(_) | Self::Unusable => 0,
        }
    }
}

fn bcrypt(rest: &str, is_prehashed: bool) -> Option<Result<Stored<'_>, TooCostly>> {
    let hash = Bcrypt::parse(rest, is_prehashed)?;
    Some(if hash.cost > ours::MAX_COST { Err(TooCostly) } else { Ok(Stored::Bcrypt(hash)) })
}

/// The kind of a hash, as the import reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashForm {
    /// A password can be checked against it.
    Usable,
    /// Django's `!…`: no password was set.
    Unusable,
    /// Empty, damaged, or made by an unsupported hasher such as `md5$`. It is kept, and no password
    /// matches it.
    Unknown,
    /// Checking it would need too much time or memory.
    TooCostly,
}

impl HashForm {
    pub(super) fn of(text: &str) -> Self {
        match Stored::parse(text) {
            None => Self::Unknown,
            Some(Err(TooCostly)) => Self::TooCostly,
            Some(Ok(Stored::Unusable)) => Self::Unusable,
            Some(Ok(_)) => Self::Usable,
        }
    }
}
