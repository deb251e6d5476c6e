//! The letter with the link and the code that verify an address.

use serde::Serialize;

use crate::db::types::Timestamp;
use crate::i18n::{Message, datetime};
use crate::pages::Letter;
use crate::proofs::Purpose;

/// `templates/email_verification/verify.*`
///
/// It names nobody: whoever registers a stranger's address would choose the words.
#[derive(Serialize)]
pub struct VerifyLetter {
    code: String,
    code_minutes: u64,
    url: String,
    /// When the link expires.
    until: Message,
}

impl VerifyLetter {
    pub fn new(code: String, url: String, expires_at: Timestamp) -> Self {
        let code_minutes = Purpose::CODE_LIFE.as_secs() / 60;
        Self { code, code_minutes, url, until: datetime(expires_at) }
    }
}

impl Letter for VerifyLetter {
    const TEMPLATE: &'static str = "email_verification/verify";

    fn samples() -> Vec<Self> {
        let url = "https://auth.example.org/email/verify?token=a-long-random-text".to_owned();
        vec![Self::new("123456".to_owned(), url, Timestamp::EPOCH)]
    }
}
