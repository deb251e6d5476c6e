//! How passwords are kept: bcrypt behind a SHA-256, in the form that Django calls `bcrypt_sha256`.
//!
//! bcrypt reads 72 bytes; hashing first lets every byte of a longer password count (ASVS 6.2.8, CVE-2025-22228).
//! The digest goes in as hexadecimal, because bcrypt stops at a NUL byte. Kept to the letter in Django's form,
//! so accounts can move both ways.

use aws_lc_rs::digest;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

use super::{NewPassword, Password};
use crate::random;

const TAG: &str = "bcrypt_sha256$";

/// A hashed password as the database holds it: `bcrypt_sha256$$2b$12$…`.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct PasswordHash(String);

/// Whether a password fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Right,
    Wrong,
    /// The row holds something that is no hash of ours; somebody has to look at it.
    Corrupt,
}

impl PasswordHash {
    /// Hashes with a new salt at `cost`. About a quarter of a second at cost 12: only on the hash pool.
    pub fn make(password: &NewPassword, cost: u32) -> Self {
        Self::of(password.as_password(), cost)
    }

    /// Hashes again a password that was just found right, whatever today's rules for new ones say.
    pub(super) fn remake(password: &Password, cost: u32) -> Self {
        Self::of(password, cost)
    }

    /// A hash that no password fits, for comparing when there is no account: see [`PasswordHash::check`].
    pub fn decoy(cost: u32) -> Self {
        Self::of(&Password::from(hex::encode(random::bytes::<32>())), cost)
    }

    fn of(password: &Password, cost: u32) -> Self {
        let parts = bcrypt::hash_with_salt(prehash(password), cost, random::bytes()).expect(
            "the cost is within bcrypt's bounds, which the settings check, and the input is 64 bytes",
        );
        Self(format!("{TAG}{}", parts.format_for_version(bcrypt::Version::TwoB)))
    }

    /// Whether `password` is the one, in the time that a hash of `cost` takes, whatever the stored one's cost.
    pub fn check(&self, password: &Password, cost: u32) -> Verdict {
        let digest = prehash(password);
        let verdict = match self.0.strip_prefix(TAG).map(|hash| bcrypt::verify(&digest, hash)) {
            Some(Ok(true)) => return Verdict::Right,
            Some(Ok(false)) => Verdict::Wrong,
            Some(Err(_)) | None => Verdict::Corrupt,
        };
        // A hash of an older, lower cost would answer sooner and so tell that the account exists. Costs k to
        // c − 1 together do the missing work: 2^k + … + 2^(c−1) = 2^c − 2^k.
        let done = match verdict {
            Verdict::Corrupt => None,
            _ => self.cost(),
        };
        match done {
            Some(own) => (own..cost).for_each(|cost| burn(&digest, cost)),
            None => burn(&digest, cost),
        }
        verdict
    }

    /// Whether the settings ask for another cost than this hash was made with.
    pub fn must_update(&self, cost: u32) -> bool {
        self.cost() != Some(cost)
    }

    fn cost(&self) -> Option<u32> {
        self.0.strip_prefix(TAG)?.split('$').nth(2)?.parse().ok()
    }
}

fn burn(digest: &str, cost: u32) {
    let _ = std::hint::black_box(bcrypt::hash_with_salt(digest, cost, [0; 16]));
}

fn prehash(password: &Password) -> String {
    hex::encode(digest::digest(&digest::SHA256, password.as_bytes()))
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

mod sql {
    //! A hash goes to the database and comes back as plain text.

    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Text;

    use super::PasswordHash;

    impl<DB: Backend> ToSql<Text, DB> for PasswordHash
    where
        str: ToSql<Text, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            self.0.as_str().to_sql(out)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for PasswordHash
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(Self(String::from_sql(value)?))
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
        assert_eq!(hash.check(&password("correct horse"), COST), Verdict::Right);
        for other in ["", "correct horse ", "Correct horse", "correct"] {
            assert_eq!(hash.check(&password(other), COST), Verdict::Wrong);
        }
    }

    /// P3: bcrypt alone would take both for the same.
    #[test]
    fn the_seventy_third_byte_matters() {
        let (a, b) = ("x".repeat(72) + "a", "x".repeat(72) + "b");
        let hash = PasswordHash::of(&password(&a), COST);
        assert_eq!(hash.check(&password(&a), COST), Verdict::Right);
        assert_eq!(hash.check(&password(&b), COST), Verdict::Wrong);
        assert_eq!(PasswordHash::of(&password("a\0b"), COST).check(&password("a\0c"), COST), Verdict::Wrong);
    }

    /// P10
    #[test]
    fn a_corrupt_hash_fits_nothing_and_is_told_apart() {
        for stored in ["", "!", "bcrypt_sha256$", "bcrypt_sha256$$2b$04$short", "plain", "md5$x$y"] {
            assert_eq!(PasswordHash(stored.to_owned()).check(&password("plain"), COST), Verdict::Corrupt);
        }
    }

    #[test]
    fn raising_the_cost_asks_for_a_new_hash_and_keeps_the_old_one_working() {
        let hash = PasswordHash::of(&password("correct horse"), COST);
        assert!(!hash.must_update(COST) && hash.must_update(COST + 1));
        assert_eq!(hash.check(&password("correct horse"), COST + 1), Verdict::Right);
        assert_eq!(hash.check(&password("wrong"), COST + 1), Verdict::Wrong);
    }

    #[test]
    fn the_stored_form_is_djangos() {
        let PasswordHash(text) = PasswordHash::of(&password("x"), COST);
        assert!(text.starts_with("bcrypt_sha256$$2b$04$") && text.len() == TAG.len() + 60, "{text}");
    }
}
