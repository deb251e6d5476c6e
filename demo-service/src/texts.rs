//! Texts in every language, and the filter by which templates name them:
//! `{{ "notes-title" | t }}`.

use std::sync::Arc;

use shared_claims::web::{TextValue, Texts, TextsError};
use tera::{Filter, Kwargs, State, Tera, TeraResult, Value};

/// The first one is for everybody who reads none of the others.
const LANGUAGES: [(&str, &str); 2] =
    [("en", include_str!("../texts/en.ftl")), ("de", include_str!("../texts/de.ftl"))];

pub fn embedded() -> Result<Texts, TextsError> {
    Texts::parse(LANGUAGES)
}

/// Registers the filter in the language with this number.
pub fn register(tera: &mut Tera, texts: &Arc<Texts>, language: usize) {
    tera.register_filter("t", InLanguage { texts: texts.clone(), language });
}

/// Words a text, with the filter's arguments put in. The page escapes the result.
struct InLanguage {
    texts: Arc<Texts>,
    language: usize,
}

impl Filter<&Value, TeraResult<Value>> for InLanguage {
    fn call(&self, value: &Value, args: Kwargs, _: &State) -> TeraResult<Value> {
        let key = value.as_str().unwrap_or_default();
        let values: Vec<_> = args
            .iter()
            .filter_map(|(name, value)| {
                let number = || value.as_i64().map(TextValue::Number);
                Some((name.as_str()?, value.as_str().map(TextValue::Words).or_else(number)?))
            })
            .collect();
        let translation = self.texts.translations().nth(self.language);
        let words = translation.and_then(|translation| translation.format(key, &values));
        words
            .map(|words| Value::normal_string(&words))
            .ok_or_else(|| tera::Error::message(format!("there is no text named {key}")))
    }
}
