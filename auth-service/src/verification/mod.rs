//! Verification: the owner of an account shows that they read the mail of its address.

mod letter;
mod service;

pub use letter::VerifyLetter;
pub use service::{PATH, PURPOSE, Reader, Verification, Verified};
