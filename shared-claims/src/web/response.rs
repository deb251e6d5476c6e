//! Response in plain types: the status, headers and body that a framework sends in place of a
//! handler's.

use url::Url;

/// An answer, for a framework to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// All headers but those that a server sets itself. Names are in lower case; `set-cookie` may
    /// occur several times.
    pub headers: Vec<(&'static str, String)>,
    /// The body, in the type of the header `content-type`; empty without that header.
    pub body: String,
}

impl Response {
    /// What all these answers have in common: they depend on who asks and how, and are not to be
    /// kept.
    pub(super) fn new(status: u16) -> Self {
        let mut answer = Self { status, headers: Vec::new(), body: String::new() };
        answer.add("cache-control", "no-store");
        answer.add(
            "vary",
            "Accept, Accept-Language, Cookie, Origin, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Fetch-Site",
        );
        answer.add("x-content-type-options", "nosniff");
        // Not no-referrer: pages with that post their forms with "Origin: null".
        answer.add("referrer-policy", "same-origin");
        answer
    }

    pub(super) fn redirect(to: &Url) -> Self {
        let mut answer = Self::new(303);
        answer.add("location", to.as_str());
        answer
    }

    /// RFC 9110, section 15.5.2, wants a challenge, and there is none for cookies. No token is
    /// taken from an `Authorization` header yet.
    pub(super) fn unauthorized() -> Self {
        let mut answer = Self::new(401);
        answer.add("www-authenticate", "Bearer");
        answer
    }

    pub(super) fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((name, value.into()));
    }
}
