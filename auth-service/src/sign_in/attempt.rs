//! The outcome of a login attempt: the one type from the password hash to the view.

use crate::db::types::text_enum;
use crate::sessions::Current;

/// What came of an address and a password.
///
/// Two more states have their place here, and every `match` on this type asks for them once they exist:
///
/// - `Throttled(retry_after)` comes first, before `authenticate` hashes anything: nothing was judged.
/// - `NeedsSecondFactor(pending)` comes between a right password and [`Session::sign_in`](crate::sessions::Session::sign_in).
///   `pending` holds the account and the proofs so far; the second proof joins them, and the session begins with both.
#[derive(Debug)]
#[must_use]
pub enum Attempt {
    /// Nobody was let in. Outside all reasons look alike, and the audit trail tells them apart.
    Rejected(Rejection),
    /// The password is right, but the account may not log in. Only who knows the password learns this.
    Inactive,
    /// A session has begun.
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
    }
}

/// Of a password that was checked.
impl From<Rejection> for Attempt {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Inactive => Self::Inactive,
            other => Self::Rejected(other),
        }
    }
}
