//! Request in plain types: the method, the target and the headers.

use crate::cookie::{self, Candidates};

/// A request in plain types. It borrows everything; cheap to create and to copy.
#[derive(Clone, Copy)]
pub struct RequestInfo<'r> {
    method: &'r str,
    target: &'r str,
    headers: Headers<'r>,
}

/// The headers of a request: a list of names and raw values, or the map of an enabled framework.
#[derive(Clone, Copy)]
pub struct Headers<'r>(&'r dyn Lookup);

/// A collection of headers. It is private: for another map, build a list from it.
pub(crate) trait Lookup {
    /// The raw values of all headers of this name, in the order sent. The name is in lower case.
    fn all(&self, name: &'static str) -> Vec<&[u8]>;
}

impl<'r, N: AsRef<str>, V: AsRef<[u8]>> From<&'r Vec<(N, V)>> for Headers<'r> {
    fn from(list: &'r Vec<(N, V)>) -> Self {
        Self(list)
    }
}

#[cfg(feature = "actix")]
impl<'r> From<&'r actix_web::http::header::HeaderMap> for Headers<'r> {
    fn from(map: &'r actix_web::http::header::HeaderMap) -> Self {
        Self(map)
    }
}

#[cfg(feature = "axum")]
impl<'r> From<&'r http::HeaderMap> for Headers<'r> {
    fn from(map: &'r http::HeaderMap) -> Self {
        Self(map)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Lookup for Vec<(N, V)> {
    fn all(&self, name: &'static str) -> Vec<&[u8]> {
        let of_name = self.iter().filter(|(other, _)| other.as_ref().eq_ignore_ascii_case(name));
        of_name.map(|(_, value)| value.as_ref()).collect()
    }
}

impl<'r> RequestInfo<'r> {
    /// Creates a request. `target` is the path and the query as they were sent, before any
    /// decoding.
    pub fn new(method: &'r str, target: &'r str, headers: impl Into<Headers<'r>>) -> Self {
        Self { method, target, headers: headers.into() }
    }

    /// The raw `Cookie` headers, for
    /// [`SharedLogin::try_identify`](crate::SharedLogin::try_identify).
    pub fn cookies(&self) -> Vec<&'r [u8]> {
        self.headers.0.all("cookie")
    }

    pub(super) fn method(&self) -> &'r str {
        self.method
    }

    pub(super) fn target(&self) -> &'r str {
        self.target
    }

    /// Whether there is a cookie of this name, with any value.
    pub(super) fn has_cookie(&self, name: &str) -> bool {
        match cookie::candidates(self.cookies(), name) {
            Candidates::Few(values) => !values.is_empty(),
            Candidates::TooMany => true,
        }
    }

    /// How many cookies came, whoever set them.
    pub(super) fn cookie_count(&self) -> usize {
        let pairs = self.cookies().into_iter().flat_map(|header| header.split(|byte| *byte == b';'));
        pairs.filter(|pair| !pair.trim_ascii().is_empty()).count()
    }

    /// Whether the body is `application/x-www-form-urlencoded`, which can be shown again.
    pub(super) fn is_urlencoded(&self) -> bool {
        self.is_of_type("application/x-www-form-urlencoded")
    }

    /// Whether the body is `multipart/form-data`, which can hold files.
    pub(crate) fn is_multipart(&self) -> bool {
        self.is_of_type("multipart/form-data")
    }

    /// Whether the request has a body (RFC 9112, section 6.3). A form without named fields has
    /// none.
    pub(crate) fn announces_body(&self) -> bool {
        self.has("transfer-encoding")
            || self.headers.0.all("content-length").iter().any(|length| length != b"0")
    }

    /// The length of the body, if the request says it.
    pub(super) fn announced_bytes(&self) -> Option<u64> {
        self.only("content-length")?.parse().ok()
    }

    /// Whether the request has no body and declares no content type.
    pub(super) fn is_empty(&self) -> bool {
        !self.announces_body() && !self.has("content-type")
    }

    fn is_of_type(&self, media_type: &str) -> bool {
        self.first("content-type").is_some_and(|value| {
            value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
        })
    }

    pub(super) fn has(&self, name: &'static str) -> bool {
        !self.headers.0.all(name).is_empty()
    }

    /// The value of a header that occurs exactly once.
    pub(super) fn only(&self, name: &'static str) -> Option<&'r str> {
        match self.headers.0.all(name)[..] {
            [value] => text(value),
            _ => None,
        }
    }

    /// The values of all headers of this name that are visible ASCII.
    pub(super) fn all_readable(&self, name: &'static str) -> Vec<&'r str> {
        self.headers.0.all(name).into_iter().filter_map(text).collect()
    }

    /// The raw values of all headers of this name.
    pub(super) fn all(&self, name: &'static str) -> Vec<&'r [u8]> {
        self.headers.0.all(name)
    }

    pub(super) fn first(&self, name: &'static str) -> Option<&'r str> {
        self.headers.0.all(name).first().and_then(|value| text(value))
    }
}

/// Visible ASCII, as header values are. Anything else counts as absent.
fn text(value: &[u8]) -> Option<&str> {
    let is_visible = |b: &u8| matches!(b, b' '..=b'~' | b'\t');
    std::str::from_utf8(value).ok().filter(|text| text.as_bytes().iter().all(is_visible))
}
