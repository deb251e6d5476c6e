//! What a proxy says of the request that it holds back.

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, HeaderMap};
use shared_claims::server::Peer;

use crate::config::TrustedProxies;

/// The request behind the question, as far as a trusted proxy tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// The whole address that the person asked for.
    pub address: Option<String>,
    /// Whether a person in a tab waits for it, who can read a page.
    pub is_by_a_person: bool,
    /// Whether such a person asks for a page, and can be sent to the login and back.
    pub is_navigation: bool,
    /// Whether the proxy passes our redirect on. nginx does not: it takes `2xx`, `401` and `403` and nothing else.
    pub passes_redirects: bool,
}

impl Forwarded {
    /// `None` when the request does not come from a trusted proxy: then nobody's word counts.
    pub fn read(request: &HttpRequest, proxies: &TrustedProxies) -> Option<Self> {
        proxies.trust(Peer::of(request)?).then(|| Self::of(request.headers()))
    }

    /// Caddy and Traefik send `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`; nginx sends what its configuration says,
    /// which is `X-Original-URL` and `X-Original-Method` in ours.
    /// Of a proxy that speaks the first way nothing of the second is heard: it would be what a client sent.
    fn of(headers: &HeaderMap) -> Self {
        let original = match headers.contains_key("x-forwarded-uri") {
            true => None,
            false => only(headers, "x-original-url"),
        };
        let method = only(headers, "x-forwarded-method").or_else(|| only(headers, "x-original-method"));
        let is_by_a_person = is_by_a_person(headers);
        Self {
            address: original.map(str::to_owned).or_else(|| address(headers)),
            is_by_a_person,
            is_navigation: is_by_a_person && method.is_none_or(|method| method == "GET"),
            passes_redirects: original.is_none(),
        }
    }
}

fn address(headers: &HeaderMap) -> Option<String> {
    let (proto, host, uri) = (
        only(headers, "x-forwarded-proto")?,
        only(headers, "x-forwarded-host")?,
        only(headers, "x-forwarded-uri")?,
    );
    // One text, and no reference within another: `//elsewhere/` would be a host there.
    uri.starts_with('/').then(|| format!("{proto}://{host}{uri}"))
}

/// As `shared-claims` sees it: the browser says so, or, for want of that header, asks for HTML.
fn is_by_a_person(headers: &HeaderMap) -> bool {
    match only(headers, "sec-fetch-mode") {
        Some(mode) => {
            mode == "navigate" && matches!(only(headers, "sec-fetch-dest"), None | Some("document"))
        }
        None => headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| {
            accept.split(',').next().is_some_and(|first| first.trim().starts_with("text/html"))
        }),
    }
}

/// The value of a header that comes once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name);
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Forwarded {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Forwarded::of(&headers)
    }

    const HTML: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

    #[test]
    fn the_address_is_put_together_from_what_the_proxy_sends() {
        let caddy = [
            ("x-forwarded-method", "GET"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "wiki.example.org"),
            ("x-forwarded-uri", "/a?b=c&d"),
            HTML,
        ];
        let read_of_caddy = read(&caddy);
        assert_eq!(read_of_caddy.address.as_deref(), Some("https://wiki.example.org/a?b=c&d"));
        assert!(read_of_caddy.is_navigation && read_of_caddy.passes_redirects);
        let nginx =
            read(&[("x-original-url", "https://wiki.example.org/a"), ("x-original-method", "GET"), HTML]);
        assert_eq!(nginx.address.as_deref(), Some("https://wiki.example.org/a"));
        assert!(nginx.is_navigation && !nginx.passes_redirects);
        assert_eq!(read(&caddy[..3]).address, None);
        assert_eq!(read(&[caddy[1], caddy[2], caddy[2], caddy[3]]).address, None, "two hosts are none");
        let planted = read(&[&caddy[..], &[("x-original-url", "https://shop.example.org/")]].concat());
        assert_eq!(planted, read_of_caddy, "what a client sent through Caddy");
    }

    #[test]
    fn a_path_that_looks_like_another_host_is_a_path() {
        let at = |uri: &'static str| {
            let host = [("x-forwarded-proto", "https"), ("x-forwarded-host", "wiki.example.org")];
            read(&[host[0], host[1], ("x-forwarded-uri", uri)]).address
        };
        assert_eq!(at("//shop.example.org/").as_deref(), Some("https://wiki.example.org//shop.example.org/"));
        for no_path in
            ["https://shop.example.org/", "shop.example.org", "", ".shop.example.org/", "@shop.example.org/"]
        {
            assert_eq!(at(no_path), None, "{no_path}");
        }
    }

    #[test]
    fn only_a_person_in_a_tab_can_be_sent_away() {
        for (pairs, expected) in [
            (&[HTML][..], true),
            (&[("x-forwarded-method", "POST"), HTML], false),
            (&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")], true),
            (&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe"), HTML], false),
            (&[("sec-fetch-mode", "cors"), HTML], false),
            (&[("accept", "application/json, text/html")], false),
            (&[("accept", "*/*")], false),
            (&[], false),
        ] {
            assert_eq!(read(pairs).is_navigation, expected, "{pairs:?}");
        }
    }
}
