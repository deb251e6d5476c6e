//! Two independent parsers that decide whether a URL leads to `example.org` or below.

use url::{Host, Url};

/// Whether both parsers accept `location`.
pub fn is_home(location: &str) -> bool {
    is_home_to_a_parser(location) && is_home_to_a_careless_browser(location)
}

fn is_home_to_a_parser(location: &str) -> bool {
    let Ok(url) = Url::parse(location) else { return false };
    let Some(Host::Domain(host)) = url.host() else { return false };
    url.scheme() == "https"
        && url.username().is_empty()
        && url.password().is_none()
        && (host == "example.org" || host.ends_with(".example.org"))
}

/// A parser that tolerates everything that any browser ever tolerated, relative to a page of ours.
/// It shares no code with the first.
fn is_home_to_a_careless_browser(location: &str) -> bool {
    if !location.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let text: String = location.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let text = text.trim_matches(|c: char| c <= ' ').replace('\\', "/");
    let rest = match text.split_once(':') {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
            if !scheme.eq_ignore_ascii_case("https") {
                return false;
            }
            rest
        }
        _ if text.starts_with("//") => &text,
        _ => return true,
    };
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
    // The host after the first `@` and the one after the last must both be allowed.
    authority.split('@').skip(usize::from(authority.contains('@'))).all(|host| {
        let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        host == "example.org" || host.ends_with(".example.org")
    })
}

#[test]
fn both_readings_know_a_stranger() {
    for away in
        ["https://evil.net/", "https:evil.net", "javascript:alert(1)", "https://a.example.org@evil.net/"]
    {
        assert!(!is_home_to_a_parser(away) && !is_home_to_a_careless_browser(away), "{away}");
    }
    for away in ["//evil.net", "/\\evil.net", "/\t/evil.net", "https:\\\\evil.net/.example.org", " /a b"] {
        assert!(!is_home_to_a_careless_browser(away), "{away}");
    }
    assert!(is_home("https://example.org/") && is_home("https://auth.example.org//evil.net?a=@evil.net#\\"));
    assert!(!is_home("https://shop.example.org./") && !is_home("http://shop.example.org/"));
}
