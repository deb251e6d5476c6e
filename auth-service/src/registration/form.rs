//! The registration form, its validation, and its page.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use crate::app::Destination;
use crate::forms::{CsrfProtected, Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::passwords::{self, NewPassword, Password, PasswordProblem};
use crate::users::{Email, InvalidEmail, InvalidName, PersonName};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationForm {
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    pub email: String,
    pub password: Password,
    /// Not on our page. Clients of their own may send it, and then it must be the same.
    pub confirm_password: Option<Password>,
    pub next: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for RegistrationForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// The validated fields of the form.
pub struct Answers {
    pub first_name: Result<PersonName, InvalidName>,
    pub last_name: Result<PersonName, InvalidName>,
    pub email: Result<Email, EmailProblem>,
    pub password: Result<NewPassword, PasswordProblem>,
    pub passwords_match: bool,
}

impl Answers {
    /// The password to store, if every field is valid.
    pub fn good_password(&self) -> Option<&NewPassword> {
        let are_good = self.first_name.is_ok() && self.last_name.is_ok() && self.email.is_ok();
        self.password.as_ref().ok().filter(|_| are_good && self.passwords_match)
    }
}

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailProblem {
    Invalid,
    Taken,
}

impl EmailProblem {
    fn text(&self) -> Message {
        match self {
            Self::Invalid => Message::new("register-email-invalid"),
            Self::Taken => Message::new("register-email-taken"),
        }
    }
}

impl From<InvalidEmail> for EmailProblem {
    fn from(_: InvalidEmail) -> Self {
        Self::Invalid
    }
}

impl RegistrationForm {
    /// Identifies the page that the form was on. Its CSRF token differs for each page, and its hash
    /// is not secret.
    pub fn page(&self) -> String {
        hex::encode(&digest::digest(&digest::SHA256, self.csrf_token.as_bytes()).as_ref()[..16])
    }

    /// Validates the fields. The strength estimate takes a few milliseconds, so do not call this on
    /// an async worker thread.
    pub fn judge(&self, min_length: usize) -> Answers {
        let first_name = PersonName::parse(&self.first_name);
        let last_name = PersonName::parse_optional(&self.last_name);
        let email = Email::parse(&self.email);
        let names: Vec<&PersonName> = [&first_name, &last_name].into_iter().flatten().collect();
        let password = NewPassword::parse(self.password.clone(), min_length, email.as_ref().ok(), &names);
        Answers {
            password,
            passwords_match: self.confirm_password.as_ref().is_none_or(|again| again.equals(&self.password)),
            email: email.map_err(EmailProblem::from),
            first_name,
            last_name,
        }
    }
}

/// The links and the CSRF token of the form.
pub struct Links {
    /// The address to continue to after the login.
    pub next: Option<String>,
    /// What `next` is to people, if it is a service.
    pub destination: Option<Destination>,
    pub login_url: String,
    pub csrf_token: String,
}

/// `templates/registration/register.html`
#[derive(Debug, Serialize)]
pub struct RegisterPage {
    form: Fields,
    next: Option<String>,
    destination: Option<Destination>,
    csrf_token: String,
    login_url: String,
}

impl Page for RegisterPage {
    const TEMPLATE: &'static str = "registration/register.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let links = |next: Option<&str>| Links {
            next: next.map(str::to_owned),
            destination: next.map(|_| Destination::sample(Some("Shop"), None)),
            login_url: "/login".to_owned(),
            csrf_token: "token".to_owned(),
        };
        let nothing = Answers {
            first_name: Err(InvalidName::Empty),
            last_name: Err(InvalidName::TooLong),
            email: Err(EmailProblem::Taken),
            password: Err(PasswordProblem::TooShort(12)),
            passwords_match: false,
        };
        let wrong = Self::new(
            None,
            Some(&nothing),
            vec![Message::new("form-stale")],
            12,
            links(Some("https://shop.example.org/")),
        );
        vec![Self::new(None, None, Vec::new(), 12, links(None)), wrong]
    }
}

#[derive(Debug, Serialize)]
struct Fields {
    errors: Vec<Message>,
    first_name: Field,
    last_name: Field,
    email: Field,
    password: Field,
}

impl RegisterPage {
    /// The form, empty or with the entered values and their errors. Passwords are never shown
    /// again.
    pub fn new(
        entered: Option<&RegistrationForm>,
        judged: Option<&Answers>,
        errors: Vec<Message>,
        min_length: usize,
        links: Links,
    ) -> Self {
        let Links { next, destination, login_url, csrf_token } = links;
        let text = |pick: fn(&RegistrationForm) -> &str| entered.map_or("", pick);
        let problem = |pick: fn(&Answers) -> Option<Message>| judged.and_then(pick);
        let mut form = Fields {
            errors,
            first_name: Field::text("first_name", Message::new("label-first-name"), "given-name")
                .value(text(|form| &form.first_name))
                .max_length(PersonName::MAX_CHARS)
                .errors(problem(|judged| to_message(&judged.first_name, InvalidName::text))),
            last_name: Field::text("last_name", Message::new("label-last-name"), "family-name")
                .optional()
                .value(text(|form| &form.last_name))
                .max_length(PersonName::MAX_CHARS)
                .errors(problem(|judged| to_message(&judged.last_name, InvalidName::text))),
            email: Field::email("email", Message::new("label-email"), "username")
                .value(text(|form| &form.email))
                .max_length(Email::MAX_BYTES)
                .errors(problem(|judged| to_message(&judged.email, EmailProblem::text))),
            password: Field::password("password", Message::new("label-password"), "new-password")
                .hint(Message::new("register-password-hint").with("min", min_length))
                .lengths(min_length, passwords::MAX_CHARS)
                .errors(problem(|judged| match &judged.password {
                    Err(problem) => Some(problem.text()),
                    Ok(_) => (!judged.passwords_match).then_some(Message::new("register-passwords-differ")),
                })),
        };
        if judged.is_some_and(|judged| matches!(judged.email, Err(EmailProblem::Taken))) {
            form.email = form.email.remedy(Message::new("register-log-in-instead"), &login_url);
        }
        field::focus(&mut [&mut form.email, &mut form.password, &mut form.first_name, &mut form.last_name]);
        Self { form, next, destination, login_url, csrf_token }
    }
}

fn to_message<T, E>(answer: &Result<T, E>, describe: fn(&E) -> Message) -> Option<Message> {
    answer.as_ref().err().map(describe)
}
