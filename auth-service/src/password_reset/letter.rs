//! The letter with the link and the code.

use serde::Serialize;

use super::{PURPOSE, RESET};
use crate::config::AuthUrl;
use crate::db::types::Timestamp;
use crate::i18n::{Message, datetime};
use crate::pages::Letter;
use crate::proofs::{IssuedProof, LinkToken, Purpose};

/// `templates/password_reset/letter`
#[derive(Serialize)]
pub struct ResetLetter {
    host: String,
    link: String,
    code: String,
    /// How long the link and the code work, in minutes.
    link_minutes: u64,
    code_minutes: u64,
    link_until: Message,
    code_until: Message,
}

impl Letter for ResetLetter {
    const TEMPLATE: &'static str = "password_reset/letter";

    fn samples() -> Vec<Self> {
        vec![Self {
            host: "auth.example.org".to_owned(),
            link: "https://auth.example.org/password/reset?token=secret".to_owned(),
            code: "123456".to_owned(),
            link_minutes: 30,
            code_minutes: 10,
            link_until: Message::verbatim("then"),
            code_until: Message::verbatim("then"),
        }]
    }
}

impl ResetLetter {
    pub fn new(proof: &IssuedProof, auth_url: &AuthUrl, now: Timestamp) -> Self {
        Self {
            host: auth_url.host().to_owned(),
            link: address(auth_url, &proof.link),
            code: proof.code.clone(),
            link_minutes: PURPOSE.link_life.as_secs() / 60,
            code_minutes: Purpose::CODE_LIFE.as_secs() / 60,
            link_until: datetime(proof.expires_at),
            code_until: datetime(now + Purpose::CODE_LIFE),
        }
    }
}

/// The address of a link, whatever host a request has named.
pub(super) fn address(auth_url: &AuthUrl, link: &LinkToken) -> String {
    auth_url.join(&format!("{RESET}?token={}", link.text()))
}
