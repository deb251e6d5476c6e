//! `SERVICES`: what people call the services that they log in to.

use std::fmt;
use std::path::Path;

use shared_claims::internal::{OriginError, parse_origin};
use url::Url;

use super::picture::Picture;
use super::{AllowedOrigins, AuthUrl, ConfigError, CookieDomain};

const NAME: &str = "SERVICES";
const MAX_SERVICES: usize = 50;
const MAX_NAME_CHARS: usize = 60;

/// The services that have a name, in the operator's order.
#[derive(Debug, Clone, Default)]
pub struct Services(Vec<Service>);

#[derive(Debug, Clone)]
pub struct Service {
    pub name: String,
    /// The origin, as a URL with the path `/`.
    pub url: Url,
    pub icon: Option<Picture>,
}

impl Services {
    /// Parses `Demo=https://demo.example.org /etc/sso/demo.svg, Wiki=https://wiki.example.org`, and
    /// reads the icons.
    pub(super) fn parse(
        text: Option<&str>,
        allowed: &AllowedOrigins,
        auth_url: &AuthUrl,
        domain: &CookieDomain,
    ) -> Result<Self, ConfigError> {
        let mut services: Vec<Service> = Vec::new();
        let entries = text.unwrap_or_default().split(',').map(str::trim).filter(|entry| !entry.is_empty());
        for (index, entry) in entries.enumerate() {
            let refused = |problem| ConfigError::new(NAME, format!("entry {} {problem}", index + 1));
            let service = Service::parse(entry, allowed, auth_url, domain).map_err(refused)?;
            if services.iter().any(|other| other.url == service.url) {
                return Err(refused("has the address of an earlier one: a service has one name".to_owned()));
            }
            services.push(service);
        }
        if services.len() > MAX_SERVICES {
            return Err(ConfigError::new(NAME, format!("must have at most {MAX_SERVICES} entries")));
        }
        Ok(Self(services))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Service> {
        self.0.iter()
    }

    /// The service at the origin of `url`.
    pub fn at(&self, url: &Url) -> Option<&Service> {
        self.0.iter().find(|service| service.url.origin() == url.origin())
    }
}

impl Service {
    /// Errors name no value, because every error about a setting does without.
    fn parse(
        entry: &str,
        allowed: &AllowedOrigins,
        auth_url: &AuthUrl,
        domain: &CookieDomain,
    ) -> Result<Self, String> {
        let form = || "must be a name and an origin, such as Demo=https://demo.example.org".to_owned();
        let (name, rest) = entry.split_once('=').ok_or_else(form)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
            return Err(format!("must have a name of 1 to {MAX_NAME_CHARS} characters"));
        }
        let (origin, icon) = match rest.trim().split_once(char::is_whitespace) {
            Some((origin, path)) => (origin, Some(Path::new(path.trim()))),
            None => (rest.trim(), None),
        };
        let url = parse_origin(origin, domain.as_shared()).map_err(|problem| match problem {
            OriginError::NotAUrl | OriginError::NotBare => form(),
            OriginError::OtherDomain => "must be on COOKIE_DOMAIN or below".to_owned(),
            problem => problem.to_string(),
        })?;
        if url.origin() == auth_url.url().origin() {
            return Err("is AUTH_URL: list the services that people log in to".to_owned());
        }
        if !allowed.allow(&url) {
            return Err("must have the scheme of AUTH_URL, and be one of ALLOWED_ORIGINS".to_owned());
        }
        let icon =
            icon.map(Picture::read).transpose().map_err(|problem| format!("has an icon that {problem}"));
        Ok(Self { name: name.to_owned(), url, icon: icon? })
    }

    /// The host, with a port that is not the scheme's own: what people see in the address bar.
    pub fn host(&self) -> String {
        host_and_port(&self.url)
    }
}

/// The host of `url`, with a port that is not the scheme's own.
pub fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// In the form of the setting.
impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("(none)");
        }
        for (index, Service { name, url, icon }) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{name}={}", url.origin().ascii_serialization())?;
            if let Some(icon) = icon {
                write!(f, " {}", icon.path.display())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, allowed: Option<&str>) -> Result<Services, ConfigError> {
        let domain = CookieDomain::parse("example.org").unwrap();
        let auth_url = AuthUrl::parse("https://auth.example.org", &domain).unwrap();
        let allowed = AllowedOrigins::parse(allowed, &auth_url, &domain).unwrap();
        Services::parse(Some(text), &allowed, &auth_url, &domain)
    }

    #[test]
    fn services_are_found_by_the_origin_of_an_address() {
        let services =
            parse(" Demo = https://Demo.example.org/ ,Wiki & more=https://wiki.example.org:8443,", None);
        let services = services.unwrap();
        let at = |text: &str| services.at(&Url::parse(text).unwrap()).map(|service| service.name.as_str());
        assert_eq!(at("https://demo.example.org/private?a=b"), Some("Demo"));
        assert_eq!(at("https://wiki.example.org:8443/"), Some("Wiki & more"));
        assert_eq!(at("https://wiki.example.org/"), None);
        let hosts: Vec<String> = services.iter().map(Service::host).collect();
        assert_eq!(hosts, ["demo.example.org", "wiki.example.org:8443"]);
        assert_eq!(
            services.to_string(),
            "Demo=https://demo.example.org, Wiki & more=https://wiki.example.org:8443"
        );
        assert_eq!(parse("", None).unwrap().to_string(), "(none)");
    }

    #[test]
    fn what_is_no_service_to_return_to_is_refused_with_its_place_in_the_list() {
        for (text, because) in [
            ("https://demo.example.org", "entry 1 must be a name and an origin"),
            ("Demo=demo.example.org", "entry 1 must be a name and an origin"),
            ("Demo=https://demo.example.org/start", "entry 1 must be a name and an origin"),
            ("Demo=javascript:alert(1)", "entry 1 must be a name and an origin"),
            ("=https://demo.example.org", "entry 1 must have a name"),
            ("Two\nlines=https://demo.example.org", "entry 1 must have a name"),
            ("Demo=https://demo.example.net", "entry 1 must be on COOKIE_DOMAIN"),
            ("Login=https://auth.example.org", "entry 1 is AUTH_URL"),
            ("A=https://a.example.org, B=https://a.example.org", "entry 2 has the address"),
            ("Demo=https://demo.example.org /nowhere/demo.svg", "has an icon that /nowhere/demo.svg cannot"),
            ("Demo=https://demo.example.org /etc/passwd", "has an icon that must be a file that ends in"),
        ] {
            let refused = parse(text, None).unwrap_err();
            assert!(refused.setting == NAME && refused.problem.contains(because), "{text}: {refused}");
        }
        let refused = parse("A=https://a.example.org", Some("https://b.example.org")).unwrap_err();
        assert!(refused.problem.contains("one of ALLOWED_ORIGINS"), "{refused}");
        let many: Vec<String> = (0..51).map(|n| format!("S{n}=https://s{n}.example.org")).collect();
        assert!(parse(&many.join(","), None).is_err());
    }
}
