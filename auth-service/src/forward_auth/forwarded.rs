//! The original request, from the headers that a proxy sends about it.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use shared_claims::server::Peer;
use shared_claims::web::{RequestInfo, RequestKind};

use super::forwarded_address::{addresses, told};
use crate::config::TrustedProxies;

/// The original request, as described by a trusted proxy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// The absolute URLs that the person may have requested, the likeliest first. In a chain of
    /// proxies each may report a different one.
    pub addresses: Vec<String>,
    /// Whether a person opens a page, by the rule of all services, and so can be sent to the login
    /// and back.
    pub is_navigation: bool,
    /// Whether a person waits for the response.
    pub is_by_a_person: bool,
    /// Whether the client prefers HTML to JSON, as browsers do when they open a page.
    pub prefers_html: bool,
    /// Whether the proxy passes our redirect on. nginx does not: it accepts only `2xx`, `401` and
    /// `403`.
    pub passes_redirects: bool,
}

impl Forwarded {
    /// `None` if the request does not come from a trusted proxy, because then its headers are not
    /// trusted.
    pub fn read(request: &HttpRequest, proxies: &TrustedProxies) -> Option<Self> {
        proxies.trust(Peer::of(request)?).then(|| Self::of(request.headers()))
    }

    /// Caddy and Traefik send `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`. nginx sends the
    /// headers of its configuration, which in ours are `X-Original-URL` and `X-Original-Method`. If
    /// the first set is present, the second is ignored, because it would come from the client.
    fn of(headers: &HeaderMap) -> Self {
        let speaks_the_first_way = headers.contains_key("x-forwarded-uri");
        let method = method(headers);
        let asked = RequestInfo::new(&method, "/", headers);
        Self {
            addresses: addresses(headers, speaks_the_first_way),
            // The response to a HEAD is not displayed, and some clients follow no redirect of it.
            is_navigation: asked.kind() == RequestKind::Navigation && method == "GET",
            is_by_a_person: asked.wants_page(),
            prefers_html: asked.prefers_html(),
            passes_redirects: speaks_the_first_way || !headers.contains_key("x-original-url"),
        }
    }
}

/// Defaults to `GET`. If proxies report several methods, it prefers one whose request must not be
/// lost.
fn method(headers: &HeaderMap) -> String {
    let forwarded = told(headers, "x-forwarded-method");
    let all = if forwarded.is_empty() { told(headers, "x-original-method") } else { forwarded };
    let is_sent = |method: &&String| !matches!(method.as_str(), "GET" | "HEAD");
    all.iter().find(is_sent).or(all.first()).cloned().unwrap_or_else(|| "GET".to_owned())
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
        assert_eq!(read_of_caddy.addresses, ["https://wiki.example.org/a?b=c&d"]);
        assert!(read_of_caddy.is_navigation && read_of_caddy.passes_redirects);
        let nginx =
            read(&[("x-original-url", "https://wiki.example.org/a"), ("x-original-method", "GET"), HTML]);
        assert_eq!(nginx.addresses, ["https://wiki.example.org/a"]);
        assert!(nginx.is_navigation && !nginx.passes_redirects);
        assert!(read(&caddy[..3]).addresses.is_empty());
        let planted = read(&[&caddy[..], &[("x-original-url", "https://shop.example.org/")]].concat());
        assert_eq!(planted, read_of_caddy, "what a client sent through Caddy");
    }

    #[test]
    fn a_path_that_looks_like_another_host_is_a_path() {
        let at = |uri: &'static str| {
            let host = [("x-forwarded-proto", "https"), ("x-forwarded-host", "wiki.example.org")];
            read(&[host[0], host[1], ("x-forwarded-uri", uri)]).addresses
        };
        assert_eq!(at("//shop.example.org/"), ["https://wiki.example.org//shop.example.org/"]);
        for no_path in
            ["https://shop.example.org/", "shop.example.org", "", ".shop.example.org/", "@shop.example.org/"]
        {
            assert!(at(no_path).is_empty(), "{no_path}");
        }
    }

    #[test]
    fn only_a_person_can_be_sent_away() {
        for (pairs, expected) in [
            (&[HTML][..], true),
            (&[("x-forwarded-method", "POST"), HTML], false),
            (&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")], true),
            (&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe"), HTML], false),
            (
                &[
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "iframe"),
                    ("sec-fetch-site", "same-origin"),
                    HTML,
                ],
                true,
            ),
            (&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "empty")], true),
            (&[("sec-fetch-mode", "same-origin"), ("sec-fetch-dest", "empty"), HTML], true),
            (&[("accept", "application/xhtml+xml,text/html;q=0.9")], true),
            (&[("x-forwarded-method", "GET, GET"), HTML], true),
            (&[("x-forwarded-method", "GET"), ("x-forwarded-method", "POST"), HTML], false),
            (&[("x-forwarded-method", "GET,POST"), HTML], false),
            (&[("sec-fetch-mode", "cors"), HTML], false),
            (&[("accept", "application/json, text/html")], false),
            (&[("accept", "*/*")], false),
            (&[], false),
        ] {
            assert_eq!(read(pairs).is_navigation, expected, "{pairs:?}");
        }
    }
}
