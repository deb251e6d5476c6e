//! The texts in every language there is (Project Fluent), and which of them somebody gets.

use fluent_bundle::{FluentArgs, FluentValue};
use shared_claims::internal::i18n::{PreferredLanguages, less_precise};
use unic_langid::LanguageIdentifier;

use super::bundle::Bundle;
use super::message::{Arg, Message};
use crate::assets::{Files, TemplateProblem};

/// What every other language falls back to.
pub const ENGLISH: &str = "en";

/// One of the languages that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

/// All texts.
pub struct Translations {
    /// English first.
    languages: Vec<Bundle>,
    /// Of each, where a text is looked for that it lacks: the same language said less precisely,
    /// then English.
    fallbacks: Vec<Vec<usize>>,
}

impl Translations {
    /// The texts of `files`: ours, and over them the operator's, which may add languages of their
    /// own.
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

    /// Our own, as a command needs them.
    ///
    /// # Panics
    /// Never: the tests load them.
    pub fn embedded() -> Self {
        Self::load(&Files::embedded()).expect("our own texts can be read")
    }

    pub fn languages(&self) -> impl Iterator<Item = Language> {
        (0..self.languages.len()).map(Language)
    }

    /// `de`, as `lang` in HTML and `Content-Language` have it (BCP 47).
    pub fn tag(&self, language: Language) -> &str {
        self.languages[language.0].tag()
    }

    /// The language that somebody likes best of those that there are; English when there is none.
    pub fn choose(&self, preferred: &PreferredLanguages) -> Language {
        let tags: Vec<&LanguageIdentifier> = self.languages.iter().map(Bundle::id).collect();
        Language(preferred.best_of(&tags).unwrap_or(0))
    }

    /// Whether there is such a text, in any language.
    pub fn has(&self, key: &str) -> bool {
        self.languages[0].has(key)
    }

    /// The keys for which `language` has no text, nor the same language said less precisely: they
    /// are shown in English.
    pub fn missing_in(&self, language: Language) -> Vec<String> {
        let english = &self.languages[0];
        let is_english = |catalogue: &Bundle| catalogue.id() == english.id();
        let has = |key: &str| {
            let mut places = self.lookup(language);
            places.any(|one| one.has(key) && (language.0 == 0 || !is_english(one)))
        };
        english.keys().filter(|key| !has(key)).collect()
    }

    /// Where its texts are looked for, one after the other.
    fn lookup(&self, language: Language) -> impl Iterator<Item = &Bundle> {
        let places = std::iter::once(language.0).chain(self.fallbacks[language.0].iter().copied());
        places.map(|place| &self.languages[place])
    }

    /// `text` in `language`.
    pub fn format(&self, language: Language, text: &Message) -> String {
        self.format_with(language, text, |words| words.to_owned())
    }

    /// The same where every word that is put in goes through `escape` first.
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

    /// `text` in English: for programs and the terminal.
    pub fn english(&self, text: &Message) -> String {
        self.format(Language(0), text)
    }
}
