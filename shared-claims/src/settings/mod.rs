//! Configuration of a service that trusts the login.

#[cfg(feature = "pages")]
mod appearance;
mod refresh_ahead;
mod shared_key;
mod signing_key;

use std::path::PathBuf;

use url::Url;

use crate::host::{CookieDomain, parse_origin, parse_origins};
use crate::protocol::{
    self,
    cookie::{HOST_PREFIX, SECURE_PREFIX},
};
use crate::setting;
use crate::{DEFAULT_ACCESS_COOKIE, DEFAULT_HINT_COOKIE};
pub(crate) use signing_key::SigningKey;

/// The settings of a service that trusts the login, checked.
///
/// | variable | meaning |
/// |---|---|
/// | `AUTH_URL` | public URL of auth-service, without a path; `https`, or `http` on a `.localhost` host |
/// | `COOKIE_DOMAIN` | the domain of the login cookie; both services are on it or below it |
/// | `SERVICE_URL` | this service's own public URL, without a path and with the scheme of `AUTH_URL` |
/// | `AUTH_JWKS` | the keys: a file or a URL. Default `<AUTH_URL>/.well-known/jwks.json` |
/// | `ACCESS_COOKIE_NAME` | name of the login cookie. Default `__Secure-sso_access` |
/// | `HINT_COOKIE_NAME` | name of the cookie that says that there probably is a session. Default `__Secure-sso_hint`, or `sso_hint` where `ACCESS_COOKIE_NAME` has no prefix |
/// | `REFRESH_AHEAD` | a page opened with less than this left of its login renews it first: seconds, or `90s`, `2m`. Default `60s`; `0` is never; never more than half of a token's life |
/// | `TRUSTED_ORIGINS` | siblings on or below `COOKIE_DOMAIN`, such as `https://app.example.org`, whose pages may post here and read the answers, as the person who is logged in; several are separated by commas. Default none |
/// | `SERVICE_NAME` | what the service is called on the pages that this library answers with. Default the host of `SERVICE_URL` |
/// | `SERVICE_COLOR` | their colour, such as `#2348ae`, or two: for light screens and for dark ones. Default blue |
/// | `SERVICE_ICON` | a picture on this service, such as `/icon.svg`. Default the first letter of the name |
/// | `JWT_SIGNING_KEY` | the shared key of an auth-service that signs with HS512: the same text as there, at least 64 bytes. Default none |
/// | `JWT_SIGNING_KEY_FILE` | instead of it, a file that holds the key. A line break at its end is not part of the key |
///
/// Every service that has `JWT_SIGNING_KEY` can sign tokens in anybody's name.
///
/// These settings do not check that `COOKIE_DOMAIN` is no public suffix: auth-service does, because
/// it sets the cookie.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) auth: Url,
    pub(crate) service: Url,
    pub(crate) cookie_domain: CookieDomain,
    pub(crate) jwks: Jwks,
    pub(crate) access_cookie: String,
    pub(crate) hint_cookie: String,
    pub(crate) refresh_ahead: u32,
    pub(crate) trusted_origins: Vec<String>,
    pub(crate) signing_key: Option<SigningKey>,
    #[cfg(feature = "pages")]
    pub(crate) appearance: appearance::Appearance,
}

#[derive(Debug, Clone)]
pub(crate) enum Jwks {
    File(PathBuf),
    Url(Url),
}

impl std::fmt::Display for Jwks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// A setting that prevents the start. The message names the setting and never shows its value.
///
/// `Debug` shows the message too: a `main` that returns the error prints it like this.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SettingsError {
    name: String,
    message: String,
}

impl SettingsError {
    pub(crate) fn new(name: &str, problem: impl std::fmt::Display) -> Self {
        Self { name: name.to_owned(), message: format!("{name} {problem}") }
    }

    /// The error of required settings that are not set, in one message; `None` if there are none.
    fn not_set(names: &[&str]) -> Option<Self> {
        let (last, others) = names.split_last()?;
        let message = match others {
            [] => format!("{last} is not set"),
            others => format!("{} and {last} are not set", others.join(", ")),
        };
        Some(Self { name: names[0].to_owned(), message })
    }

