//! Response in plain types: the status, the headers and the body.

use url::Url;

/// A response for a framework to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// All headers, except those that a server sets itself. Names are in lower case; `set-cookie`
    /// may occur several times.
    pub headers: Vec<(&'static str, String)>,
    /// The body, of the type in `content-type`. Empty without that header.
    pub body: String,
}

impl Response {
    /// Creates a response with the headers that all of them share: they depend on who asks and how,
    /// and must not be cached.
    pub(super) fn new(status: u16) -> Self {
        let mut answer = Self { status, headers: Vec::new(), body: String::new() };
        answer.add("cache-control", "no-store");
        answer.add(
            "vary",
            "Accept, Accept-Language, Cookie, Origin, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Fetch-Site",
        );
        answer.add("x-content-type-options", "nosniff");
        // Not `no-referrer`: pages with that post their forms with `Origin: null`.
        answer.add("referrer-policy", "same-origin");
        answer
    }

    pub(super) fn redirect(to: &Url) -> Self {
        let mut answer = Self::new(303);
        answer.add("location", to.as_str());
        answer
    }

    /// A `401` with the challenge that RFC 9110, section 15.5.2, requires. There is no challenge
    /// for cookies. A token in an `Authorization` header is not accepted.
    pub(super) fn unauthorized() -> Self {
        let mut answer = Self::new(401);
        answer.add("www-authenticate", "Bearer");
        answer
    }

    pub(super) fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((name, value.into()));
    }
}
