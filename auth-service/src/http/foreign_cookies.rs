//! Foreign cookies: sibling sub-domains can set any number of cookies on the parent domain, and
//! browsers send them here.
//!
//! Their values are never read. They are only counted, because too many lock a user out: servers
//! refuse large request heads, and a browser with too many cookies of one domain drops some,
//! including ours.

use std::collections::BTreeMap;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest, web};
use serde::Serialize;
use shared_claims::protocol::{parameter, path};
use shared_claims::web::MANY_COOKIES;
use url::form_urlencoded;

use crate::http::Cookies;

/// The original `Cookie` headers, kept by `cookie_header`.
#[derive(Clone)]
pub(super) struct AsSent(pub Vec<HeaderValue>);

/// The cookies of a request that are not ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ForeignCookies {
    /// Each name once, as bytes, because it may not be text. Our own names are included if they
    /// occur more than once, because then at least one cookie is not ours.
    pub names: Vec<Vec<u8>>,
    pub count: usize,
    /// Including each `=` and `; `.
    pub bytes: usize,
}

/// Many servers limit the whole request head to 8 KB.
const LONG: usize = 8 * 1024;

/// The warning of a page about too many cookies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TooMany {
    count: usize,
    kilobytes: usize,
    /// Whether the browser drops our cookies to make room, including those with `__Host-`.
    pub crowd_ours_out: bool,
}

impl TooMany {
    /// A sample for the template check.
    pub fn sample() -> Self {
        Self { count: 170, kilobytes: 12, crowd_ours_out: true }
    }
}

impl ForeignCookies {
    /// The foreign cookies of a request that passed `cookie_header`.
    pub fn of(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let (Some(cookies), Some(sent)) =
            (request.app_data::<web::Data<Cookies>>(), extensions.get::<AsSent>())
        else {
            return Self::default();
        };
        let names = &cookies.names;
        let ours = [&names.access, &names.refresh, &names.browser, &names.hint, &names.trip];
        Self::read(sent.0.iter().map(HeaderValue::as_bytes), &ours.map(|name| name.as_bytes()))
    }

    fn read<'h>(headers: impl Iterator<Item = &'h [u8]>, ours: &[&[u8]]) -> Self {
        let mut times: BTreeMap<&[u8], (usize, usize)> = BTreeMap::new();
        let pairs = headers.flat_map(|header| header.split(|byte| *byte == b';'));
        for pair in pairs.map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty()) {
            // A pair without `=` is the value of a cookie without a name.
            let name = pair.iter().position(|byte| *byte == b'=').map_or(&b""[..], |end| &pair[..end]);
            let (count, bytes) = times.entry(name.trim_ascii()).or_default();
            *count += 1;
            *bytes += pair.len() + 2;
        }
        let mut found = Self::default();
        for (name, (count, bytes)) in times {
            let is_ours = ours.contains(&name);
            if !is_ours || count > 1 {
                found.names.push(name.to_vec());
                found.count += if is_ours { count - 1 } else { count };
                found.bytes += if is_ours { bytes - bytes / count } else { bytes };
            }
        }
        found
    }

    /// Whether to warn the user: some servers will refuse the request, or the browser will soon
    /// drop our cookies.
    pub fn are_too_many(&self) -> bool {
        self.crowd_ours_out() || self.bytes > LONG
    }

    /// Whether a browser drops our cookies in favour of these.
    fn crowd_ours_out(&self) -> bool {
        self.count > MANY_COOKIES
    }

    /// The warning, if there are too many.
    pub fn too_many(&self) -> Option<TooMany> {
        self.are_too_many().then(|| TooMany {
            count: self.count,
            kilobytes: self.bytes.div_ceil(1024),
            crowd_ours_out: self.crowd_ours_out(),
        })
    }
}

/// The address of the cookie clean-up, with the page's `next`. It lies below the current page,
/// because a browser sends a cookie that was set for a path only there.
pub fn cleanup_address(request: &HttpRequest) -> String {
    let page = below(request.path());
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    match query.find(|(name, _)| name == parameter::NEXT) {
        Some((name, next)) => {
            let next = form_urlencoded::Serializer::new(String::new()).append_pair(&name, &next).finish();
            format!("{page}?{next}")
        }
        None => page,
    }
}

fn below(page: &str) -> String {
    // A path `//host/cookies` would lead to another host.
    format!("/{}", format!("{}/{}", page.trim_end_matches('/'), path::COOKIES).trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [&[u8]; 2] = [b"__Secure-sso_access", b"__Host-sso_refresh"];

    fn read(headers: &[&[u8]]) -> ForeignCookies {
        ForeignCookies::read(headers.iter().copied(), &OURS)
    }

    #[test]
    fn ours_do_not_count_and_others_do() {
        assert_eq!(read(&[b"__Secure-sso_access=a; __Host-sso_refresh=b"]), ForeignCookies::default());
        let found = read(&[b"a=1; __Host-sso_refresh=b; c=22", b"__secure-sso_access=3; a=4;; ="]);
        assert_eq!((found.count, found.bytes), (5, 5 + 6 + 23 + 5 + 3));
        assert_eq!(found.names, [&b""[..], b"__secure-sso_access", b"a", b"c"]);
    }

    #[test]
    fn what_comes_twice_of_ours_is_one_too_many() {
        let found = read(&[b"__Secure-sso_access=a; __Secure-sso_access=b; __Host-sso_refresh=c"]);
        assert_eq!((found.count, found.names), (1, vec![b"__Secure-sso_access".to_vec()]));
    }

    #[test]
    fn names_that_are_no_text_are_kept_as_they_came() {
        let found = read(&[b"b\xe4d=\xff; nameless; %5F%5FHost-x=1; \xff"]);
        assert_eq!(found.names, [&b""[..], b"%5F%5FHost-x", b"b\xe4d"]);
    }

    #[test]
    fn many_small_ones_and_few_large_ones_are_too_many() {
        assert!(!read(&["a=1; ".repeat(100).as_bytes()]).are_too_many());
        assert!(read(&["a=1; ".repeat(101).as_bytes()]).are_too_many());
        assert!(read(&[format!("a={}", "x".repeat(9000)).as_bytes()]).are_too_many());
    }

    #[test]
    fn the_way_there_leads_below_the_page() {
        assert_eq!(below("/"), "/cookies");
        assert_eq!(below("/login"), "/login/cookies");
        assert_eq!(below("/a/"), "/a/cookies");
        assert_eq!(below("//evil.net/a"), "/evil.net/a/cookies");
    }
}
