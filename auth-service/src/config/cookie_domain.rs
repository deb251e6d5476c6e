//! The parent domain whose sub-domains share the login.

use shared_claims::internal;

use super::ConfigError;

const SETTING: &str = "COOKIE_DOMAIN";

/// A domain for which browsers let us set cookies: lower case, ASCII, below a public suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieDomain(internal::CookieDomain);

impl CookieDomain {
    /// Parses `example.org`. Refuses domains that browsers refuse, or that strangers share with us
    /// (D3t).
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let domain = internal::CookieDomain::parse(text)
            .map_err(|problem| ConfigError::new(SETTING, problem.to_string()))?;
        match psl::domain(domain.as_str().as_bytes()) {
            Some(_) => Ok(Self(domain)),
            None => Err(ConfigError::new(
                SETTING,
                "is a public suffix, on which browsers set no cookie: use a domain of your own below it \
                 (see https://publicsuffix.org)",
            )),
        }
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether `host` is a sub-domain of it, and not the domain itself.
    pub fn is_above(&self, host: &str) -> bool {
        self.0.is_above(host)
    }

    /// Whether cookies of this domain reach `host`: the domain itself or a sub-domain.
    pub fn covers(&self, host: &str) -> bool {
        self.0.covers(host)
    }

    pub(super) fn as_shared(&self) -> &internal::CookieDomain {
        &self.0
    }
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
}
