//! Sign-in: checks the password, begins a session, and reauthenticates before sensitive actions.

mod attempt;
mod authenticate;
mod begin;
mod reauthenticate;
mod service;

pub use attempt::{Attempt, Rejection};
pub use service::{Before, Credentials, SignIn};
