//! All translations (Project Fluent), and the choice of a reader's language.

use fluent_bundle::{FluentArgs, FluentValue};
use shared_claims::internal::i18n::{PreferredLanguages, less_precise};
use unic_langid::LanguageIdentifier;

use super::bundle::Bundle;
use super::message::{Arg, Message};
use crate::assets::{Files, TemplateProblem};

/// The fallback of every other language.
pub const ENGLISH: &str = "en";

/// One of the available languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language(usize);

/// The messages in all languages.
pub struct Translations {
    /// English first.
    languages: Vec<Bundle>,
    /// For each language, where to look up a message that it lacks: less specific variants of the
    /// language, then English.
    fallbacks: Vec<Vec<usize>>,
}

impl Translations {
    /// Loads the messages of `files`: ours, overridden by the operator's, which may add languages.
    pub fn load(files: &Files) -> Result<Self, TemplateProblem> {
        let english = Bundle::load(ENGLISH, files.texts(ENGLISH))?;
        let mut languages = vec![english];
        for tag in files.languages().filter(|tag| *tag != ENGLISH) {
            let other = Bundle::load(tag, files.texts(tag))?;
            other.require_the_variables_of(&languages[0])?;
            languages.push(other);
        }
        languages[0].require_the_variables_of(&languages[0])?;
        let place_of = |id: &LanguageIdentifier| languages.iter().position(|other| other.id() == id);
        let fallbacks = languages
            .iter()
            .map(|language| less_precise(language.id()).iter().filter_map(place_of).chain([0]).collect())
            .collect();
        Ok(Self { languages, fallbacks })
    }

    /// The embedded messages, for the command line.
    ///
    /// # Panics
    /// Never: the tests load them.
    pub fn embedded() -> Self {
        Self::load(&Files::embedded()).expect("our own texts can be read")
    }

    pub fn languages(&self) -> impl Iterator<Item = Language> {
        (0..self.languages.len()).map(Language)
    }

    /// The language tag for `lang` in HTML and for `Content-Language` (BCP 47), such as `de`.
    pub fn tag(&self, language: Language) -> &str {
        self.languages[language.0].tag()
    }

    /// The available language that the reader prefers; English if none fits.
    pub fn choose(&self, preferred: &PreferredLanguages) -> Language {
        let tags: Vec<&LanguageIdentifier> = self.languages.iter().map(Bundle::id).collect();
        Language(preferred.best_of(&tags).unwrap_or(0))
    }

    /// Whether the message exists. English has all of them.
    pub fn has(&self, key: &str) -> bool {
        self.languages[0].has(key)
    }

    /// The keys that neither `language` nor a less specific variant of it translates. They are
    /// shown in English.
    pub fn missing_in(&self, language: Language) -> Vec<String> {
        let english = &self.languages[0];
        let is_english = |catalogue: &Bundle| catalogue.id() == english.id();
        let has = |key: &str| {
            let mut places = self.lookup(language);
            places.any(|one| one.has(key) && (language.0 == 0 || !is_english(one)))
        };
        english.keys().filter(|key| !has(key)).collect()
    }

    /// The languages to look in, in order.
    fn lookup(&self, language: Language) -> impl Iterator<Item = &Bundle> {
        let places = std::iter::once(language.0).chain(self.fallbacks[language.0].iter().copied());
        places.map(|place| &self.languages[place])
    }

    /// `text` in `language`.
    pub fn format(&self, language: Language, text: &Message) -> String {
        self.format_with(language, text, |words| words.to_owned())
    }

    /// Formats a message, and passes every variable through `escape`.
    pub fn format_with(
        &self,
        language: Language,
        text: &Message,
        escape: impl Fn(&str) -> String + Copy,
    ) -> String {
        let args: FluentArgs = text
            .args()
            .map(|(name, arg)| {
                let value: FluentValue = match arg {
                    Arg::Number(number) => (*number).into(),
                    Arg::String(words) => escape(words).into(),
                    Arg::Message(text) => escape(&self.format(language, text)).into(),
                };
                (name, value)
            })
            .collect();
        let found = self.lookup(language).find_map(|catalogue| catalogue.format(text.key(), &args));
        found.unwrap_or_else(|| {
            tracing::error!(key = text.key(), "there is no such text");
            text.key().to_owned()
        })
    }

    /// `text` if `language` itself has it: what English says would be wrong in its place.
    pub fn own(&self, language: Language, text: &Message) -> Option<String> {
        self.languages[language.0].has(text.key()).then(|| self.format(language, text))
    }

    /// `text` in English, for programs and the terminal.
    pub fn english(&self, text: &Message) -> String {
        self.format(Language(0), text)
    }
}
