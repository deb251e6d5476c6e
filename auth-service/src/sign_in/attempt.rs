//! The outcome of a login attempt, from the password check to the page.

use crate::db::types::text_enum;
use crate::passwords::PasswordVerification;
use crate::sessions::Current;
use crate::users::User;

/// The result of a login with an address and a password, or of a reauthentication.
///
/// An attempt goes through these states in order, in [`SignIn::attempt`](super::SignIn::attempt).
/// Two states that do not exist yet have their place among them:
///
/// 1. `Throttled(retry_after)`, before anything is read or hashed.
/// 2. [`Rejected`](Self::Rejected), [`Inactive`](Self::Inactive) or
///    [`Unverified`](Self::Unverified), once the password is checked.
/// 3. `NeedsSecondFactor(pending)`, between a correct password and the session. `pending` would
///    hold the account and the proofs so far. The second proof is added to them, and the session
///    begins with both.
/// 4. [`SignedIn`](Self::SignedIn).
///
/// A new variant forces every caller to handle it.
#[derive(Debug)]
#[must_use]
pub enum Attempt {
    /// Rejected. The response is the same for all reasons; the audit trail has them.
    Rejected(Rejection),
    /// The password is correct, but the account may not log in. Only a client with the correct
    /// password learns this.
    Inactive,
    /// The password is correct, but tokens need a verified address, and this one is not. Only a
    /// client with the correct password learns this.
    Unverified(Box<User>),
    /// The session has begun, or has recorded the reauthentication.
    SignedIn(Box<Current>),
}

text_enum! {
    /// Why an attempt was rejected.
    pub enum Rejection {
        NoSuchAccount = "no such account",
        WrongPassword = "wrong password",
        Inactive = "inactive",
        Unverified = "unverified",
        DamagedPasswordHash = "damaged password hash",
        /// The hash exceeds the cost limits and was not computed.
        TooCostlyPasswordHash = "too costly password hash",
        /// The account has no password.
        NoPasswordSet = "no password set",
        /// The session ended during the reauthentication.
        SessionEnded = "session ended",
    }
}

impl Rejection {
    /// Why `user` may not log in after this password check; `None` if they may.
    pub(super) fn of(verification: PasswordVerification, user: &User) -> Option<Self> {
        match verification {
            PasswordVerification::Match => (!user.is_active).then_some(Self::Inactive),
            PasswordVerification::Mismatch => Some(Self::WrongPassword),
            PasswordVerification::NoPasswordSet => Some(Self::NoPasswordSet),
            PasswordVerification::Damaged => Some(Self::DamagedPasswordHash),
            PasswordVerification::TooCostly => Some(Self::TooCostlyPasswordHash),
        }
    }
}

/// Converts a rejection after the password check.
impl From<Rejection> for Attempt {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Inactive => Self::Inactive,
            other => Self::Rejected(other),
        }
    }
}
