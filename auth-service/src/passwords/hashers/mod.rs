//! Password hashing: bcrypt over SHA-256, in Django's format `bcrypt_sha256` ([`ours`]). Users
//! imported from Django have hashes in its other formats. Those are accepted, and replaced at the
//! first login.
//!
//! The cost of a stored hash is limited, here and again at the import, so that a row cannot demand
//! gigabytes or hours.

mod argon2;
mod cost;
mod ours;
mod pbkdf2;
mod scrypt;
mod stored;

use crate::passwords::{NewPassword, Password, PasswordVerification};
use crate::users::PasswordHash;
use cost::TooCostly;
use ours::burn;
use stored::Stored;

pub use stored::HashForm;

/// The limits on imported hashes, as text for the operator.
pub const HASH_LIMITS: &str = "bcrypt cost 16; PBKDF2 5,000,000 iterations; Argon2 256 MiB, memory times passes 1 GiB, 16 \
                               lanes; scrypt 128 MiB, memory times p 512 MiB, \
                               r times p 1024";

impl PasswordHash {
    /// Hashes with a new salt at `cost`. Takes about a quarter of a second at cost 12, so call it
    /// only on the hash pool.
    pub fn make(password: &NewPassword, cost: u32) -> Self {
        Self::of(password.as_password(), cost)
    }

    /// Hashes a password again that was just verified, without applying the current policy for new
    /// ones.
    pub fn remake(password: &Password, cost: u32) -> Self {
        Self::of(password, cost)
    }

    /// A hash in our format that costs as much as a real one at `cost`. It was not computed from
    /// any password, so none is known to match.
    pub fn dummy(cost: u32) -> Self {
        Self::from_text(ours::dummy(cost))
    }

    /// A hash from another system, kept unchanged, and its form. The caller refuses
    /// [`HashForm::TooCostly`].
    pub fn imported(text: String) -> (Self, HashForm) {
        let form = HashForm::of(&text);
        (Self::from_text(text), form)
    }

    fn of(password: &Password, cost: u32) -> Self {
        Self::from_text(ours::make(password, cost))
    }

    /// Checks `password`. A wrong one takes as long as one of our hashes at `cost`, unless the hash
    /// uses another algorithm or a higher cost.
    pub fn check(&self, password: &Password, cost: u32) -> PasswordVerification {
        let stored = Stored::parse(self.exported());
        let verification = match &stored {
            Some(Ok(stored)) => stored.verify(password),
            Some(Err(TooCostly)) => PasswordVerification::TooCostly,
            None => PasswordVerification::Damaged,
        };
        match (verification, stored) {
            (PasswordVerification::Match, _) => {}
            // A hash with an older, lower cost would be faster and so reveal that the account
            // exists. Costs k to c − 1 together do the missing work: 2^k + … + 2^(c−1) = 2^c − 2^k.
            (PasswordVerification::Mismatch, Some(Ok(Stored::Bcrypt(hash)))) => {
                (hash.cost..cost).for_each(|cost| burn(password, cost));
            }
            (PasswordVerification::Mismatch, _) => {}
            _ => burn(password, cost),
        }
        verification
    }

    /// The memory that a check needs, in bytes; 0 stands for a few KiB.
    pub fn memory(&self) -> u64 {
        Stored::parse(self.exported()).and_then(Result::ok).map_or(0, |stored| stored.memory())
    }

    /// Whether the hash is in our own format, at any cost.
    pub fn is_of_our_form(&self) -> bool {
        matches!(Stored::parse(self.exported()), Some(Ok(Stored::Bcrypt(hash))) if hash.is_prehashed)
    }

