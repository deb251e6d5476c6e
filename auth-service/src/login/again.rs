//! Pages around a login that is needed in the middle of something else.

use serde::Serialize;

use crate::web::Page;

/// `templates/login/loop.html`: a service does not take the login.
#[derive(Debug, Serialize)]
pub struct LoopPage {
    service: String,
    next: String,
}

impl Page for LoopPage {
    const TEMPLATE: &'static str = "login/loop.html";

    fn samples() -> Vec<Self> {
        vec![Self::new("shop.example.org".to_owned(), "https://shop.example.org/".to_owned())]
    }
}

impl LoopPage {
    pub fn new(service: String, next: String) -> Self {
        Self { service, next }
    }
}

/// `templates/login/done.html`: after a login in a tab of its own.
#[derive(Debug, Serialize)]
pub struct DonePage {}

impl Page for DonePage {
    const TEMPLATE: &'static str = "login/done.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// `templates/login/frame.html`: within a service's page that keeps a form.
#[derive(Debug, Serialize)]
pub struct FramePage {
    /// Who is logged in again; nobody, when the login has ended.
    email: Option<String>,
    login_url: String,
}

impl Page for FramePage {
    const TEMPLATE: &'static str = "login/frame.html";

    fn samples() -> Vec<Self> {
        let page = |email: Option<&str>| Self::new(email.map(str::to_owned), "/login".to_owned());
        vec![page(Some("ada@example.org")), page(None)]
    }
}

impl FramePage {
    pub fn new(email: Option<String>, login_url: String) -> Self {
        Self { email, login_url }
    }
}
