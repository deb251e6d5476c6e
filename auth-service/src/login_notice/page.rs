//! The form and the pages.

use serde::{Deserialize, Serialize};

use crate::forms::CsrfProtected;
use crate::i18n::Message;
use crate::pages::Page;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotMeForm {
    pub token: String,
    csrf_token: String,
}

impl CsrfProtected for NotMeForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// `templates/login_notice/not_me.html`: the button behind the link.
#[derive(Debug, Serialize)]
pub struct NotMePage {
    pub errors: Vec<Message>,
    pub action: &'static str,
    pub token: String,
    pub csrf_token: String,
}

impl Page for NotMePage {
    const TEMPLATE: &'static str = "login_notice/not_me.html";

    fn samples() -> Vec<Self> {
        let page = |errors| Self {
            errors,
            action: crate::sign_in::NOT_ME_PATH,
            token: "secret".to_owned(),
            csrf_token: "token".to_owned(),
        };
        vec![page(Vec::new()), page(vec![Message::new("form-stale")])]
    }
}

/// `templates/login_notice/too_old.html`
#[derive(Debug, Serialize)]
pub struct TooOldPage {}

impl Page for TooOldPage {
    const TEMPLATE: &'static str = "login_notice/too_old.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
