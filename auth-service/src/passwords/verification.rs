//! Password verification: the outcome of comparing a password with a stored hash.

/// The outcome of a verification. One type from the hashers through the pool to the sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum PasswordVerification {
    Match,
    Mismatch,
    /// Django's mark for "no password": nothing could match.
    NoPasswordSet,
    /// The row holds no hash of a form that we know. Somebody has to look at it.
    Damaged,
    /// The hash asks for more than the limits allow, and was not computed.
    TooCostly,
}

impl PasswordVerification {
    /// Of two hashes that were compared; `None` where the library could not read the stored one.
    pub(super) fn of_comparison(is_equal: Option<bool>) -> Self {
        match is_equal {
            Some(true) => Self::Match,
            Some(false) => Self::Mismatch,
            None => Self::Damaged,
        }
    }
}
