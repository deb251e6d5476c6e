//! Public URLs of services: a scheme and a host that cannot be impersonated on the network.

use url::{Host, Url};

use super::{CookieDomain, is_host_name, is_localhost};

/// Why a text is no such URL. The message follows the setting's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a URL, or one without a scheme.
    #[error("must be an address that begins with https://, or with http:// on a host below .localhost")]
    NotAUrl,
    /// With a user, a path, a query or a fragment.
    #[error("must be scheme and host alone, without a path")]
    NotBare,
    /// With an IP address, which no cookie domain covers.
    #[error("must have a host name, not an IP address")]
    NotAName,
    /// With a name that is not a host name.
    #[error("must name one host, of letters, digits and hyphens; a star stands for none")]
    NotAHostName,
    /// Neither https, nor http on this machine.
    #[error("must be https (http is for hosts below .localhost)")]
    Insecure,
    /// With a star, in a list of origins.
    #[error("must name each origin: there are no wildcards")]
    Star,
    /// With another scheme than auth-service's.
    #[error("must have the scheme of AUTH_URL")]
    OtherScheme,
    /// On a host that the cookies do not reach.
    #[error("must be on or below COOKIE_DOMAIN")]
    OtherDomain,
}

/// Parses the URL of an origin on or below `domain`.
///
/// # Errors
/// When it has more than scheme, host and port, is outside the domain, or can be impersonated on
/// the network.
pub fn parse_origin(text: &str, domain: &CookieDomain) -> Result<Url, OriginError> {
    // `auth.example.org:8000` parses, with the host as its scheme.
    let url = Url::parse(text).ok().filter(|url| url.has_host()).ok_or(OriginError::NotAUrl)?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    if has_user || !matches!(url.path(), "/" | "") || url.query().is_some() || url.fragment().is_some() {
        return Err(OriginError::NotBare);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(OriginError::Insecure);
    }
    let Some(Host::Domain(host)) = url.host() else { return Err(OriginError::NotAName) };
    if !is_host_name(host) {
        return Err(OriginError::NotAHostName);
    }
    if !domain.covers(host) {
        return Err(OriginError::OtherDomain);
    }
    if url.scheme() == "http" && !is_localhost(host) {
        return Err(OriginError::Insecure);
    }
    Ok(url)
}

/// Parses a list of origins on or below `domain`, separated by commas or spaces. Returns each in
/// the form of an `Origin` header.
///
/// # Errors
/// When one of them is not an origin, or has another scheme or domain.
pub fn parse_origins(list: &str, scheme: &str, domain: &CookieDomain) -> Result<Vec<String>, OriginError> {
    let words = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    words.map(|word| parse_one(word, scheme, domain)).collect()
}

fn parse_one(word: &str, scheme: &str, domain: &CookieDomain) -> Result<String, OriginError> {
    // A star would parse as a host name and match no origin.
    if word.contains('*') {
        return Err(OriginError::Star);
    }
    let url = parse_origin(word, domain)?;
    match url.scheme() == scheme {
        true => Ok(url.origin().ascii_serialization()),
        false => Err(OriginError::OtherScheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> CookieDomain {
        CookieDomain::parse(text).unwrap()
    }

    #[test]
    fn what_is_no_origin_or_can_be_impersonated_is_refused() {
        for (text, why) in [
            ("", OriginError::NotAUrl),
            ("app.example.org", OriginError::NotAUrl),
            ("https://app.example.org/sso", OriginError::NotBare),
            ("https://app.example.org?a", OriginError::NotBare),
            ("https://app.example.org#a", OriginError::NotBare),
            ("https://ada:hunter2@app.example.org", OriginError::NotBare),
            ("auth.example.org:8000", OriginError::NotAUrl),
            ("data:text/html,x", OriginError::NotAUrl),
            ("ftp://app.example.org", OriginError::Insecure),
            ("http://app.example.org", OriginError::Insecure),
            ("https://127.0.0.1", OriginError::NotAName),
            ("https://[::1]", OriginError::NotAName),
            ("https://*.example.org", OriginError::NotAHostName),
            ("https://app.example.com", OriginError::OtherDomain),
            ("http://app.example.com", OriginError::OtherDomain),
            ("https://badexample.org", OriginError::OtherDomain),
        ] {
            assert_eq!(parse_origin(text, &domain("example.org")), Err(why), "{text}");
        }
        for text in ["https://example.org", "https://app.example.org:8443/", "HTTPS://App.example.org"] {
            assert!(parse_origin(text, &domain("example.org")).is_ok(), "{text}");
        }
        assert!(parse_origin("http://app.sso.localhost:8000", &domain("sso.localhost")).is_ok());
    }

    #[test]
    fn a_list_has_origins_of_one_scheme_and_domain() {
        let parse = |list| parse_origins(list, "https", &domain("example.org"));
        let both = ["https://app.example.org".to_owned(), "https://b.example.org:8443".to_owned()];
        assert_eq!(
            parse(" HTTPS://App.example.org:443/ ,\n https://b.example.org:8443, "),
            Ok(both.to_vec())
        );
        assert_eq!(parse(" , "), Ok(Vec::new()));
        for (list, why) in [
            ("*", OriginError::Star),
            ("https://app.example.org, https://*.example.org", OriginError::Star),
            ("https://app.example.com", OriginError::OtherDomain),
            ("null", OriginError::NotAUrl),
        ] {
            assert_eq!(parse(list), Err(why), "{list}");
        }
        let local = parse_origins("https://app.sso.localhost", "http", &domain("sso.localhost"));
        assert_eq!(local, Err(OriginError::OtherScheme));
    }
}
