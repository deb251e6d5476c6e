//! Internationalization: messages by name, their translations (Project Fluent), and `Accept-Language`.

mod accept_language;
mod bundle;
mod datetime;
mod message;
mod translations;

pub use accept_language::Preferred;
pub use datetime::{date, moment};
pub use message::{Arg, Text};
pub use translations::{ENGLISH, Language, Texts};
