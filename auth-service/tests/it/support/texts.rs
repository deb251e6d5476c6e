//! What the pages say.

use std::sync::LazyLock;

use auth_service::i18n::Text;
use auth_service::i18n::{Language, Texts};

/// Read once.
static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::embedded);

/// A text as the pages have it in English.
pub fn english(text: &Text) -> String {
    TEXTS.english(text)
}

/// The same in German.
pub fn german(text: &Text) -> String {
    let german: Language = TEXTS.languages().find(|language| TEXTS.tag(*language) == "de").unwrap();
    TEXTS.say(german, text)
}