    /// The name of the setting; the first, if several are missing.
    pub fn setting(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Debug for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Settings {
    /// Reads the settings from the process's environment.
    ///
    /// # Errors
    /// When a setting is missing or unacceptable, or when an unknown `AUTH_…` variable is set,
    /// which is probably a misspelt setting.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_env_with_defaults(&[])
    }

    /// As [`from_env`](Self::from_env), with what your program says where the environment says
    /// nothing: `[("SERVICE_NAME", "Wiki"), ("SERVICE_ICON", "/icon.svg")]`.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_env_with_defaults(defaults: &[(&str, &str)]) -> Result<Self, SettingsError> {
        for (name, _) in std::env::vars_os() {
            if let Some(name) = name.to_str().filter(|name| is_unknown_auth_setting(name)) {
                return Err(SettingsError::new(name, "is not a setting; there are AUTH_URL and AUTH_JWKS"));
            }
        }
        Self::read(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => {
                let default = defaults.iter().find(|(known, _)| *known == name);
                Ok(default.map(|(_, value)| (*value).to_owned()))
            }
            Err(std::env::VarError::NotUnicode(_)) => Err(SettingsError::new(name, "is not UTF-8")),
        })
    }

    /// Reads the settings by a function from names to values. For tests, and for other forms of
    /// configuration.
    ///
    /// # Errors
    /// When a setting is missing or unacceptable.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Self::read(|name| Ok(lookup(name)))
    }

    fn read(lookup: impl Fn(&str) -> Result<Option<String>, SettingsError>) -> Result<Self, SettingsError> {
        let get = |name: &str| {
            let Some(text) = lookup(name)? else { return Ok(None) };
            let meant =
                setting::plain(&text).map_err(|unclear| SettingsError::new(name, unclear.to_string()));
            Ok(meant?.map(str::to_owned))
        };
        let need = |name: &str| get(name)?.ok_or_else(|| SettingsError::new(name, "is set to nothing"));
        let mut missing = Vec::new();
        for name in ["AUTH_URL", "COOKIE_DOMAIN", "SERVICE_URL"] {
            if lookup(name)?.is_none() {
                missing.push(name);
            }
        }
        if let Some(error) = SettingsError::not_set(&missing) {
            return Err(error);
        }
        let cookie_domain = CookieDomain::parse(&need("COOKIE_DOMAIN")?)
            .map_err(|error| SettingsError::new("COOKIE_DOMAIN", error.to_string()))?;
        let auth = origin("AUTH_URL", &need("AUTH_URL")?, &cookie_domain)?;
        let service = origin("SERVICE_URL", &need("SERVICE_URL")?, &cookie_domain)?;
        if auth.scheme() != service.scheme() {
            return Err(SettingsError::new("SERVICE_URL", "must have the scheme of AUTH_URL"));
        }
        let jwks = match get("AUTH_JWKS")? {
            None => Jwks::Url(with_path(&auth, protocol::path::JWKS)),
            Some(place) => jwks(&place)?,
        };
        let access_cookie = match get("ACCESS_COOKIE_NAME")? {
            None => DEFAULT_ACCESS_COOKIE.to_owned(),
            Some(name) => cookie_name("ACCESS_COOKIE_NAME", &name, &auth)?,
        };
        let hint_cookie = match get("HINT_COOKIE_NAME")? {
            Some(name) => cookie_name("HINT_COOKIE_NAME", &name, &auth)?,
            None if access_cookie.starts_with(SECURE_PREFIX) => DEFAULT_HINT_COOKIE.to_owned(),
            None => DEFAULT_HINT_COOKIE.trim_start_matches(SECURE_PREFIX).to_owned(),
        };
        let refresh_ahead = match get("REFRESH_AHEAD")? {
            None => refresh_ahead::DEFAULT,
            Some(text) => refresh_ahead::read(&text)?,
        };
        // Not trimmed to one line: a list may have several.
        let trusted_origins = match lookup("TRUSTED_ORIGINS")? {
            None => Vec::new(),
            Some(list) => parse_origins(&list, auth.scheme(), &cookie_domain)
                .map_err(|error| SettingsError::new("TRUSTED_ORIGINS", error.to_string()))?,
        };
        let signing_key = shared_key::read(lookup("JWT_SIGNING_KEY")?, get("JWT_SIGNING_KEY_FILE")?)?;
        Ok(Self {
            #[cfg(feature = "pages")]
            appearance: appearance::Appearance::read(get, &service)?,
            auth,
            service,
            cookie_domain,
            jwks,
            access_cookie,
            hint_cookie,
            refresh_ahead,
            trusted_origins,
            signing_key,
        })
    }

    /// `AUTH_URL` without a trailing slash: what `iss` must be.
    pub fn auth_url(&self) -> String {
        self.auth.origin().ascii_serialization()
    }

    /// `SERVICE_URL` without a trailing slash: this service's own origin.
    pub fn service_url(&self) -> String {
        self.service.origin().ascii_serialization()
    }

    /// `COOKIE_DOMAIN`: what `aud` must be.
    pub fn cookie_domain(&self) -> &str {
        self.cookie_domain.as_str()
    }

    /// The name of the login cookie.
    pub fn access_cookie(&self) -> &str {
        &self.access_cookie
    }

    /// The name of the cookie on the domain that says that there probably is a session.
    pub fn hint_cookie(&self) -> &str {
        &self.hint_cookie
    }

    /// With fewer seconds left than this, a navigation renews the login before it is answered. Zero
    /// turns this off.
    pub fn refresh_ahead(&self) -> u32 {
        self.refresh_ahead
    }

    /// The origins of siblings whose pages may post here, in the form of an `Origin` header. Empty
    /// by default.
    pub fn trusted_origins(&self) -> &[String] {
        &self.trusted_origins
    }
}

