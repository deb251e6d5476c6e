//! The destinations of redirects: the addresses that we send people to.

use shared_claims::protocol::{parameter, path};

use super::next::Next;
use crate::config::{AllowedOrigins, AuthUrl};

/// Builds our own addresses, and checks those in requests.
#[derive(Clone)]
pub struct Destinations {
    pub allowed: AllowedOrigins,
    pub own: AuthUrl,
}

impl Destinations {
    /// The `next` address, if `text` is an allowed destination.
    pub fn next(&self, text: Option<&str>) -> Option<Next> {
        Next::parse(text?, &self.allowed, &self.own)
    }

    /// The absolute URL of `next`, or of our own `path` without it.
    pub fn url(&self, next: Option<&Next>, path: &str) -> String {
        next.map_or_else(|| self.own.join(path), |next| next.as_str().to_owned())
    }

    /// The address of `next` with the mark that the person has just logged out. `None` on our own
    /// host, whose pages need no mark.
    pub fn after_logout(&self, next: &Next) -> Option<String> {
        let mut url = next.url().clone();
        if url.origin() == self.own.url().origin() {
            return None;
        }
        url.query_pairs_mut().append_pair(parameter::LOGGED_OUT, "1");
        Some(url.into())
    }

    /// The login's address, with our own page `path` as `next`.
    pub fn login_and_back(&self, path: &str) -> String {
        let next = self.next(Some(path));
        self.own.join(&Next::carried_by(next.as_ref(), path::LOGIN))
    }
}
