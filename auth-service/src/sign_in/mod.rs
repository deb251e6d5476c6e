//! Signing in: the password is checked, a session begins, and the password is asked for again before something delicate.

mod authenticate;
mod begin;
mod reauthenticate;

pub use authenticate::{Authenticated, authenticate};
pub use begin::SignedIn;
pub use reauthenticate::Proven;
