//! `next`: the address to return to after a login. Only allowed origins, so that it is no open
//! redirect.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use percent_encoding::percent_decode_str;
use shared_claims::internal::remove_parameters;
use shared_claims::protocol::{self, parameter};
use url::{Url, form_urlencoded};

use crate::config::{AllowedOrigins, AuthUrl};

/// Longer addresses are not carried along. Proxies accept request lines of 8 KB (nginx's
/// `large_client_header_buffers`), so no page has a longer address.
const MAX_BYTES: usize = 8192;

/// The maximum length of a host name (RFC 1035, section 2.3.4).
const MAX_HOST_LENGTH: usize = 253;

/// The page about an address that is too long.
pub const TOO_LONG: &str = "/login/too-long";

/// An address on an allowed origin, in normalized form (ASVS 3.7.2, RFC 9700 4.11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next(Url);

impl Next {
    /// Parses an absolute URL on an allowed origin, or a path on this host. Anything else counts as
    /// absent. An address that is too long becomes the page that says so.
    ///
    /// The result is the serialized URL, so that a browser cannot read it differently than we did.
    pub fn parse(text: &str, allowed: &AllowedOrigins, auth_url: &AuthUrl) -> Option<Self> {
        // Browsers strip some of these characters and turn a backslash into a slash. Genuine pages
        // send none of them.
        let is_suspect = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if text.is_empty() || text.contains(is_suspect) {
            return None;
        }
        let mut url = if text.starts_with('/') {
            let url = auth_url.url().join(text).ok()?;
            // "//evil.net" looks like a path, but parses as a host.
            (url.origin() == auth_url.url().origin()).then_some(url)?
        } else {
            let scheme = auth_url.url().scheme();
            // The parser also accepts "https:evil.net"; we require the usual form.
            text.strip_prefix(scheme)?.strip_prefix("://")?;
            let url = Url::parse(text).ok()?;
            (allowed.allow(&url) || url.origin() == auth_url.url().origin()).then_some(url)?
        };
        if url.origin() == auth_url.url().origin() && is_no_destination(&url) {
            return None;
        }
        // A mark for the page after a logout, which may have come back with that page's address.
        remove_parameters(&mut url, &[parameter::LOGGED_OUT]);
        let is_plain = url.username().is_empty() && url.password().is_none();
        let has_possible_host = url.host_str().is_some_and(|host| host.len() <= MAX_HOST_LENGTH);
        if !(is_plain && has_possible_host && url.as_str().is_ascii()) {
            return None;
        }
        if url.as_str().len() > MAX_BYTES {
            return auth_url.url().join(TOO_LONG).ok().map(Self);
        }
        Some(Self(url))
    }

    /// Whether the address in `text` is marked as the one after a logout.
    pub fn is_after_logout(text: &str) -> bool {
        Url::parse(text).is_ok_and(|mut url| remove_parameters(&mut url, &[parameter::LOGGED_OUT]))
    }

    pub fn url(&self) -> &Url {
        &self.0
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// `path?next=<this>`.
    pub fn carried_by(next: Option<&Self>, path: &str) -> String {
        match next {
            Some(next) => {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair(parameter::NEXT, next.as_str())
                    .finish();
                format!("{path}?{query}")
            }
            None => path.to_owned(),
        }
    }
}

/// Whether `url` is one of our own pages that must not be a destination, in any spelling that the
/// router accepts.
///
/// The login is no destination after a login, and nested logins would redirect in circles (N5). The
/// page that deletes cookies continues a sweep if our own page leads to it. So an attacker's link
/// through the login could start the deletion (C13).
fn is_no_destination(url: &Url) -> bool {
    let path: Vec<u8> = percent_decode_str(url.path()).collect();
    path == protocol::path::LOGIN.as_bytes()
        || path.split(|byte| *byte == b'/').next_back() == Some(protocol::path::COOKIES.as_bytes())
}

/// The query parameter `next`, unchecked. A repeated parameter counts as absent.
pub struct NextQuery(pub Option<String>);

impl FromRequest for NextQuery {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = form_urlencoded::parse(request.query_string().as_bytes())
            .filter(|(name, _)| name == parameter::NEXT)
            .map(|(_, value)| value.into_owned());
        let first = values.next();
        ready(Ok(Self(first.filter(|_| values.next().is_none()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CookieDomain;
    use crate::hostile::tried;

    /// N1: arbitrary text, and the form in which we pass it on.
    #[test]
    fn any_text_for_next_leads_home_or_nowhere() {
        let domain = CookieDomain::parse("example.org").unwrap();
        let auth_url = AuthUrl::parse("https://auth.example.org", &domain).unwrap();
        let allowed = AllowedOrigins::parse(None, &auth_url, &domain).unwrap();
        let pieces = [
            "https://",
            "http://",
            "https:",
            "/",
            "//",
            "\\",
            "shop.example.org",
            "example.org",
            "evil.net",
            ".",
            "@",
            ":443",
            ":",
            "?",
            "#",
            "%2e",
            "%00",
            "login",
            "cookies",
            "..",
            "xn--",
            "\t",
            "\u{2044}",
            "\u{ff0f}",
            "a",
        ];
        tried(&pieces, |input| {
            let Ok(text) = std::str::from_utf8(input) else { return };
            let Some(next) = Next::parse(text, &allowed, &auth_url) else { return };
            let url = Url::parse(next.as_str()).unwrap();
            let host = url.host_str().unwrap();
            assert!(host == "example.org" || host.ends_with(".example.org"), "{text:?} leads to {next:?}");
            assert!(url.scheme() == "https" && url.username().is_empty() && url.password().is_none());
            assert_eq!(Next::parse(next.as_str(), &allowed, &auth_url), Some(next), "of {text:?}");
        });
    }
}
