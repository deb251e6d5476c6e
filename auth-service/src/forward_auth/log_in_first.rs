//! The page that asks the user to log in first. It is shown if the user cannot be sent to the login
//! and back, because the proxy's address is not on an allowed origin.

use serde::Serialize;

use crate::pages::Page;

/// `templates/forward_auth/log_in_first.html`. A proxy shows it under the host name of a service,
/// so its links are absolute.
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
