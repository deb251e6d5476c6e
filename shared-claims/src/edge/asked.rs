//! What was asked, and what kind of request it is, which decides the form of the answer.

use super::accept::prefers_html;
use crate::cookie::{self, Candidates};

/// A request, as far as it matters here. Borrows everything; cheap to make and to copy.
#[derive(Clone, Copy)]
pub struct Asked<'r> {
    method: &'r str,
    target: &'r str,
    headers: &'r dyn Headers,
}

/// The headers of a request, in whatever type a framework keeps them.
pub trait Headers {
    /// The raw values of all headers of this name, which is given in lower case, in the order sent.
    fn all(&self, name: &'static str) -> Vec<&[u8]>;
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn all(&self, name: &'static str) -> Vec<&[u8]> {
        let of_name = self.iter().filter(|(other, _)| other.as_ref().eq_ignore_ascii_case(name));
        of_name.map(|(_, value)| value.as_ref()).collect()
    }
}

/// How to answer somebody who is not logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A page opened in a tab: can be redirected.
    Navigation,
    /// A form sent by a person: must not be lost.
    PostedForm,
    /// A script, an image, a frame, a program.
    Other,
}

impl<'r> Asked<'r> {
    /// `target` is the path and the query as they were sent, before any decoding.
    pub fn new(method: &'r str, target: &'r str, headers: &'r dyn Headers) -> Self {
        Self { method, target, headers }
    }

    /// The raw `Cookie` headers, for [`SharedLogin::identify_now`](crate::SharedLogin::identify_now).
    pub fn cookies(&self) -> Vec<&'r [u8]> {
        self.headers.all("cookie")
    }

    pub(super) fn method(&self) -> &'r str {
        self.method
    }

    pub(super) fn target(&self) -> &'r str {
        self.target
    }

    pub(super) fn kind(&self) -> Kind {
        match (self.wants_page(), self.method) {
            (true, "GET" | "HEAD") => Kind::Navigation,
            (true, "POST") => Kind::PostedForm,
            _ => Kind::Other,
        }
    }

    /// Whether a person in a tab waits for this: the browser says so, or, for want of that header, asks for HTML. If so,
    /// errors are better shown as a page than as JSON.
    pub(super) fn wants_page(&self) -> bool {
        match self.first("sec-fetch-mode") {
            // A frame navigates too, but the login refuses to be framed.
            Some(mode) => {
                mode == "navigate" && matches!(self.first("sec-fetch-dest"), None | Some("document"))
            }
            None => prefers_html(self.headers.all("accept")),
        }
    }

    /// Whether a person is about to read the page, and it may go round by the login first. One that is fetched in case
    /// somebody wants to read it may not.
    pub(super) fn is_page_about_to_be_read(&self) -> bool {
        self.method == "GET" && self.wants_page() && !self.has("sec-purpose") && self.can_be_come_back_to()
    }

    /// Whether there is a cookie of this name, with any value.
    pub(super) fn has_cookie(&self, name: &str) -> bool {
        match cookie::candidates(self.cookies(), name) {
            Candidates::Few(values) => !values.is_empty(),
            Candidates::TooMany => true,
        }
    }

    /// Whether the body is the kind of form that can be shown again.
    pub(super) fn is_urlencoded(&self) -> bool {
        self.is_of_type("application/x-www-form-urlencoded")
    }

    /// Whether the body is the kind of form that can hold files.
    pub(super) fn is_multipart(&self) -> bool {
        self.is_of_type("multipart/form-data")
    }

    /// Whether a body comes with the request (RFC 9112, section 6.3). A form without named fields has none.
    pub(crate) fn announces_body(&self) -> bool {
        self.has("transfer-encoding")
            || self.headers.all("content-length").iter().any(|length| length != b"0")
    }

    /// Whether nothing comes with the request, and nothing is said of what it would be.
    pub(super) fn is_empty(&self) -> bool {
        !self.announces_body() && !self.has("content-type")
    }

    fn is_of_type(&self, media_type: &str) -> bool {
        self.first("content-type").is_some_and(|value| {
            value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
        })
    }

    pub(super) fn has(&self, name: &'static str) -> bool {
        !self.headers.all(name).is_empty()
    }

    /// The value of a header that occurs exactly once.
    pub(super) fn only(&self, name: &'static str) -> Option<&'r str> {
        match self.headers.all(name)[..] {
            [value] => text(value),
            _ => None,
        }
    }

    /// The values of all headers of this name that can be read.
    pub(super) fn all_readable(&self, name: &'static str) -> Vec<&'r str> {
        self.headers.all(name).into_iter().filter_map(text).collect()
    }

    fn first(&self, name: &'static str) -> Option<&'r str> {
        self.headers.all(name).first().and_then(|value| text(value))
    }
}

/// Visible ASCII, as header values are; anything else counts as not sent.
fn text(value: &[u8]) -> Option<&str> {
    let is_visible = |b: &u8| matches!(b, b' '..=b'~' | b'\t');
    std::str::from_utf8(value).ok().filter(|text| text.as_bytes().iter().all(is_visible))
}
