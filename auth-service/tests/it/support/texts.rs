//! The texts of the pages.

use std::sync::LazyLock;

use auth_service::i18n::Message;
use auth_service::i18n::{Language, Translations};

/// Loaded once.
static TEXTS: LazyLock<Translations> = LazyLock::new(Translations::embedded);

/// A text of the pages in English.
pub fn english(text: &Message) -> String {
    TEXTS.english(text)
}

/// The same text in German.
pub fn german(text: &Message) -> String {
    let german: Language = TEXTS.languages().find(|language| TEXTS.tag(*language) == "de").unwrap();
    TEXTS.format(german, text)
}
