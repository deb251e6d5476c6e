//! The forms of the page.

use serde::Deserialize;

use crate::forms::CsrfProtected;

/// A code, or the secret of a link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyForm {
    pub code: Option<String>,
    pub token: Option<String>,
    pub next: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for VerifyForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// A request for another letter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainForm {
    pub next: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for AgainForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}
