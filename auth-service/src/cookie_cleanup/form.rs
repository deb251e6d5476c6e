//! The page with the button that clears cookies.

use serde::{Deserialize, Serialize};

use crate::forms::CsrfProtected;
use crate::http::ForeignCookies;
use crate::pages::Page;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookiesForm {
    pub next: Option<String>,
    csrf_token: String,
    /// The position that an earlier sweep reached.
    pub from: Option<String>,
}

impl CsrfProtected for CookiesForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// The state of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// No cookies of other sites.
    Tidy,
    /// A few, which cause no problem.
    Few,
    /// Too many or too large.
    Many,
    /// Every scope was tried, and these cookies are still sent: something sets them again, or we
    /// cannot delete them.
    Left,
}

/// `templates/cookie_cleanup/cookies.html`
#[derive(Debug, Serialize)]
pub struct CookiesPage {
    state: State,
    count: usize,
    kilobytes: usize,
    domain: String,
    /// An absolute URL, because a path that begins with two slashes would name another host.
    action: String,
    next: Option<String>,
    csrf_token: String,
    from: Option<String>,
}

impl Page for CookiesPage {
    const TEMPLATE: &'static str = "cookie_cleanup/cookies.html";

    fn samples() -> Vec<Self> {
        let page = |state, count, next: Option<&str>, from: Option<&str>| Self {
            state,
            count,
            kilobytes: count,
            domain: "example.org".to_owned(),
            action: "https://auth.example.org/cookies".to_owned(),
            next: next.map(str::to_owned),
            csrf_token: "token".to_owned(),
            from: from.map(str::to_owned),
        };
        vec![
            page(State::Tidy, 0, None, None),
            page(State::Few, 1, None, None),
            page(State::Many, 180, Some("https://shop.example.org/"), Some("0.0.0.0")),
            page(State::Left, 2, None, None),
        ]
    }
}

/// The addresses that the page needs.
pub struct Links {
    /// The target of the form.
    pub action: String,
    pub next: Option<String>,
    pub csrf_token: String,
}

impl CookiesPage {
    pub fn new(
        state: State,
        cookies: &ForeignCookies,
        domain: &str,
        links: Links,
        from: Option<String>,
    ) -> Self {
        let Links { action, next, csrf_token } = links;
        Self {
            state,
            count: cookies.count,
            kilobytes: cookies.bytes.div_ceil(1024),
            domain: domain.to_owned(),
            action,
            next,
            csrf_token,
            from,
        }
    }
}
