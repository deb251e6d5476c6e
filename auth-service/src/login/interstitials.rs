//! Interstitials: pages around a login that interrupts another task.

use serde::Serialize;

use crate::pages::Page;

/// `templates/login/loop.html`: a service does not accept the login.
#[derive(Debug, Serialize)]
pub struct RedirectLoopPage {
    service: String,
    next: String,
}

impl Page for RedirectLoopPage {
    const TEMPLATE: &'static str = "login/loop.html";

    fn samples() -> Vec<Self> {
        vec![Self::new("shop.example.org".to_owned(), "https://shop.example.org/".to_owned())]
    }
}

impl RedirectLoopPage {
    pub fn new(service: String, next: String) -> Self {
        Self { service, next }
    }
}

/// `templates/login/done.html`: after a login in a separate tab.
#[derive(Debug, Serialize)]
pub struct DonePage {}

impl Page for DonePage {
    const TEMPLATE: &'static str = "login/done.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// `templates/login/frame.html`: inside a service's page, which keeps a form or shows another page
/// of its own in a frame.
#[derive(Debug, Serialize)]
pub struct FramePage {
    /// The user's address; `None` if the login has ended.
    email: Option<String>,
    /// Whether the service requires the password again.
    needs_proof: bool,
    login_url: String,
    /// The address of this page, for another attempt that continues to the requested page.
    again_url: Option<String>,
    /// Whether the page continues automatically, because the login is not checked yet.
    goes_on: bool,
}

impl Page for FramePage {
    const TEMPLATE: &'static str = "login/frame.html";

    fn samples() -> Vec<Self> {
        let page = |email: Option<&str>, needs_proof, again: Option<&str>| {
            Self::new(email.map(str::to_owned), needs_proof, "/login".to_owned(), again.map(str::to_owned))
        };
        let (ada, again) = (Some("ada@example.org"), Some("/login/frame"));
        vec![
            page(ada, false, None),
            page(None, false, None),
            page(None, false, again),
            page(ada, true, again),
            Self::step("/login/frame".to_owned()),
        ]
    }
}

impl FramePage {
    pub fn new(
        email: Option<String>,
        needs_proof: bool,
        login_url: String,
        again_url: Option<String>,
    ) -> Self {
        Self { email, needs_proof, login_url, again_url, goes_on: false }
    }

    /// A page that continues to `url`.
    pub fn step(url: String) -> Self {
        Self { email: None, needs_proof: false, login_url: url.clone(), again_url: Some(url), goes_on: true }
    }
}
