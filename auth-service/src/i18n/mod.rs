//! Internationalization: messages by name, their translations (Project Fluent), and
//! `Accept-Language`.

mod accept_language;
mod bundle;
mod datetime;
mod message;
mod translations;

pub use accept_language::{PreferredLanguages, preferred_languages};
pub use datetime::{Moment, date, datetime};
pub use message::{Arg, Message};
pub use translations::{ENGLISH, Language, Translations};
