//! Sign-in: checks the password, begins a session, and reauthenticates before sensitive actions.

mod attempt;
mod authenticate;
mod begin;
mod login_notice;
mod new_password;
mod reauthenticate;
mod service;

pub use attempt::{Attempt, Rejection};
pub use login_notice::{LoginNotices, NOT_ME, NOT_ME_PATH, NewLoginLetter};
pub use new_password::{NewPasswordFor, PasswordChangedNotice, Way};
pub use service::{Before, Credentials, SignIn};
