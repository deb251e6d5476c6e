//! The parent domain whose sub-domains share the login.

use super::ConfigError;

const SETTING: &str = "COOKIE_DOMAIN";

/// A domain that a browser lets us set cookies for: lower case, ASCII, below a public suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieDomain(String);

impl CookieDomain {
    /// Takes `example.org`; refuses what a browser would refuse or share with strangers (D3t).
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let refuse = |problem: &str| Err(ConfigError::new(SETTING, problem));
        if text.starts_with('.') {
            return refuse("must not start with a dot: write example.org");
        }
        if text.contains("://") || text.contains([':', '/']) {
            return refuse("must be a bare domain, without scheme, port or path: write example.org");
        }
        let Ok(url::Host::Domain(domain)) = url::Host::parse(text) else {
            return refuse("must be a domain name such as example.org, not an address");
        };
        if !is_name_of_hosts(&domain) {
            return refuse(
                "must be a bare domain of letters, digits and hyphens: it stands for all hosts below it, without a star",
            );
        }
        if domain.ends_with('.') || domain.split('.').any(str::is_empty) {
            return refuse("must be a domain name such as example.org, without an empty part");
        }
        if !domain.contains('.') {
            return refuse(
                "needs at least two parts, such as example.org: browsers share no cookie on a single one",
            );
        }
        match psl::domain(domain.as_bytes()) {
            Some(_) => Ok(Self(domain)),
            None => refuse(
                "is a public suffix, on which browsers set no cookie: use a domain of your own below it \
                 (see https://publicsuffix.org)",
            ),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `host` is a sub-domain; the domain itself is not.
    pub fn is_above(&self, host: &str) -> bool {
        host.strip_suffix(&self.0).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }

    /// Whether cookies of this domain reach `host`: the domain itself or any below it (RFC 6265, 5.1.3).
    pub fn covers(&self, host: &str) -> bool {
        host == self.0 || self.is_above(host)
    }
}

/// Whether it has only what names of hosts have (RFC 1123, 2.1), and the underscore that some have beside: browsers take more, and
/// nobody has such a host.
pub(super) fn is_name_of_hosts(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_of_ones_own_is_taken() {
        for (text, domain) in [
            ("example.org", "example.org"),
            ("Example.ORG", "example.org"),
            ("team.example.co.uk", "team.example.co.uk"),
            ("sso.localhost", "sso.localhost"),
            ("bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(CookieDomain::parse(text).unwrap().as_str(), domain);
        }
    }

    /// D3t
    #[test]
    fn what_a_browser_would_refuse_is_refused_at_the_start() {
        for text in [
            "",
            "localhost",
            "org",
            "co.uk",
            "duckdns.org",
            "github.io",
            ".example.org",
            "example.org.",
            "https://example.org",
            "example.org:8000",
            "example.org/",
            "127.0.0.1",
            "[::1]",
            "a..b",
            "exa mple.org",
            "*.example.org",
            "exa*mple.org",
            "exam!ple.org",
            "\"example.org\"",
        ] {
            assert!(CookieDomain::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_real_sub_domains_are_covered() {
        let domain = CookieDomain::parse("example.org").unwrap();
        assert!(
            domain.covers("example.org")
                && domain.covers("a.example.org")
                && domain.covers("b.a.example.org")
        );
        assert!(!domain.is_above("example.org"));
        for stranger in ["badexample.org", "example.org.evil.net", ".example.org", "org", "", "example.com"] {
            assert!(!domain.covers(stranger), "{stranger}");
        }
    }
}
