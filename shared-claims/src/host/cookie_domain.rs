//! The parent domain whose sub-domains share the login.

use url::Host;

use super::is_host_name;

/// A domain with the form that a cookie domain needs: lower case, ASCII, two parts or more. It may
/// still be a public suffix, which only a list can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieDomain(String);

/// Why a text is no cookie domain. The message follows the setting's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CookieDomainError {
    /// A leading dot, as older cookie specifications had it.
    #[error("must not start with a dot: write example.org")]
    LeadingDot,
    /// A URL, or a part of one.
    #[error("must be a bare domain, without scheme, port or path: write example.org")]
    NotBare,
    /// An IP address, or no name at all.
    #[error("must be a domain name such as example.org, not an address")]
    NotAName,
    /// Not a host name, for example because of a star.
    #[error(
        "must be a bare domain of letters, digits and hyphens: it stands for all hosts below it, without a star"
    )]
    NotAHostName,
    /// Two dots together, or one at the end.
    #[error("must be a domain name such as example.org, without an empty part")]
    EmptyPart,
    /// A name without a dot.
    #[error("needs at least two parts, such as example.org: browsers share no cookie on a single one")]
    OnePart,
}

impl CookieDomain {
    /// Parses a domain such as `example.org`.
    ///
    /// # Errors
    /// When browsers would store no cookie for it.
    pub fn parse(text: &str) -> Result<Self, CookieDomainError> {
        if text.starts_with('.') {
            return Err(CookieDomainError::LeadingDot);
        }
        if text.contains([':', '/']) {
            return Err(CookieDomainError::NotBare);
        }
        let Ok(Host::Domain(domain)) = Host::parse(text) else {
            return Err(CookieDomainError::NotAName);
        };
        if !is_host_name(&domain) {
            return Err(CookieDomainError::NotAHostName);
        }
        if domain.split('.').any(str::is_empty) {
            return Err(CookieDomainError::EmptyPart);
        }
        if !domain.contains('.') {
            return Err(CookieDomainError::OnePart);
        }
        Ok(Self(domain))
    }

    /// The domain, in lower case and ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `host` is a sub-domain; the domain itself is not.
    pub fn is_above(&self, host: &str) -> bool {
        host.strip_suffix(&self.0).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }

    /// Whether cookies of this domain reach `host`: the domain itself or any below it (RFC 6265,
    /// section 5.1.3).
    pub fn covers(&self, host: &str) -> bool {
        host == self.0 || self.is_above(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_taken_as_browsers_write_it() {
        for (text, domain) in [
            ("example.org", "example.org"),
            ("Example.ORG", "example.org"),
            ("sso.localhost", "sso.localhost"),
            ("bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(CookieDomain::parse(text).unwrap().as_str(), domain);
        }
    }

    /// D3t
    #[test]
    fn what_no_cookie_can_be_set_for_is_refused() {
        for (text, why) in [
            ("", CookieDomainError::NotAName),
            ("localhost", CookieDomainError::OnePart),
            (".example.org", CookieDomainError::LeadingDot),
            ("example.org.", CookieDomainError::EmptyPart),
            ("a..b", CookieDomainError::EmptyPart),
            ("https://example.org", CookieDomainError::NotBare),
            ("example.org:8000", CookieDomainError::NotBare),
            ("example.org/", CookieDomainError::NotBare),
            ("[::1]", CookieDomainError::NotBare),
            ("127.0.0.1", CookieDomainError::NotAName),
            ("exa mple.org", CookieDomainError::NotAName),
            ("*.example.org", CookieDomainError::NotAHostName),
            ("exam!ple.org", CookieDomainError::NotAHostName),
        ] {
            assert_eq!(CookieDomain::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn only_real_sub_domains_are_covered() {
        let domain = CookieDomain::parse("example.org").unwrap();
        for host in ["example.org", "a.example.org", "b.a.example.org"] {
            assert!(domain.covers(host), "{host}");
        }
        assert!(!domain.is_above("example.org"));
        for stranger in ["badexample.org", "example.org.evil.net", ".example.org", "org", "", "example.com"] {
            assert!(!domain.covers(stranger), "{stranger}");
        }
    }
}
