//! What the pages say.

use auth_service::i18n::Text;
use auth_service::i18n::{Language, Texts};

/// A text as the pages have it in English.
pub fn english(text: &Text) -> String {
    Texts::embedded().english(text)
}

/// The same in German.
pub fn german(text: &Text) -> String {
    let texts = Texts::embedded();
    let german: Language = texts.languages().find(|language| texts.tag(*language) == "de").unwrap();
    texts.say(german, text)
}
