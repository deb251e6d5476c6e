//! The service's own address, and the allowed origins.

use shared_claims::internal::{OriginError, parse_origin, parse_origins};
use url::{Host, Url};

use super::{ConfigError, CookieDomain};

/// The public address of this service. All links, redirects and the tokens' issuer use it, never a
/// request's host (ASVS 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthUrl(Url);

impl AuthUrl {
    pub fn parse(text: &str, domain: &CookieDomain) -> Result<Self, ConfigError> {
        let refuse = |problem: &str| Err(ConfigError::new("AUTH_URL", problem));
        if text.ends_with('/') {
            return refuse(
                "must not end with a slash: it is the tokens' issuer, and services compare it letter by letter",
            );
        }
        let url = match parse_origin(text, domain.as_shared()) {
            Ok(url) if url.host_str().is_some_and(|host| domain.is_above(host)) => url,
            Ok(_) | Err(OriginError::OtherDomain) => {
                return refuse("must name a host below COOKIE_DOMAIN, such as auth.<COOKIE_DOMAIN>");
            }
            Err(problem @ (OriginError::NotAUrl | OriginError::NotBare)) => {
                return refuse(&format!("{problem}, such as https://auth.example.org"));
            }
            Err(problem) => return refuse(&problem.to_string()),
        };
        if url.origin().ascii_serialization() != text {
            return refuse("must be written plainly: lower case, without the scheme's own port");
        }
        Ok(Self(url))
    }

    /// `https://auth.example.org`: the origin, without a trailing slash.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether `host` is our own host. Browsers omit the scheme's default port, but it may be
    /// present (RFC 9110, 4.2.3).
    pub fn is_authority(&self, host: &str) -> bool {
        let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        let own_port = self.0.port_or_known_default().map(|port| port.to_string());
        self.0.host_str().is_some_and(|own| own.eq_ignore_ascii_case(name))
            && match port {
                Some(port) => own_port.as_deref() == Some(port),
                None => self.0.port().is_none(),
            }
    }

    /// `auth.example.org`: the host, with its port if that is not the scheme's own.
    pub fn authority(&self) -> &str {
        self.0.authority()
    }

    /// `auth.example.org`: the host alone.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The absolute URL of one of our own paths.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    pub fn url(&self) -> &Url {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// The origins to which people may be sent back after a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigins {
    scheme: String,
    domain: CookieDomain,
    /// If set, only these origins are allowed.
    listed: Option<Vec<String>>,
}

impl AllowedOrigins {
    pub fn parse(text: Option<&str>, auth_url: &AuthUrl, domain: &CookieDomain) -> Result<Self, ConfigError> {
        let everything =
            Self { scheme: auth_url.0.scheme().to_owned(), domain: domain.clone(), listed: None };
        let Some(text) = text else { return Ok(everything) };
        let listed = parse_origins(text, &everything.scheme, domain.as_shared()).map_err(|problem| {
            let problem = match problem {
                OriginError::Star => {
                    "has a star in it, which stands for nothing here: list every origin by its name, or unset it, which allows \
                     COOKIE_DOMAIN and all hosts below it"
                }
                _ => {
                    "must list origins such as https://shop.example.org, with the scheme of AUTH_URL, \
                     on COOKIE_DOMAIN or below"
                }
            };
            ConfigError::new("ALLOWED_ORIGINS", problem)
        })?;
        if listed.is_empty() {
            return Err(ConfigError::new("ALLOWED_ORIGINS", "is empty: list origins or unset it"));
        }
        Ok(Self { listed: Some(listed), ..everything })
    }

    /// Whether people may be sent to `url`.
    pub fn allow(&self, url: &Url) -> bool {
        let Some(Host::Domain(host)) = url.host() else { return false };
        url.scheme() == self.scheme
            && url.username().is_empty()
            && url.password().is_none()
            && self.domain.covers(host)
            && self.listed.as_ref().is_none_or(|listed| listed.contains(&url.origin().ascii_serialization()))
    }

    /// Whether people may be sent to `origin`, in the form of the `Origin` header.
    pub fn allow_origin(&self, origin: &str) -> bool {
        Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == origin && self.allow(&url))
    }

    /// The allowed origins as sources of a content security policy.
    ///
    /// Chromium also checks `form-action` against the redirect that answers a form, so the policy
    /// must contain every target of a login.
    pub fn as_csp_sources(&self) -> String {
        match &self.listed {
            Some(listed) => listed.join(" "),
            None => {
                let (scheme, domain) = (&self.scheme, self.domain.as_str());
                format!("{scheme}://{domain}:* {scheme}://*.{domain}:*")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> CookieDomain {
        CookieDomain::parse("example.org").unwrap()
    }

    /// D3t
    #[test]
    fn an_auth_url_that_browsers_or_services_would_stumble_over_is_refused() {
        for text in [
            "",
            "auth.example.org",
            "http://auth.example.org",
            "https://auth.example.org/",
            "https://example.org",
            "https://auth.example.com",
            "https://auth.example.org/sso",
            "https://a:b@auth.example.org",
            "https://auth.example.org?x=1",
            "https://auth.example.org#x",
            "https://127.0.0.1",
            "https://auth.example.org:443",
            "ftp://auth.example.org",
            "https://badexample.org",
            "https://*.example.org",
            "https://au*th.example.org",
        ] {
            assert!(AuthUrl::parse(text, &domain()).is_err(), "{text}");
        }
        assert!(AuthUrl::parse("https://auth.example.org", &domain()).is_ok());
        assert!(AuthUrl::parse("https://auth.example.org:8443", &domain()).is_ok());
        let local = CookieDomain::parse("sso.localhost").unwrap();
        assert!(AuthUrl::parse("http://auth.sso.localhost:8000", &local).is_ok());
    }

    /// N8
    #[test]
    fn listed_origins_are_the_only_ones() {
        let auth_url = AuthUrl::parse("https://auth.example.org", &domain()).unwrap();
        let allowed = AllowedOrigins::parse(
            Some("https://shop.example.org, https://wiki.example.org:8443"),
            &auth_url,
            &domain(),
        )
        .unwrap();
        let allows = |text: &str| allowed.allow(&Url::parse(text).unwrap());
        assert!(allows("https://shop.example.org/cart?x=1"));
        assert!(allows("https://wiki.example.org:8443/"));
        for stranger in
            ["https://wiki.example.org/", "https://other.example.org/", "http://shop.example.org/"]
        {
            assert!(!allows(stranger), "{stranger}");
        }
        for bad in [
            "",
            "https://evil.net",
            "shop.example.org",
            "http://shop.example.org",
            "https://shop.example.org/x",
            "https://*.example.org",
            "https://shop.example.org, https://*.example.org",
            "https://*",
            "*",
            "https://sh!op.example.org",
        ] {
            assert!(AllowedOrigins::parse(Some(bad), &auth_url, &domain()).is_err(), "{bad}");
        }
    }
}
