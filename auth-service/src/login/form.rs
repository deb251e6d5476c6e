//! What is asked of somebody who logs in.

use serde::{Deserialize, Serialize};

use crate::accounts::{Email, Password};
use crate::web::{CheckedForm, Field, Page, field};

/// The form as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginForm {
    pub email: String,
    pub password: Password,
    pub next: Option<String>,
    csrf_token: String,
}

impl CheckedForm for LoginForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// What to say about a form that did not log anybody in.
#[derive(Debug, Default)]
pub struct Remarks {
    /// About the form as a whole.
    pub form: Option<&'static str>,
    pub email: Option<&'static str>,
    pub password: Option<&'static str>,
}

impl Remarks {
    /// About fields that cannot be right whatever the account.
    pub fn on_what_is_missing(form: &LoginForm) -> Self {
        Self {
            form: None,
            email: Email::parse(&form.email)
                .is_err()
                .then_some("Please enter your email address, such as ada@example.org."),
            password: form.password.is_empty().then_some("Please enter your password."),
        }
    }
}

/// `templates/login/login.html`
#[derive(Debug, Serialize)]
pub struct LoginPage {
    form: Fields,
    next: Option<String>,
    csrf_token: String,
    register_url: String,
    /// Somebody who is logged in, and is asked once more.
    is_again: bool,
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "login/login.html";
}

#[derive(Debug, Serialize)]
struct Fields {
    errors: Vec<String>,
    email: Field,
    password: Field,
}

impl LoginPage {
    /// The form: empty, or with the address that was entered. The password stays out.
    pub fn new(
        entered: &str,
        remarks: &Remarks,
        (next, register_url, csrf_token): (Option<String>, String, String),
    ) -> Self {
        let words = |remark: Option<&'static str>| remark.map(str::to_owned);
        let mut form = Fields {
            errors: words(remarks.form).into_iter().collect(),
            email: Field::email("email", "Email address", "username")
                .value(entered)
                .max_length(Email::MAX_BYTES)
                .errors(words(remarks.email)),
            password: Field::password("password", "Password", "current-password")
                .errors(words(remarks.password)),
        };
        field::focus(&mut [&mut form.email, &mut form.password]);
        Self { form, next, register_url, csrf_token, is_again: false }
    }

    /// The form for somebody who is logged in already, as `email`: nothing went wrong, and no account is missing.
    pub fn again(email: &str, links: (Option<String>, String, String)) -> Self {
        Self { is_again: true, ..Self::new(email, &Remarks::default(), links) }
    }
}
