//! Login forms that were drawn before. Drawing is nearly half of the work of `GET /login`, and the
//! form of somebody new in this browser differs from the next one's only in its CSRF token.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::error::Error;
use crate::i18n::Language;
use crate::pages::Drawn;

/// The maximum number of forms, so that requests for ever new addresses do not fill the memory.
const MAX_FORMS: usize = 32;

/// The maximum length of a form's `next` in bytes.
const MAX_NEXT: usize = 256;

/// The forms of one worker, by all that they depend on besides the settings: the language and the
/// address that the login leads to.
#[derive(Default)]
pub(super) struct DrawnForms(RefCell<HashMap<(Language, Option<String>), Form>>);

/// A form around its CSRF token.
struct Form {
    before: String,
    after: String,
    language: String,
}

impl DrawnForms {
    /// The form with this token. `draw` must draw one that holds nothing about a person: no name,
    /// no message, no entered address.
    pub(super) fn with_token(
        &self,
        (language, next): (Language, Option<&str>),
        token: &str,
        draw: impl FnOnce() -> Result<Drawn, Error>,
    ) -> Result<Drawn, Error> {
        let key = (language, next.map(str::to_owned));
        if let Some(form) = self.0.borrow().get(&key) {
            return Ok(form.with_token(token));
        }
        let drawn = draw()?;
        if let Some(form) =
            Form::around(token, &drawn).filter(|_| next.is_none_or(|next| next.len() <= MAX_NEXT))
        {
            let mut forms = self.0.borrow_mut();
            if forms.len() == MAX_FORMS {
                forms.clear();
            }
            forms.insert(key, form);
        }
        Ok(drawn)
    }
}

impl Form {
    /// `None` for a template of the operator's that does not write the token exactly once.
    fn around(token: &str, drawn: &Drawn) -> Option<Self> {
        let (before, after) = drawn.html.split_once(token)?;
        let is_only = !after.contains(token);
        is_only.then(|| Self {
            before: before.to_owned(),
            after: after.to_owned(),
            language: drawn.language.clone(),
        })
    }

    fn with_token(&self, token: &str) -> Drawn {
        let html = [&self.before, token, &self.after].concat();
        Drawn { html, language: self.language.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{PreferredLanguages, Translations};

    fn english() -> Language {
        Translations::embedded().choose(&PreferredLanguages::default())
    }

    fn drawn(html: String) -> Result<Drawn, Error> {
        Ok(Drawn { html, language: "en".to_owned() })
    }

    fn page(token: &str) -> Result<Drawn, Error> {
        drawn(format!("<input value=\"{token}\">"))
    }

    fn never() -> Result<Drawn, Error> {
        panic!("was drawn again")
    }

    #[test]
    fn a_form_is_drawn_once_and_has_the_token_of_each_request() {
        let forms = DrawnForms::default();
        for (next, token) in [(None, "first"), (Some("/a"), "second")] {
            assert!(forms.with_token((english(), next), token, || page(token)).is_ok());
        }
        for (next, token) in [(None, "third"), (Some("/a"), "fourth")] {
            let again = forms.with_token((english(), next), token, never).unwrap();
            assert_eq!((again.html, again.language.as_str()), (page(token).unwrap().html, "en"));
        }
    }

    #[test]
    fn a_template_that_writes_the_token_twice_or_never_is_drawn_each_time() {
        let forms = DrawnForms::default();
        for token in ["first", "second"] {
            let twice = forms.with_token((english(), None), token, || drawn(format!("{token} {token}")));
            assert_eq!(twice.unwrap().html, format!("{token} {token}"));
            let never = forms.with_token((english(), Some("/a")), token, || drawn(token.len().to_string()));
            assert_eq!(never.unwrap().html, token.len().to_string());
        }
    }

    #[test]
    fn the_forms_that_are_kept_are_bounded() {
        let forms = DrawnForms::default();
        for n in 0..1_000 {
            let long = "x".repeat(if n % 2 == 0 { 0 } else { MAX_NEXT });
            let next = format!("/{n}/{long}");
            let _ = forms.with_token((english(), Some(&next)), "token", || page("token"));
            let kept = forms.0.borrow();
            assert!(
                kept.len() <= MAX_FORMS
                    && kept.keys().all(|(_, next)| next.as_ref().unwrap().len() <= MAX_NEXT)
            );
        }
    }
}
