//! The pages.

use serde::Serialize;

use super::PATH;
use crate::forms::{Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::proofs::Purpose;
use crate::users::Email;

/// `templates/email_change/email.html`
#[derive(Debug, Serialize)]
pub struct EmailPage {
    /// The present address.
    address: String,
    is_verified: bool,
    /// Whether letters are sent; without them nobody can confirm an address.
    has_mail: bool,
    errors: Vec<Message>,
    email: Field,
    password: Field,
    csrf_token: String,
}

/// What is wrong with the form.
#[derive(Debug, Default)]
pub struct Remarks {
    pub form: Option<Message>,
    pub email: Option<Message>,
    pub password: Option<Message>,
}

/// Whose page it is.
pub struct Owner<'a> {
    pub address: &'a str,
    pub is_verified: bool,
    pub has_mail: bool,
}

impl EmailPage {
    /// The form with the entered address. The password is never shown again.
    pub fn new(owner: &Owner, entered: &str, remarks: Remarks, csrf_token: String) -> Self {
        let mut email = Field::email("email", Message::new("label-new-email"), "email")
            .value(entered)
            .max_length(Email::MAX_BYTES)
            .errors(remarks.email);
        let mut password = Field::password("password", Message::new("label-password"), "current-password")
            .errors(remarks.password);
        field::focus(&mut [&mut email, &mut password]);
        Self {
            address: owner.address.to_owned(),
            is_verified: owner.is_verified,
            has_mail: owner.has_mail,
            errors: remarks.form.into_iter().collect(),
            email,
            password,
            csrf_token,
        }
    }
}

impl Page for EmailPage {
    const TEMPLATE: &'static str = "email_change/email.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |has_mail, is_verified, remarks| {
            let owner = Owner { address: "ada@example.org", is_verified, has_mail };
            Self::new(&owner, "new@example.org", remarks, "token".to_owned())
        };
        let wrong = Remarks {
            form: Some(Message::new("form-stale")),
            email: Some(Message::new("register-email-invalid")),
            password: Some(Message::new("confirm-wrong")),
        };
        vec![
            page(true, true, Remarks::default()),
            page(true, false, wrong),
            page(false, false, Remarks::default()),
        ]
    }
}

/// `templates/email_change/code.html`
#[derive(Debug, Serialize)]
pub struct CodePage {
    /// Where the letter went.
    address: String,
    minutes: u64,
    errors: Vec<Message>,
    code: Field,
    back_url: &'static str,
    csrf_token: String,
}

impl CodePage {
    pub fn new(
        address: &str,
        on_form: Option<Message>,
        on_code: Option<Message>,
        csrf_token: String,
    ) -> Self {
        let mut code = Field::code("code", Message::new("label-code")).errors(on_code);
        field::focus(&mut [&mut code]);
        Self {
            address: address.to_owned(),
            minutes: Purpose::CODE_LIFE.as_secs() / 60,
            errors: on_form.into_iter().collect(),
            code,
            back_url: PATH,
            csrf_token,
        }
    }
}

impl Page for CodePage {
    const TEMPLATE: &'static str = "email_change/code.html";

    fn samples() -> Vec<Self> {
        let page = |on_form, on_code| Self::new("new@example.org", on_form, on_code, "token".to_owned());
        let wrong = Message::new("verify-wrong").with("left", 4_i64);
        vec![page(None, None), page(Some(Message::new("form-stale")), Some(wrong))]
    }
}

/// `templates/email_change/link.html`: the button behind a link.
#[derive(Debug, Serialize)]
pub struct LinkPage {
    /// Whether the link undoes a change.
    pub is_undo: bool,
    /// The address that the account gets.
    pub address: String,
    pub action: &'static str,
    pub errors: Vec<Message>,
    pub token: String,
    pub csrf_token: String,
}

impl Page for LinkPage {
    const TEMPLATE: &'static str = "email_change/link.html";

    fn samples() -> Vec<Self> {
        let page = |is_undo, errors| Self {
            is_undo,
            address: "ada@example.org".to_owned(),
            action: if is_undo { super::UNDO } else { super::CONFIRM },
            errors,
            token: "secret".to_owned(),
            csrf_token: "token".to_owned(),
        };
        vec![page(false, Vec::new()), page(true, vec![Message::new("form-stale")])]
    }
}

/// `templates/email_change/too_old.html`
#[derive(Debug, Serialize)]
pub struct TooOldPage {
    /// Whether somebody else has got the address.
    pub is_taken: bool,
    pub back_url: &'static str,
}

impl Page for TooOldPage {
    const TEMPLATE: &'static str = "email_change/too_old.html";

    fn samples() -> Vec<Self> {
        [false, true].map(|is_taken| Self { is_taken, back_url: PATH }).into()
    }
}
