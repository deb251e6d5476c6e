//! Nobody is known, and somebody reads the answer who cannot be sent to the login: after a form, or where the proxy does not say whence they come.

use serde::Serialize;

use crate::web::Page;

/// `templates/forward_auth/log_in_first.html`. A proxy shows it under the name of the service that it protects, where nothing of ours is: its
/// addresses are whole.
#[derive(Debug, Serialize)]
pub struct LogInFirstPage {
    login_url: String,
    /// Whether something was sent, which is not lost as long as the person can go back.
    was_sent: bool,
}

impl Page for LogInFirstPage {
    const TEMPLATE: &'static str = "forward_auth/log_in_first.html";

    fn samples() -> Vec<Self> {
        let page = |was_sent| Self::new("https://auth.example.org/login".to_owned(), was_sent);
        vec![page(false), page(true)]
    }
}

impl LogInFirstPage {
    pub fn new(login_url: String, was_sent: bool) -> Self {
        Self { login_url, was_sent }
    }
}
