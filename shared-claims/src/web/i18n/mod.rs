//! Translations of the pages (Project Fluent).

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

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
        let messages = self.messages();
        let Some(pattern) = messages.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.tag(), "there is no such text");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let words = messages.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, language = self.tag(), "a text lacks something");
        }
        words
    }

    /// Read once, when the first page of this language is shown.
    fn messages(self) -> &'static FluentBundle<FluentResource> {
        static IN_ENGLISH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
        static IN_GERMAN: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
        match self {
            Self::English => IN_ENGLISH.get_or_init(|| read(self, ENGLISH)),
            Self::German => IN_GERMAN.get_or_init(|| read(self, GERMAN)),
        }
    }
}

fn read(language: Language, text: &str) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut messages = FluentBundle::new_concurrent(vec![id]);
    // Marks around whatever is put in would end in addresses.
    messages.set_use_isolating(false);
    // The tests see to it that all of it can be read.
    let texts = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
    messages.add_resource_overriding(texts);
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_texts_can_be_read() {
        for text in [ENGLISH, GERMAN] {
            let errors = FluentResource::try_new(text.to_owned()).err().map(|(_, errors)| errors);
            assert_eq!(errors, None);
        }
    }

    #[test]
    fn what_is_put_in_is_escaped_once_in_every_language() {
        for language in [Language::English, Language::German] {
            let text = language.say("kept-password", &[("login", "https://a/?b=1&c=\"><script>'{ $x }")]);
            let expected = "href=\"https://a/?b=1&amp;c=&quot;&gt;&lt;script&gt;&#39;{ $x }\"";
            assert!(text.contains(expected), "{text}");
            let text = language.say("reason", &[("code", "<b>"), ("what", "")]);
            assert_eq!(text, "&lt;b&gt;");
        }
    }
}
