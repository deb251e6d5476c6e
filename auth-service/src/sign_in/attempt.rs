//! The outcome of a login attempt, from the password check to the page.

use crate::db::types::text_enum;
use crate::passwords::PasswordVerification;
use crate::sessions::Current;
use crate::users::User;

/// The outcome of a login with an address and a password, or of a password that was asked for
/// again.
///
/// An attempt goes through these states in order, in [`SignIn::attempt`](super::SignIn::attempt).
/// Two further states have a seat there:
///
/// 1. `Throttled(retry_after)`, before anything is read or hashed.
/// 2. [`Rejected`](Self::Rejected) or [`Inactive`](Self::Inactive), once the password is checked.
/// 3. `NeedsSecondFactor(pending)`, between a right password and the session. `pending` would hold
///    the account and the proofs so far; the second proof joins them, and the session begins with
///    both.
/// 4. [`SignedIn`](Self::SignedIn).
///
/// A new variant makes every caller say what it means there.
#[derive(Debug)]
#[must_use]
pub enum Attempt {
    /// Nobody was let in. To the outside all reasons look alike; the audit trail tells them apart.
    Rejected(Rejection),
    /// The password is right, but the account may not log in. Only somebody with the password
    /// learns this.
    Inactive,
    /// A session has begun, or notes that its owner gave the password again.
    SignedIn(Box<Current>),
}

text_enum! {
    /// Why an attempt was rejected.
    pub enum Rejection {
        NoSuchAccount = "no such account",
        WrongPassword = "wrong password",
        Inactive = "inactive",
        DamagedPasswordHash = "damaged password hash",
        /// The hash asks for more than the limits allow, and was not computed.
        TooCostlyPasswordHash = "too costly password hash",
        /// The account came without a password.
        NoPasswordSet = "no password set",
        /// The session that asked for the password again ended in between.
        SessionEnded = "session ended",
    }
}

impl Rejection {
    /// Why `user` may not log in after this check of their password. `None` when they may.
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

/// After a check of the password.
impl From<Rejection> for Attempt {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Inactive => Self::Inactive,
            other => Self::Rejected(other),
        }
    }
}
