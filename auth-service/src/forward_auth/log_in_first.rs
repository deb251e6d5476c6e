//! The page that asks to log in first, where nobody is known and a person cannot be sent to the
//! login and back: the address that the proxy tells is not an allowed one.

use serde::Serialize;

use crate::pages::Page;

/// `templates/forward_auth/log_in_first.html`. A proxy shows it under the name of the service that
/// it protects, where nothing of ours is: its addresses are whole.
#[derive(Debug, Serialize)]
pub struct LogInFirstPage {
    login_url: String,
}

impl Page for LogInFirstPage {
    const TEMPLATE: &'static str = "forward_auth/log_in_first.html";

    fn samples() -> Vec<Self> {
        vec![Self::new("https://auth.example.org/login".to_owned())]
    }
}

impl LogInFirstPage {
    pub fn new(login_url: String) -> Self {
        Self { login_url }
    }
}
