//! The form of `/password/forgot` and its pages.

use serde::{Deserialize, Serialize};

use crate::forms::{CsrfProtected, Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::users::Email;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForgotForm {
    pub email: String,
    csrf_token: String,
}

impl CsrfProtected for ForgotForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// `templates/password_reset/forgot.html`
#[derive(Debug, Serialize)]
pub struct ForgotPage {
    errors: Vec<Message>,
    email: Field,
    csrf_token: String,
}

impl Page for ForgotPage {
    const TEMPLATE: &'static str = "password_reset/forgot.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |entered, form, email| Self::new(entered, form, email, "token".to_owned());
        let [stale, missing] = ["form-stale", "login-email-missing"].map(Message::new);
        vec![page("", None, None), page("ada@", Some(stale), Some(missing))]
    }
}

impl ForgotPage {
    /// The form with the entered address, and what is wrong with the form or with the address.
    pub fn new(
        entered: &str,
        about_form: Option<Message>,
        about_email: Option<Message>,
        csrf_token: String,
    ) -> Self {
        let mut email = Field::email("email", Message::new("label-email"), "username")
            .value(entered)
            .max_length(Email::MAX_BYTES)
            .errors(about_email);
        field::focus(&mut [&mut email]);
        Self { errors: about_form.into_iter().collect(), email, csrf_token }
    }
}

/// `templates/password_reset/without_mail.html`: who gives new passwords where no mail is sent.
#[derive(Debug, Serialize)]
pub struct WithoutMailPage {}

impl Page for WithoutMailPage {
    const TEMPLATE: &'static str = "password_reset/without_mail.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
