//! The letters: to the new address, to the owner of one that is taken, and to the old address.

use serde::Serialize;

use super::{CONFIRM, UNDO};
use crate::audit::RequestContext;
use crate::config::AuthUrl;
use crate::i18n::{Message, datetime};
use crate::pages::Letter;
use crate::proofs::{IssuedProof, LinkToken, Purpose};

/// `templates/email_change/confirm.*`: to the new address.
#[derive(Serialize)]
pub struct ConfirmLetter {
    code: String,
    code_minutes: u64,
    url: String,
    until: Message,
}

impl Letter for ConfirmLetter {
    const TEMPLATE: &'static str = "email_change/confirm";

    fn samples() -> Vec<Self> {
        let url = "https://auth.example.org/account/email/confirm?token=secret".to_owned();
        vec![Self { code: "123456".to_owned(), code_minutes: 10, url, until: Message::verbatim("then") }]
    }
}

impl ConfirmLetter {
    pub fn new(proof: &IssuedProof, auth_url: &AuthUrl) -> Self {
        Self {
            code: proof.code.clone(),
            code_minutes: Purpose::CODE_LIFE.as_secs() / 60,
            url: link(auth_url, CONFIRM, &proof.link),
            until: datetime(proof.expires_at),
        }
    }
}

/// `templates/email_change/taken.*`: to an address that has an account already.
#[derive(Debug, Serialize)]
pub struct TakenLetter {
    pub login_url: String,
}

impl Letter for TakenLetter {
    const TEMPLATE: &'static str = "email_change/taken";

    fn samples() -> Vec<Self> {
        vec![Self { login_url: "https://auth.example.org/login".to_owned() }]
    }
}

/// `templates/email_change/changed.*`: to the address before.
#[derive(Serialize)]
pub struct ChangedNotice {
    when: Message,
    /// The present address, for the owner of both.
    address: String,
    undo_url: String,
    until: Message,
}

impl Letter for ChangedNotice {
    const TEMPLATE: &'static str = "email_change/changed";

    fn samples() -> Vec<Self> {
        vec![Self {
            when: Message::verbatim("then"),
            address: "new@example.org".to_owned(),
            undo_url: "https://auth.example.org/account/email/undo?token=secret".to_owned(),
            until: Message::verbatim("a week later"),
        }]
    }
}

impl ChangedNotice {
    pub fn new(address: &str, undo: &IssuedProof, auth_url: &AuthUrl, context: &RequestContext) -> Self {
        Self {
            when: datetime(context.now()),
            address: address.to_owned(),
            undo_url: link(auth_url, UNDO, &undo.link),
            until: datetime(undo.expires_at),
        }
    }
}

/// The address of a link, whatever host a request has named.
fn link(auth_url: &AuthUrl, path: &str, token: &LinkToken) -> String {
    auth_url.join(&format!("{path}?token={}", token.text()))
}
