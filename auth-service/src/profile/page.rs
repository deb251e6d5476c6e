//! The form of the profile, its validation, and its page.

use serde::{Deserialize, Serialize};

use crate::forms::{Choice, CsrfProtected, Field, field};
use crate::i18n::{Message, Translations};
use crate::pages::Page;
use crate::users::{InvalidName, PersonName, User};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileForm {
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// A tag (BCP 47) of one of our languages.
    pub language: String,
    /// Only if the box is ticked.
    pub login_notices: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for ProfileForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// What the form shows.
pub(super) struct Entered<'a> {
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub language: &'a str,
    pub login_notices: bool,
}

impl<'a> From<&'a ProfileForm> for Entered<'a> {
    fn from(form: &'a ProfileForm) -> Self {
        Self {
            first_name: &form.first_name,
            last_name: &form.last_name,
            language: &form.language,
            login_notices: form.login_notices.is_some(),
        }
    }
}

impl<'a> Entered<'a> {
    /// The stored profile. Letters to an account without a language are in that of the page.
    pub fn of(user: &'a User, of_page: &'a str) -> Self {
        Self {
            first_name: &user.first_name,
            last_name: &user.last_name,
            language: user.language.as_deref().unwrap_or(of_page),
            login_notices: user.login_notices,
        }
    }
}

/// The validated fields.
pub(super) struct Answers {
    pub first_name: Result<PersonName, InvalidName>,
    pub last_name: Result<PersonName, InvalidName>,
    /// Whether the language is one of ours.
    pub has_language: bool,
}

impl Answers {
    pub fn of(form: &ProfileForm, texts: &Translations) -> Self {
        Self {
            first_name: PersonName::parse(&form.first_name),
            last_name: PersonName::parse_optional(&form.last_name),
            has_language: texts.languages().any(|language| texts.tag(language) == form.language),
        }
    }
}

/// `templates/profile/profile.html`
#[derive(Debug, Serialize)]
pub struct ProfilePage {
    errors: Vec<Message>,
    first_name: Field,
    last_name: Field,
    /// Not `language`, which is the page's own.
    mail_language: Field,
    login_notices: Field,
    csrf_token: String,
}

impl ProfilePage {
    pub(super) fn new(
        entered: &Entered,
        answers: Option<&Answers>,
        on_form: Option<Message>,
        languages: Vec<Choice>,
        csrf_token: String,
    ) -> Self {
        let problem = |pick: fn(&Answers) -> Option<Message>| answers.and_then(pick);
        let on_language =
            problem(|answers| (!answers.has_language).then_some(Message::new("profile-language-unknown")));
        let mut first_name = Field::text("first_name", Message::new("label-first-name"), "given-name")
            .value(entered.first_name)
            .max_length(PersonName::MAX_CHARS)
            .errors(problem(|answers| answers.first_name.as_ref().err().map(InvalidName::text)));
        let mut last_name = Field::text("last_name", Message::new("label-last-name"), "family-name")
            .optional()
            .value(entered.last_name)
            .max_length(PersonName::MAX_CHARS)
            .errors(problem(|answers| answers.last_name.as_ref().err().map(InvalidName::text)));
        let mut mail_language = Field::choice("language", Message::new("label-language"), languages)
            .value(entered.language)
            .errors(on_language);
        let label = Message::new("profile-login-notices");
        let login_notices = Field::checkbox("login_notices", label, entered.login_notices);
        field::focus(&mut [&mut first_name, &mut last_name, &mut mail_language]);
        Self {
            errors: on_form.into_iter().collect(),
            first_name,
            last_name,
            mail_language,
            login_notices,
            csrf_token,
        }
    }
}

/// Our languages, each by its own name.
pub(super) fn languages(texts: &Translations) -> Vec<Choice> {
    let name = Message::new("language-name");
    texts
        .languages()
        .map(|language| Choice {
            value: texts.tag(language).to_owned(),
            label: texts.own(language, &name).unwrap_or_else(|| texts.tag(language).to_owned()),
        })
        .collect()
}

impl Page for ProfilePage {
    const TEMPLATE: &'static str = "profile/profile.html";

    fn samples() -> Vec<Self> {
        let languages = || {
            [("en", "English"), ("de", "Deutsch")]
                .map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() })
                .into()
        };
        let entered =
            Entered { first_name: "Ada", last_name: "Lovelace", language: "de", login_notices: true };
        let wrong = Answers {
            first_name: Err(InvalidName::Empty),
            last_name: Err(InvalidName::TooLong),
            has_language: false,
        };
        let stale = Some(Message::new("form-stale"));
        vec![
            Self::new(&entered, None, None, languages(), "token".to_owned()),
            Self::new(&entered, Some(&wrong), stale, languages(), "token".to_owned()),
        ]
    }
}
