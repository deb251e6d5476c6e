//! Foreign cookies: siblings may set any number of them on the parent domain, and a browser sends
//! them here.
//!
//! None of them is read. They are counted, because too many lock a person out: servers refuse long
//! heads, and browsers that hold too many cookies of one domain throw away others, ours among them.

use std::collections::BTreeMap;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest, web};
use serde::Serialize;
use shared_claims::protocol::{parameter, path};
use shared_claims::web::MANY_COOKIES;
use url::form_urlencoded;

use crate::http::Cookies;

/// The `Cookie` headers as they came, kept by `cookie_header` beside what it lets through.
#[derive(Clone)]
pub(super) struct AsSent(pub Vec<HeaderValue>);

/// The cookies of a request that are not ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ForeignCookies {
    /// Each name once, as bytes: it need not be text. Of ours those that came more than once: only
    /// one can be where we set it.
    pub names: Vec<Vec<u8>>,
    pub count: usize,
    /// With the `=` and the `; ` between them.
    pub bytes: usize,
}

/// Many servers take heads of 8 KB in all.
const LONG: usize = 8 * 1024;

/// The warning of a page about too many cookies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TooMany {
    count: usize,
    kilobytes: usize,
    /// Whether the browser throws ours away to make room, those with `__Host-` too.
    pub crowd_ours_out: bool,
}

impl TooMany {
    /// For templates to be tried on.
    pub fn sample() -> Self {
        Self { count: 170, kilobytes: 12, crowd_ours_out: true }
    }
}

impl ForeignCookies {
    /// Of a request that went through `cookie_header`.
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
            // Without `=` it is the value of a cookie without a name.
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

    /// Whether a person should know of them: some server refuses them, or their browser will soon
    /// throw away ours.
    pub fn are_too_many(&self) -> bool {
        self.crowd_ours_out() || self.bytes > LONG
    }

    /// Whether a browser throws ours away for them.
    fn crowd_ours_out(&self) -> bool {
        self.count > MANY_COOKIES
    }

    /// The warning about them, if they are too many.
    pub fn too_many(&self) -> Option<TooMany> {
        self.are_too_many().then(|| TooMany {
            count: self.count,
            kilobytes: self.bytes.div_ceil(1024),
            crowd_ours_out: self.crowd_ours_out(),
        })
    }
}

/// Where the person can have them cleared, and goes on to where this page leads: below the page
/// that they came with, because a cookie that was set for a path comes there alone.
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
    // Not `//host/cookies`, which would lead there.
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
