//! Texts of a service's own pages, in several languages: by the same machinery as the library's, so
//! that nobody reads two languages in one walk.

use fluent_bundle::{FluentArgs, FluentValue};
use unic_langid::LanguageIdentifier;

use super::request::{Headers, RequestInfo};
use crate::i18n::{self, MessageBundle, PreferredLanguages};

/// The texts of a service, in one language or more, in the format of Project Fluent.
///
/// ```
/// use shared_claims::web::{TextValue, Texts};
///
/// let texts = Texts::parse([
///     ("en", "notes = { $count ->\n [one] One note\n *[other] { $count } notes\n }"),
///     ("de", "notes = { $count ->\n [one] Eine Notiz\n *[other] { $count } Notizen\n }"),
/// ])?;
/// let headers = vec![("accept-language", "de-AT, en;q=0.5")];
/// let translation = texts.preferred_by(&headers);
/// assert_eq!(translation.tag(), "de");
/// let words = translation.format("notes", &[("count", TextValue::Number(2))]);
/// assert_eq!(words.as_deref(), Some("2 Notizen"));
/// # Ok::<_, shared_claims::web::TextsError>(())
/// ```
pub struct Texts(Vec<Translation>);

/// The texts in one language.
pub struct Translation {
    tag: String,
    messages: MessageBundle,
}

/// What is put into a text.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum TextValue<'v> {
    /// Words, as they are.
    Words(&'v str),
    /// A number, by which the text may choose its form.
    Number(i64),
}

/// Why texts cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the texts in {language} cannot be used: line {line}: {problem}")]
pub struct TextsError {
    language: String,
    line: usize,
    problem: String,
}

impl Texts {
    /// Reads the texts of each language: its tag, as `lang` in HTML has it, and the content of its
    /// file. The first language is for everybody who reads none of the others.
    ///
    /// # Errors
    /// When a tag or a text cannot be parsed, or there is no language.
    pub fn parse<'t>(languages: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, TextsError> {
        let translations: Vec<Translation> = languages
            .into_iter()
            .map(|(tag, text)| Translation::parse(tag, text))
            .collect::<Result<_, _>>()?;
        if translations.is_empty() {
            return Err(TextsError {
                language: String::new(),
                line: 0,
                problem: "there are none".to_owned(),
            });
        }
        Ok(Self(translations))
    }

    /// All languages, as they were given.
    pub fn translations(&self) -> impl Iterator<Item = &Translation> {
        self.0.iter()
    }

    /// The language that the sender of a request with these headers would rather read, by
    /// `Accept-Language`. An answer in it says so by `Content-Language`, and names
    /// `Accept-Language` in `Vary`.
    pub fn preferred_by<'h>(&self, headers: impl Into<Headers<'h>>) -> &Translation {
        let request = RequestInfo::new("GET", "/", headers);
        let available: Vec<&LanguageIdentifier> = self.0.iter().map(|one| one.messages.id()).collect();
        let best = PreferredLanguages::parse(request.all_readable("accept-language")).best_of(&available);
        &self.0[best.unwrap_or(0)]
    }
}

impl Translation {
    fn parse(tag: &str, text: &str) -> Result<Self, TextsError> {
        let error = |line, problem| TextsError { language: tag.to_owned(), line, problem };
        let id = tag.parse().map_err(|_| error(0, "the language has no such tag".to_owned()))?;
        let mut messages = MessageBundle::new(id);
        messages.add(i18n::parse(text).map_err(|found| error(found.line, found.problem))?);
        Ok(Self { tag: tag.to_owned(), messages })
    }

    /// `de`, as `lang` in HTML and `Content-Language` have it.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The text `key`, or with `key.attribute` one of its attributes. Nothing is escaped. `None` if
    /// there is no such text.
    pub fn format(&self, key: &str, values: &[(&str, TextValue<'_>)]) -> Option<String> {
        let args: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| {
                let value: FluentValue<'_> = match *value {
                    TextValue::Words(words) => words.into(),
                    TextValue::Number(number) => number.into(),
                };
                (*name, value)
            })
            .collect();
        self.messages.format(key, &args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_is_for_everybody_who_reads_none_of_the_others() {
        let texts = Texts::parse([("en", "a = one\n"), ("de", "a = eins\n")]).unwrap();
        for (header, expected) in [("de", "eins"), ("fr, de;q=0.1", "eins"), ("fr", "one"), ("", "one")] {
            let headers = vec![("accept-language", header)];
            assert_eq!(texts.preferred_by(&headers).format("a", &[]).as_deref(), Some(expected), "{header}");
        }
        assert_eq!(texts.translations().map(Translation::tag).collect::<Vec<_>>(), ["en", "de"]);
    }

    #[test]
    fn words_stay_as_they_are_and_a_text_that_is_missing_is_none() {
        let texts = Texts::parse([("en", "a = Hello { $name }\n")]).unwrap();
        let headers: Vec<(&str, &str)> = Vec::new();
        let translation = texts.preferred_by(&headers);
        let words = translation.format("a", &[("name", TextValue::Words("007 <b>"))]);
        assert_eq!(words.as_deref(), Some("Hello 007 <b>"));
        assert_eq!(translation.format("b", &[]), None);
    }

    #[test]
    fn texts_that_cannot_be_used_are_told_with_language_and_line() {
        let told = |languages: &[(&'static str, &'static str)]| {
            Texts::parse(languages.iter().copied()).err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert!(
            told(&[("en", "a = x\n"), ("de", "a = x\nb = { $\n")]).contains("in de cannot be used: line 2")
        );
        assert!(told(&[("a tag", "a = x\n")]).contains("no such tag"));
        assert!(told(&[]).contains("there are none"));
    }
}
