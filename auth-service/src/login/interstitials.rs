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
    /// The user's name.
    name: Option<String>,
    /// Whether the service requires the password again.
    needs_proof: bool,
    login_url: String,
    /// The address of this page, to look again after a login in another tab.
    again_url: String,
    /// Whether there is a requested page to go on to.
    has_next: bool,
    /// Whether the page continues automatically, because the login is not checked yet.
    goes_on: bool,
}

impl Page for FramePage {
    const TEMPLATE: &'static str = "login/frame.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |name: Option<&str>, needs_proof, has_next| {
            let [email, login, again] = ["ada@example.org", "/login", "/login/frame"].map(str::to_owned);
            let user = name.map(|name| (email, name.to_owned()));
            Self::new(user, needs_proof, login, again, has_next)
        };
        let ada = Some("Ada Lovelace");
        vec![
            page(ada, false, false),
            page(None, false, false),
            page(None, false, true),
            page(ada, true, true),
            Self::step("/login/frame".to_owned()),
        ]
    }
}

impl FramePage {
    /// `user` is the address and the name of who is logged in.
    pub fn new(
        user: Option<(String, String)>,
        needs_proof: bool,
        login_url: String,
        again_url: String,
        has_next: bool,
    ) -> Self {
        let (email, name) = user.unzip();
        Self { email, name, needs_proof, login_url, again_url, has_next, goes_on: false }
    }

    /// A page that continues to `url`.
    pub fn step(url: String) -> Self {
        Self { goes_on: true, ..Self::new(None, false, url.clone(), url, false) }
    }
}
