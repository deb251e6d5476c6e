//! Password verification: the outcome of comparing a password with a stored hash.

/// The result of a verification, from the hashers through the pool to the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum PasswordVerification {
    Match,
    Mismatch,
    /// Django's mark for "no password": no password matches.
    NoPasswordSet,
    /// The stored hash has no known format. An operator has to look at it.
    Damaged,
    /// The hash exceeds the cost limits and was not computed.
    TooCostly,
}

impl PasswordVerification {
    /// The result of a comparison; `None` means that the library could not read the stored hash.
    pub(super) fn of_comparison(is_equal: Option<bool>) -> Self {
        match is_equal {
            Some(true) => Self::Match,
            Some(false) => Self::Mismatch,
            None => Self::Damaged,
        }
    }
}
