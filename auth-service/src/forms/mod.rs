//! Forms and JSON bodies: read strictly, protected against CSRF, with fields that show their
//! errors.

mod body;
pub mod browser_session;
pub mod csrf;
pub mod field;
mod json;
mod urlencoded;

pub use browser_session::{BrowserSession, Level};
pub use csrf::{CsrfForm, CsrfProtected};
pub use field::Field;
pub use json::{Document, Json};
