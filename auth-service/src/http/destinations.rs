//! The destinations of redirects: the addresses that we send people to.

use shared_claims::protocol::path;

use super::next::Next;
use crate::config::{AllowedOrigins, AuthUrl};

/// Makes addresses of our own, and judges those that come with a request.
#[derive(Clone)]
pub struct Destinations {
    pub allowed: AllowedOrigins,
    pub own: AuthUrl,
}

impl Destinations {
    /// Where to go afterwards, if `text` is a place that we send people to.
    pub fn next(&self, text: Option<&str>) -> Option<Next> {
        Next::parse(text?, &self.allowed, &self.own)
    }

    /// The absolute address of `next`, or of one of our own paths without it.
    pub fn url(&self, next: Option<&Next>, path: &str) -> String {
        next.map_or_else(|| self.own.join(path), |next| next.as_str().to_owned())
    }

    /// The login's address, which leads back to one of our own pages.
    pub fn login_and_back(&self, path: &str) -> String {
        let next = self.next(Some(path));
        self.own.join(&Next::carried_by(next.as_ref(), path::LOGIN))
    }
}
