//! The form of `/password/reset` and its pages.

use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::forms::{CsrfProtected, Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::passwords::{self, Password};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetForm {
    /// Of a link.
    pub token: Option<String>,
    /// Of a letter that this browser asked for.
    pub code: Option<String>,
    pub password: Password,
    csrf_token: String,
}

impl CsrfProtected for ResetForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// What is wrong with a form.
#[derive(Debug, Default)]
pub struct Remarks {
    pub form: Option<Message>,
    pub code: Option<Message>,
    /// Whether the code can no longer be used, so that another letter is needed.
    pub needs_letter: bool,
    pub password: Option<Message>,
}

/// `templates/password_reset/reset.html`
#[derive(Debug, Serialize)]
pub struct ResetPage {
    errors: Vec<Message>,
    /// Whose password it is: the account's of a link, or what was typed when the letter was asked
    /// for.
    address: String,
    /// The secret of the link, where there is one.
    token: Option<String>,
    /// The field of the code, where there is no link.
    code: Option<Field>,
    password: Field,
    csrf_token: String,
}

/// `templates/password_reset/over.html`: a link that can no longer be used.
#[derive(Debug, Serialize)]
pub struct OverPage {
    /// Whether another letter can be asked for.
    has_mail: bool,
}

impl Page for OverPage {
    const TEMPLATE: &'static str = "password_reset/over.html";

    fn samples() -> Vec<Self> {
        vec![Self::new(true), Self::new(false)]
    }
}

impl OverPage {
    pub fn new(has_mail: bool) -> Self {
        Self { has_mail }
    }
}

impl Page for ResetPage {
    const TEMPLATE: &'static str = "password_reset/reset.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |token: Option<&str>, entered: &str, remarks: &Remarks| {
            let about = About { address: "ada@example.org", token, min_length: 12 };
            Self::draw(&about, entered, remarks, "token".to_owned())
        };
        let wrong = Remarks {
            form: Some(Message::new("form-stale")),
            code: Some(Message::new("reset-code-over")),
            needs_letter: true,
            password: Some(Message::new("password-common")),
        };
        vec![
            page(None, "", &Remarks::default()),
            page(None, "123456", &wrong),
            page(Some("secret"), "", &Remarks::default()),
            page(Some("secret"), "", &Remarks { password: wrong.password.clone(), ..Remarks::default() }),
        ]
    }
}

/// What the form is about.
struct About<'a> {
    address: &'a str,
    token: Option<&'a str>,
    min_length: usize,
}

impl ResetPage {
    /// The form with the code that was entered. The password is never shown again.
    pub(super) fn new(
        target: &Target,
        entered: &str,
        remarks: &Remarks,
        min_length: usize,
        csrf_token: String,
    ) -> Self {
        let token = match target {
            Target::Link(link, _) => Some(link.text()),
            _ => None,
        };
        let about = About { address: target.address(), token: token.as_deref(), min_length };
        Self::draw(&about, entered, remarks, csrf_token)
    }

    fn draw(about: &About<'_>, entered: &str, remarks: &Remarks, csrf_token: String) -> Self {
        let mut code = about.token.is_none().then(|| {
            let field = Field::code("code", Message::new("label-code")).value(entered);
            let field = field.errors(remarks.code.clone());
            match remarks.needs_letter {
                true => field.remedy(Message::new("reset-ask-again"), super::FORGOT),
                false => field,
            }
        });
        let mut password = Field::password("password", Message::new("label-new-password"), "new-password")
            .hint(Message::new("register-password-hint").with("min", about.min_length))
            .lengths(about.min_length, passwords::MAX_CHARS)
            .errors(remarks.password.clone());
        let mut fields: Vec<&mut Field> = code.iter_mut().collect();
        fields.push(&mut password);
        field::focus(&mut fields);
        Self {
            errors: remarks.form.clone().into_iter().collect(),
            address: about.address.to_owned(),
            token: about.token.map(str::to_owned),
            code,
            password,
            csrf_token,
        }
    }
}
