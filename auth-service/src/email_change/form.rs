//! The forms.

use serde::Deserialize;

use crate::forms::CsrfProtected;
use crate::passwords::Password;

/// The new address, and the account's password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailForm {
    pub email: String,
    pub password: Password,
    csrf_token: String,
}

impl CsrfProtected for EmailForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// A code, or the secret of a link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofForm {
    pub code: Option<String>,
    pub token: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for ProofForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}
