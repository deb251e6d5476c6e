//! Signing in: the password is checked, a session begins, and the password is asked for again before something delicate.

mod attempt;
mod authenticate;
mod begin;
mod reauthenticate;
mod service;

pub use attempt::{Attempt, Rejection};
pub use service::{Before, Credentials, SignIn};
