//! Translations of the pages (Project Fluent).

use std::sync::OnceLock;

use fluent_bundle::FluentArgs;

use crate::i18n::{self, MessageBundle};
use crate::web::accept_language::Language;
use crate::web::escape::escape;

const ENGLISH: &str = include_str!("en.ftl");
const GERMAN: &str = include_str!("de.ftl");

/// What is put into a text, by name.
pub(super) type Values<'v> = &'v [(&'static str, &'v str)];

impl Language {
    /// The text `key` as HTML. Every value is escaped, for text and for attributes in double
    /// quotes.
    pub(super) fn say(self, key: &'static str, values: Values<'_>) -> String {
        let args: FluentArgs = values.iter().map(|(name, value)| (*name, escape(value))).collect();
        self.messages().format(key, &args).unwrap_or_else(|| {
            tracing::error!(key, language = self.tag(), "there is no such text");
            key.to_owned()
        })
    }

    /// Read once, when the first page of this language is shown.
    fn messages(self) -> &'static MessageBundle {
        static IN_ENGLISH: OnceLock<MessageBundle> = OnceLock::new();
        static IN_GERMAN: OnceLock<MessageBundle> = OnceLock::new();
        match self {
            Self::English => IN_ENGLISH.get_or_init(|| read(self, ENGLISH)),
            Self::German => IN_GERMAN.get_or_init(|| read(self, GERMAN)),
        }
    }
}

fn read(language: Language, text: &str) -> MessageBundle {
    let mut messages = MessageBundle::new(language.id());
    match i18n::parse(text) {
        Ok(texts) => messages.add(texts),
        // The tests see to it that all of it can be read.
        Err(error) => tracing::error!(?error, language = language.tag(), "the texts cannot be read"),
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_texts_can_be_read() {
        for text in [ENGLISH, GERMAN] {
            assert_eq!(i18n::parse(text).err(), None);
        }
    }

    #[test]
    fn what_is_put_in_is_escaped_once_in_every_language() {
        for language in [Language::English, Language::German] {
            let text = language.say("kept-new-tab", &[("login", "https://a/?b=1&c=\"><script>'{ $x }")]);
            let expected = "href=\"https://a/?b=1&amp;c=&quot;&gt;&lt;script&gt;&#39;{ $x }\"";
            assert!(text.contains(expected), "{text}");
            let text = language.say("reason", &[("code", "<b>"), ("what", "")]);
            assert_eq!(text, "&lt;b&gt;");
        }
    }
}
