//! Forms and JSON bodies: parsed strictly and protected against CSRF. Fields show their errors.

mod body;
pub mod browser_session;
pub mod csrf;
pub mod field;
mod json;
mod urlencoded;

pub use browser_session::{AwaitedLetter, BrowserSession, Level};
pub use csrf::{CsrfForm, CsrfProtected};
pub use field::{Choice, Field};
pub use json::{Document, Json};
