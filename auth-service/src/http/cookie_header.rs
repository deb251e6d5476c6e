//! The `Cookie` header: decides which cookies a request has before other code reads them.
//!
//! A sibling sub-domain can plant cookies on this host. actix percent-decodes and Unicode-trims
//! cookie *names* and takes the first match. So a planted `%5F%5FHost-sso_refresh` would pass for
//! ours, although browsers protect that prefix (GHSA-j6w9-fv6q-3q52 is the same bug elsewhere).
//! Therefore this module reads the header byte by byte, compares names exactly, keeps our own
//! cookies and drops the others. A name that occurs twice is dropped too: one of the two was
//! planted, and it is unknown which (rfc6265bis, 4.2.2).

use std::collections::BTreeMap;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};

use shared_claims::cookie::{self, Candidates, candidates};

use super::foreign_cookies::AsSent;
use crate::config::CookieNames;
use crate::http::{BrowserKeys, Cookies};

/// The value of the refresh cookie as the browser sent it, not yet verified.
#[derive(Clone)]
struct RefreshCookie(String);

/// A cookie of a feature, besides those of the session and the browser session.
#[derive(Clone, Copy)]
pub struct OwnCookie {
    name: fn(&CookieNames) -> &str,
    /// If true, every value is kept, up to the number that an honest browser sends. If false, the
    /// value is kept only if the cookie occurs once.
    every: bool,
}

impl OwnCookie {
    /// A cookie that is ignored if it occurs more than once.
    pub const fn only(name: fn(&CookieNames) -> &str) -> Self {
        Self { name, every: false }
    }

    /// A cookie that siblings may set too; its reader checks each value.
    pub const fn every(name: fn(&CookieNames) -> &str) -> Self {
        Self { name, every: true }
    }
}

/// The features' cookies, by name, with their values. The value is `None` if there are more than an
/// honest browser sends.
struct FeatureCookies(BTreeMap<String, Option<Vec<String>>>);

/// Middleware: leaves only our own cookies in the request. It must be the outermost.
pub async fn guard(
    cookies: web::Data<Cookies>,
    browser_keys: web::Data<BrowserKeys>,
    own: web::Data<Vec<OwnCookie>>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let names = &cookies.names;
    let browser = only(request.headers(), &names.browser);
    let browser = browser.map(|value| browser_keys.renewed(&names.browser, value));
    let refresh = only(request.headers(), &names.refresh);
    let own = own.iter().map(|cookie| {
        let name = (cookie.name)(names);
        (name.to_owned(), values(request.headers(), name, cookie.every))
    });
    let own = FeatureCookies(own.collect());
    let sent = AsSent(request.headers().get_all(COOKIE).cloned().collect());
    request.headers_mut().remove(COOKIE);
    request.extensions_mut().insert(sent);
    request.extensions_mut().insert(own);
    if let Some(value) = browser
        && let Ok(header) = HeaderValue::from_str(&format!("{}={value}", names.browser))
    {
        request.headers_mut().insert(COOKIE, header);
    }
    if let Some(value) = refresh {
        request.extensions_mut().insert(RefreshCookie(value));
    }
    next.call(request).await
}

/// The values of a feature's cookie, after [`guard`]. `None` if there are more than an honest
/// browser sends.
pub fn feature_cookie(request: &HttpRequest, name: &str) -> Option<Vec<String>> {
    let extensions = request.extensions();
    extensions
        .get::<FeatureCookies>()
        .and_then(|cookies| cookies.0.get(name).cloned())
        .unwrap_or(Some(Vec::new()))
}

/// The refresh cookie, after [`guard`].
pub fn refresh_cookie(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<RefreshCookie>().map(|cookie| cookie.0.clone())
}

fn values(headers: &HeaderMap, name: &str, every: bool) -> Option<Vec<String>> {
    if !every {
        return Some(only(headers, name).into_iter().collect());
    }
    let headers = headers.get_all(COOKIE).map(|header| header.as_bytes());
    match candidates(headers, name) {
        Candidates::Few(values) => Some(values.into_iter().map(str::to_owned).collect()),
        _ => None,
    }
}

/// The value of the single cookie called `name`; `None` if it is missing or occurs more than once.
fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = cookie::values(headers.get_all(COOKIE).map(|header| header.as_bytes()), name);
    let value = values.next()?;
    if values.next().is_some() {
        tracing::warn!(cookie = name, "came more than once in one request and was ignored");
        return None;
    }
    // Our values are printable ASCII.
    let is_ours = value.iter().all(|byte| byte.is_ascii_graphic());
    is_ours.then(|| String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "__Host-sso_refresh";

    fn read(headers: &[&[u8]]) -> Option<String> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(COOKIE, HeaderValue::from_bytes(header).unwrap());
        }
        only(&map, NAME)
    }

    #[test]
    fn our_cookie_is_found_among_others() {
        assert_eq!(read(&[b"a=1; __Host-sso_refresh=A; b=2"]).as_deref(), Some("A"));
        assert_eq!(read(&[b"\t__Host-sso_refresh = A \t;"]).as_deref(), Some("A"));
    }

    /// C4
    #[test]
    fn a_name_that_only_decodes_to_ours_is_not_ours() {
        for planted in [
            "%5F%5FHost-sso_refresh=B; __Host-sso_refresh=A".as_bytes(),
            "\u{2000}__Host-sso_refresh=B; __Host-sso_refresh=A".as_bytes(),
            "\u{a0}__Host-sso_refresh=B; __Host-sso_refresh=A".as_bytes(),
            "\u{85}__Host-sso_refresh\u{85}=B; __Host-sso_refresh=A".as_bytes(),
            b"__host-sso_refresh=B; __Host-sso_refresh=A",
            b"\x0b__Host-sso_refresh=B; __Host-sso_refresh=A",
        ] {
            if HeaderValue::from_bytes(planted).is_ok() {
                assert_eq!(read(&[planted]).as_deref(), Some("A"), "{}", planted.escape_ascii());
            }
        }
        assert_eq!(read(&[b"%5F%5FHost-sso_refresh=B"]), None);
    }

    /// C5
    #[test]
    fn two_cookies_of_our_name_are_none() {
        assert_eq!(read(&[b"__Host-sso_refresh=B; __Host-sso_refresh=A"]), None);
        assert_eq!(read(&[b"__Host-sso_refresh=A", b"__Host-sso_refresh=A"]), None);
    }

    /// C6
    #[test]
    fn cookies_may_come_in_several_headers() {
        assert_eq!(read(&[b"a=1", b"__Host-sso_refresh=A"]).as_deref(), Some("A"));
    }

    /// C8
    #[test]
    fn a_malformed_cookie_of_somebody_else_changes_nothing() {
        assert_eq!(read(&[b"x; =; ;;\xff\xfe=\xff; __Host-sso_refresh=A; y=%ff"]).as_deref(), Some("A"));
        assert_eq!(read(&[b"__Host-sso_refresh=\xff"]), None);
        assert_eq!(read(&[b"__Host-sso_refresh"]), None);
    }
}
