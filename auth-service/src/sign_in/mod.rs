//! Signing in: the password is checked, a session begins, and the password is asked for again before something delicate.

mod attempt;
mod authenticate;
mod begin;
mod reauthenticate;

pub use attempt::{Attempt, Rejection};
pub use authenticate::authenticate;
pub use reauthenticate::Proven;
