//! The pages: for the code, for the link, and for a link that is too old.

use serde::Serialize;

use super::AGAIN;
use crate::forms::{Field, field};
use crate::i18n::Message;
use crate::pages::Page;
use crate::proofs::Purpose;

/// `templates/email_verification/verify_page.html`
#[derive(Debug, Serialize)]
pub struct VerifyPage {
    form: Fields,
    /// Where the letter went, as it was typed.
    address: String,
    minutes: u64,
    again_url: &'static str,
    /// Where another address can be given.
    register_url: Option<String>,
    next: Option<String>,
    csrf_token: String,
}

#[derive(Debug, Serialize)]
struct Fields {
    errors: Vec<Message>,
    code: Field,
}

/// What the form of [`VerifyPage`] says and leads to.
#[derive(Debug, Default)]
pub struct VerifyLinks {
    pub address: String,
    pub register_url: Option<String>,
    pub next: Option<String>,
    pub csrf_token: String,
}

impl VerifyPage {
    pub fn new(errors: Vec<Message>, on_code: Option<Message>, links: VerifyLinks) -> Self {
        let VerifyLinks { address, register_url, next, csrf_token } = links;
        let mut code = Field::code("code", Message::new("label-code")).errors(on_code);
        field::focus(&mut [&mut code]);
        Self {
            form: Fields { errors, code },
            address,
            minutes: Purpose::CODE_LIFE.as_secs() / 60,
            again_url: AGAIN,
            register_url,
            next,
            csrf_token,
        }
    }
}

impl Page for VerifyPage {
    const TEMPLATE: &'static str = "email_verification/verify_page.html";

    fn samples() -> Vec<Self> {
        let links = |next: Option<&str>| VerifyLinks {
            address: "ada@example.org".to_owned(),
            register_url: next.map(|_| "/register".to_owned()),
            next: next.map(str::to_owned),
            csrf_token: "token".to_owned(),
        };
        let wrong = Message::new("verify-wrong").with("left", 4_i64);
        vec![
            Self::new(Vec::new(), None, links(None)),
            Self::new(
                vec![Message::new("form-stale")],
                Some(wrong),
                links(Some("https://shop.example.org/")),
            ),
        ]
    }
}

/// `templates/email_verification/confirm.html`
#[derive(Debug, Serialize)]
pub struct ConfirmPage {
    pub errors: Vec<Message>,
    pub token: String,
    pub next: Option<String>,
    pub csrf_token: String,
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "email_verification/confirm.html";

    fn samples() -> Vec<Self> {
        let page = |errors| Self {
            errors,
            token: "a-long-random-text".to_owned(),
            next: None,
            csrf_token: "token".to_owned(),
        };
        vec![page(Vec::new()), page(vec![Message::new("form-stale")])]
    }
}

/// `templates/email_verification/too_old.html`
#[derive(Debug, Serialize)]
pub struct TooOldPage {
    pub login_url: String,
}

impl Page for TooOldPage {
    const TEMPLATE: &'static str = "email_verification/too_old.html";

    fn samples() -> Vec<Self> {
        vec![Self { login_url: "/login".to_owned() }]
    }
}