    /// Whether the settings require a new hash, in another format or at another cost.
    pub fn must_update(&self, cost: u32) -> bool {
        match Stored::parse(self.exported()) {
            Some(Ok(Stored::Bcrypt(hash))) => !hash.is_prehashed || hash.cost != cost,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: u32 = 4;

    fn password(text: &str) -> Password {
        text.to_owned().into()
    }

    #[test]
    fn only_the_same_password_fits() {
        let hash = PasswordHash::of(&password("correct horse"), COST);
        assert_eq!(hash.check(&password("correct horse"), COST), PasswordVerification::Match);
        for other in ["", "correct horse ", "Correct horse", "correct"] {
            assert_eq!(hash.check(&password(other), COST), PasswordVerification::Mismatch);
        }
    }

    /// P3: plain bcrypt would treat the two as equal.
    #[test]
    fn the_seventy_third_byte_matters() {
        let (a, b) = ("x".repeat(72) + "a", "x".repeat(72) + "b");
        let hash = PasswordHash::of(&password(&a), COST);
        assert_eq!(hash.check(&password(&a), COST), PasswordVerification::Match);
        assert_eq!(hash.check(&password(&b), COST), PasswordVerification::Mismatch);
        assert_eq!(
            PasswordHash::of(&password("a\0b"), COST).check(&password("a\0c"), COST),
            PasswordVerification::Mismatch
        );
    }

    /// P10
    #[test]
    fn a_corrupt_hash_fits_nothing_and_is_told_apart() {
        for stored in
            ["", "bcrypt_sha256$", "bcrypt_sha256$$2b$04$short", "plain", "md5$x$y", "sha1$a$b", "$2b$04$x"]
        {
            assert_eq!(
                PasswordHash::from_text(stored.to_owned()).check(&password("plain"), COST),
                PasswordVerification::Damaged
            );
        }
    }

    #[test]
    fn raising_the_cost_asks_for_a_new_hash_and_keeps_the_old_one_working() {
        let hash = PasswordHash::of(&password("correct horse"), COST);
        assert!(!hash.must_update(COST) && hash.must_update(COST + 1));
        assert_eq!(hash.check(&password("correct horse"), COST + 1), PasswordVerification::Match);
        assert_eq!(hash.check(&password("wrong"), COST + 1), PasswordVerification::Mismatch);
    }

    #[test]
    fn the_stored_form_is_djangos() {
        let text = PasswordHash::of(&password("x"), COST).exported().to_owned();
        assert!(text.starts_with("bcrypt_sha256$$2b$04$") && text.len() == ours::TAG.len() + 60, "{text}");
    }

    #[test]
    fn a_row_without_a_password_fits_nothing_and_is_not_damaged() {
        for stored in ["!", "!aQw8ErTzUiOpAsDfGhJkLyXcVbNm"] {
            let hash = PasswordHash::from_text(stored.to_owned());
            assert_eq!(hash.check(&password(stored), COST), PasswordVerification::NoPasswordSet);
            assert_eq!(hash.check(&password(""), COST), PasswordVerification::NoPasswordSet);
        }
    }

    /// F2
    #[test]
    fn a_hash_that_would_take_gigabytes_or_hours_is_refused_and_never_computed() {
        let (key20, key32, key64) = ("A".repeat(27) + "=", "A".repeat(43) + "=", "A".repeat(86) + "==");
        for text in [
            format!("bcrypt_sha256$$2b$17${}", "a".repeat(53)),
            format!("bcrypt$$2b$31${}", "a".repeat(53)),
            format!("pbkdf2_sha256$5000001$salt${key32}"),
            format!("pbkdf2_sha1$99999999999$salt${key20}"),
            format!("argon2$argon2id$v=19$m=8388608,t=2,p=8$AAAAAAAAAAAAAA${}", "A".repeat(43)),
            format!("argon2$argon2id$v=19$m=65536,t=4000000000,p=1$AAAAAAAAAAAAAA${}", "A".repeat(43)),
            format!("argon2$argon2d$v=19$m=65536,t=1,p=17$AAAAAAAAAAAAAA${}", "A".repeat(43)),
            format!("scrypt$1073741824$salt$8$1${key64}"),
            format!("scrypt$16384$salt$8$1000${key64}"),
            format!("scrypt$16384$salt$4294967295$4294967295${key64}"),
            // Each `p` needs little memory, but all of them together need 256 MiB.
            format!("scrypt$2$salt$1$2097152${key64}"),
            format!("scrypt$2$salt$1$1025${key64}"),
            format!("scrypt$2$salt$2097152$1${key64}"),
        ] {
            let (hash, form) = PasswordHash::imported(text.clone());
            assert_eq!(form, HashForm::TooCostly, "{text}");
            assert_eq!(hash.check(&password("x"), COST), PasswordVerification::TooCostly, "{text}");
            assert_eq!(hash.memory(), 0, "{text}");
        }
    }

    /// W5, F2: what OWASP and Django recommend is within the limits.
    #[test]
    fn what_a_hash_takes_is_known_before_it_is_computed() {
        const MIB: u64 = 1024 * 1024;
        let (key32, key64) = ("A".repeat(43), "A".repeat(86) + "==");
        for (text, mib) in [
            (format!("scrypt$16384$salt$8$5${key64}"), 17),
            (format!("scrypt$131072$salt$8$1${key64}"), 129),
            (format!("scrypt$8192$salt$8$10${key64}"), 9),
            (format!("argon2$argon2id$v=19$m=102400,t=2,p=8$AAAAAAAAAAAAAA${key32}"), 100),
            (format!("argon2$argon2id$v=19$m=262144,t=4,p=1$AAAAAAAAAAAAAA${key32}"), 256),
            (format!("pbkdf2_sha256$1000000$salt${key32}="), 0),
            ("!".to_owned(), 0),
            ("damaged".to_owned(), 0),
        ] {
            let (hash, form) = PasswordHash::imported(text.clone());
            assert_ne!(form, HashForm::TooCostly, "{text}");
            assert_eq!(hash.memory().div_ceil(MIB), mib, "{text}");
        }
        assert_eq!(PasswordHash::dummy(COST).memory(), 0);
    }

    #[test]
    fn what_is_nearly_a_hash_is_none() {
        let key32 = "A".repeat(43) + "=";
        for text in [
            "pbkdf2_sha256$".to_owned(),
            format!("pbkdf2_sha256$0$salt${key32}"),
            format!("pbkdf2_sha256$1$${key32}"),
            format!("pbkdf2_sha256$1$salt${key32}$more"),
            format!("pbkdf2_sha256$-1$salt${key32}"),
            "pbkdf2_sha256$1$salt$AAAA".to_owned(),
            format!("argon2$argon2x$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAA${}", "A".repeat(43)),
            format!("argon2$argon2id$v=20$m=8,t=1,p=1$AAAAAAAAAAAAAA${}", "A".repeat(43)),
            "argon2$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAA$".to_owned(),
            "scrypt$3$salt$8$1$AAAA".to_owned(),
            format!("bcrypt$$2x$04${}", "a".repeat(53)),
            format!("bcrypt$$2b$4${}", "a".repeat(53)),
            "x".repeat(1_000_000),
        ] {
            assert_eq!(PasswordHash::imported(text.clone()).1, HashForm::Unknown, "{text:.80}");
        }
    }

    /// E1: an invalid hash would be rejected before any work is done, so the dummy must be valid.
    #[test]
    fn the_dummy_hash_is_a_hash_of_ours_at_that_cost_and_fits_nothing() {
        for cost in [4, 5, 16] {
            assert!(!PasswordHash::dummy(cost).must_update(cost) && PasswordHash::dummy(cost).must_update(6));
        }
        for guess in ["", "correct horse"] {
            assert_eq!(
                PasswordHash::dummy(COST).check(&password(guess), COST),
                PasswordVerification::Mismatch
            );
        }
    }
}
