//! The login form and its page.

use serde::{Deserialize, Serialize};

use crate::app::Destination;
use crate::forms::{CsrfProtected, Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::passwords::Password;
use crate::users::Email;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginForm {
    pub email: String,
    pub password: Password,
    pub next: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for LoginForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// The messages on a form after a failed login.
#[derive(Debug, Default)]
pub struct Remarks {
    /// About the whole form.
    pub form: Option<Message>,
    pub email: Option<Message>,
    pub password: Option<Message>,
}

impl Remarks {
    /// About the password of somebody whose address is fixed.
    pub fn on_confirmation() -> Self {
        Self { password: Some(Message::new("confirm-wrong")), ..Self::default() }
    }

    /// About fields that are invalid for any account.
    pub fn on_what_is_missing(form: &LoginForm) -> Self {
        Self {
            form: None,
            email: Email::parse(&form.email).is_err().then_some(Message::new("login-email-missing")),
            password: form.password.is_empty().then_some(Message::new("login-password-missing")),
        }
    }
}

/// The links and the CSRF token of the form.
#[derive(Debug)]
pub struct Links {
    /// The address to continue to after the login.
    pub next: Option<String>,
    /// What `next` is to people, if it is a service.
    pub destination: Option<Destination>,
    /// How long the login will stay.
    pub stay: Message,
    /// The address of the registration form, if registration is open.
    pub register_url: Option<String>,
    /// Where somebody goes who does not want to confirm their login.
    pub cancel_url: String,
    pub csrf_token: String,
}

/// The `next` of samples.
const SHOP: &str = "https://shop.example.org/cart";

/// `templates/login/login.html`
#[derive(Debug, Serialize)]
pub struct LoginPage {
    form: Fields,
    next: Option<String>,
    destination: Option<Destination>,
    stay: Message,
    csrf_token: String,
    /// The address of the registration form, if registration is open.
    register_url: Option<String>,
    cancel_url: String,
    /// Whether a logged-in user must reauthenticate.
    is_again: bool,
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "login/login.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let with = |next: Option<&str>, register: Option<&str>| Links {
            next: next.map(str::to_owned),
            destination: next.map(|_| Destination::sample(Some("Shop"), Some("/static/service-shop.svg"))),
            stay: Self::sample_stay(),
            register_url: register.map(str::to_owned),
            cancel_url: "https://shop.example.org/".to_owned(),
            csrf_token: "token".to_owned(),
        };
        let links = |next| with(next, Some("/register"));
        let wrong = Remarks {
            form: Some(Message::new("login-wrong")),
            email: Some(Message::new("login-email-missing")),
            password: Some(Message::new("login-password-missing")),
        };
        vec![
            Self::new("", &Remarks::default(), links(None)),
            Self::new("ada@", &wrong, links(Some(SHOP))),
            Self::new("", &Remarks::default(), with(None, None)),
            Self::new(
                "",
                &Remarks::default(),
                Links { destination: Some(Destination::sample(None, None)), ..links(Some(SHOP)) },
            ),
            Self::again("ada@example.org", &Remarks::default(), links(None)),
            Self::again("ada@example.org", &Remarks::on_confirmation(), links(Some(SHOP))),
        ]
    }
}

#[derive(Debug, Serialize)]
struct Fields {
    errors: Vec<Message>,
    email: Field,
    password: Field,
}

impl LoginPage {
    /// The form, empty or with the entered address. The password is never shown again.
    pub fn new(entered: &str, remarks: &Remarks, links: Links) -> Self {
        let Links { next, destination, stay, register_url, cancel_url, csrf_token } = links;
        let mut form = Fields {
            errors: remarks.form.clone().into_iter().collect(),
            email: Field::email("email", Message::new("label-email"), "username")
                .value(entered)
                .max_length(Email::MAX_BYTES)
                .errors(remarks.email.clone()),
            password: Field::password("password", Message::new("label-password"), "current-password")
                .errors(remarks.password.clone()),
        };
        field::focus(&mut [&mut form.email, &mut form.password]);
        Self { form, next, destination, stay, register_url, cancel_url, csrf_token, is_again: false }
    }

    /// The form for a user who is logged in as `email` and must reauthenticate. It has no link to
    /// the registration.
    pub fn again(email: &str, remarks: &Remarks, links: Links) -> Self {
        Self { is_again: true, ..Self::new(email, remarks, links) }
    }
}