#[cfg(feature = "pages")]
impl Settings {
    /// `SERVICE_NAME`: what the service is called.
    pub fn service_name(&self) -> &str {
        &self.appearance.name
    }

    /// `SERVICE_COLOR`, if it is set.
    pub fn service_theme(&self) -> Option<crate::web::Theme> {
        self.appearance.theme
    }

    /// `SERVICE_ICON`: the path of the service's icon on this service.
    pub fn service_icon(&self) -> Option<&str> {
        self.appearance.icon.as_deref()
    }

    /// The name of a cookie for this host only. It has the `__Host-` prefix if the login cookie has
    /// a prefix.
    pub(crate) fn own_cookie(&self, name: &str) -> String {
        let prefix = if self.has_secure_cookies() { HOST_PREFIX } else { "" };
        format!("{prefix}{name}")
    }

    /// Whether cookies are `Secure`. They are not in development on localhost over http, because
    /// some browsers drop such cookies there.
    pub(crate) fn has_secure_cookies(&self) -> bool {
        self.access_cookie.starts_with(SECURE_PREFIX)
    }
}

/// Whether a variable begins with `AUTH_` but is neither a setting of this service nor of
/// auth-service. The two often share one file. Such a variable is probably a misspelt setting,
/// whose default would stay in force silently.
pub fn is_unknown_auth_setting(name: &str) -> bool {
    name.starts_with("AUTH_") && !matches!(name, "AUTH_URL" | "AUTH_JWKS")
}

/// An origin's URL with this path.
pub(crate) fn with_path(origin: &Url, path: &str) -> Url {
    let mut url = origin.clone();
    url.set_path(path);
    url
}

/// A public URL on or below the cookie domain.
fn origin(name: &str, value: &str, domain: &CookieDomain) -> Result<Url, SettingsError> {
    parse_origin(value, domain).map_err(|error| SettingsError::new(name, error.to_string()))
}

fn jwks(place: &str) -> Result<Jwks, SettingsError> {
    if !place.contains("://") {
        return Ok(Jwks::File(PathBuf::from(place)));
    }
    match Url::parse(place) {
        Ok(url) if crate::key_source::is_acceptable(&url) => Ok(Jwks::Url(url)),
        Ok(_) => Err(SettingsError::new("AUTH_JWKS", crate::KeySourceError::InsecureUrl.to_string())),
        Err(_) => Err(SettingsError::new("AUTH_JWKS", "is neither a file nor a URL")),
    }
}

/// A cookie name (RFC 6265bis: a token). With https it must have the `__Secure-` prefix, which
/// keeps a page over http from planting the cookie.
fn cookie_name(setting: &str, name: &str, auth: &Url) -> Result<String, SettingsError> {
    let bad = |problem: &str| Err(SettingsError::new(setting, problem));
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&'*+-.^_`|~".contains(&b)) {
        return bad("is not a cookie name");
    }
    if name.starts_with(HOST_PREFIX) {
        return bad("cannot begin with __Host-: such cookies never leave their own host");
    }
    if auth.scheme() == "https" && !name.starts_with(SECURE_PREFIX) {
        return bad("must begin with __Secure- when AUTH_URL is https");
    }
    Ok(name.to_owned())
}
