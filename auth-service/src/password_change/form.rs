//! The form of `/account/password` and its page.

use serde::{Deserialize, Serialize};

use crate::forms::{CsrfProtected, Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::passwords::{self, Password};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeForm {
    pub current_password: Password,
    pub password: Password,
    csrf_token: String,
}

impl CsrfProtected for ChangeForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// What is wrong with a form.
#[derive(Debug, Default)]
pub struct Remarks {
    pub form: Option<Message>,
    pub current: Option<Message>,
    pub password: Option<Message>,
}

impl Remarks {
    pub fn has_any(&self) -> bool {
        self.form.is_some() || self.current.is_some() || self.password.is_some()
    }
}

/// `templates/password_change/change.html`
#[derive(Debug, Serialize)]
pub struct ChangePage {
    errors: Vec<Message>,
    email: String,
    current: Field,
    password: Field,
    csrf_token: String,
}

impl Page for ChangePage {
    const TEMPLATE: &'static str = "password_change/change.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |remarks: &Remarks| Self::new("ada@example.org", remarks, 12, "token".to_owned());
        let [form, current, password] =
            ["form-stale", "confirm-wrong", "password-common"].map(|key| Some(Message::new(key)));
        vec![page(&Remarks::default()), page(&Remarks { form, current, password })]
    }
}

impl ChangePage {
    /// The form. No password is ever shown again.
    pub fn new(email: &str, remarks: &Remarks, min_length: usize, csrf_token: String) -> Self {
        let (label, new_label) = (Message::new("label-current-password"), Message::new("label-new-password"));
        let mut current =
            Field::password("current_password", label, "current-password").errors(remarks.current.clone());
        let mut password = Field::password("password", new_label, "new-password")
            .hint(Message::new("register-password-hint").with("min", min_length))
            .lengths(min_length, passwords::MAX_CHARS)
            .errors(remarks.password.clone());
        field::focus(&mut [&mut current, &mut password]);
        Self {
            errors: remarks.form.clone().into_iter().collect(),
            email: email.to_owned(),
            current,
            password,
            csrf_token,
        }
    }
}
