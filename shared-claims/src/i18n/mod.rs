//! Internationalization: the messages of a language (Project Fluent), and the choice of a language
//! by `Accept-Language`.

mod accept_language;
mod message_bundle;

pub use accept_language::{PreferredLanguages, less_precise};
pub use message_bundle::{MessageBundle, SyntaxError, parse};
