//! Builder of a [`SharedLogin`], for services that do not keep their configuration in the
//! environment.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::{KeySource, Settings, SettingsError, SharedLogin};

/// Builds a [`SharedLogin`] without the environment. [`SharedLogin::builder`] returns one.
///
/// Each value is checked like the environment variable of [`Settings`] that it stands for, and an
/// error names that variable. `auth_url`, `cookie_domain` and `service_url` are required.
///
/// ```
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// use shared_claims::SharedLogin;
///
/// let login = SharedLogin::builder()
///     .auth_url("https://auth.example.org")
///     .cookie_domain("example.org")
///     .service_url("https://shop.example.org")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use]
pub struct SharedLoginBuilder {
    settings: HashMap<&'static str, String>,
    signing_key: Option<Zeroizing<String>>,
    keys: Option<KeySource>,
    without_cache: bool,
}

impl SharedLogin {
    /// Returns a builder, for a program that does not configure the login by the environment.
    pub fn builder() -> SharedLoginBuilder {
        SharedLoginBuilder::default()
    }
}

impl SharedLoginBuilder {
    /// `AUTH_URL`: the public URL of auth-service, without a path.
    pub fn auth_url(self, url: impl Into<String>) -> Self {
        self.set("AUTH_URL", url)
    }

    /// `COOKIE_DOMAIN`: the domain of the login cookie.
    pub fn cookie_domain(self, domain: impl Into<String>) -> Self {
        self.set("COOKIE_DOMAIN", domain)
    }

    /// `SERVICE_URL`: this service's own public URL, without a path.
    pub fn service_url(self, url: impl Into<String>) -> Self {
        self.set("SERVICE_URL", url)
    }

    /// `AUTH_JWKS`: the file or the URL of the public keys.
    pub fn jwks(self, file_or_url: impl Into<String>) -> Self {
        self.set("AUTH_JWKS", file_or_url)
    }

    /// A key source of your own, instead of `AUTH_JWKS` and `JWT_SIGNING_KEY`.
    pub fn keys(mut self, keys: KeySource) -> Self {
        self.keys = Some(keys);
        self
    }

    /// `ACCESS_COOKIE_NAME`: the name of the login cookie.
    pub fn access_cookie(self, name: impl Into<String>) -> Self {
        self.set("ACCESS_COOKIE_NAME", name)
    }

    /// `HINT_COOKIE_NAME`: the name of the cookie that hints at a session.
    pub fn hint_cookie(self, name: impl Into<String>) -> Self {
        self.set("HINT_COOKIE_NAME", name)
    }

    /// `REFRESH_AHEAD`: a page that is opened with less than this left of the login renews it
    /// first. Whole seconds, 60 by default; zero switches it off.
    pub fn refresh_ahead(self, time: Duration) -> Self {
        self.set("REFRESH_AHEAD", time.as_secs().to_string())
    }

    /// `TRUSTED_ORIGINS`: siblings whose pages may post here and whose scripts may read the
    /// responses. None by default.
    pub fn trusted_origins(self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut list = String::new();
        for origin in origins {
            list += origin.as_ref();
            list.push(' ');
        }
        self.set("TRUSTED_ORIGINS", list)
    }

    /// `SERVICE_NAME`: what the service is called on the pages that this library answers with.
    pub fn service_name(self, name: impl Into<String>) -> Self {
        self.set("SERVICE_NAME", name)
    }

    /// `SERVICE_COLOR`: their colour, such as `#2348ae`, or two, for light screens and for dark
    /// ones.
    pub fn service_color(self, color: impl Into<String>) -> Self {
        self.set("SERVICE_COLOR", color)
    }

    /// `SERVICE_ICON`: a picture on this service, such as `/icon.svg`.
    pub fn service_icon(self, path: impl Into<String>) -> Self {
        self.set("SERVICE_ICON", path)
    }

    /// `JWT_SIGNING_KEY`: the shared key of an auth-service that signs with HS512. Everybody who
    /// holds it can sign as anybody.
    pub fn signing_key(mut self, key: impl Into<String>) -> Self {
        self.signing_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// As [`SharedLogin::without_cache`].
    pub fn without_cache(mut self) -> Self {
        self.without_cache = true;
        self
    }

    /// Checks the values and starts to load keys.
    ///
    /// # Errors
    /// As [`Settings::from_lookup`] and [`SharedLogin::new`]: one line that names the setting at
    /// fault.
    pub fn build(self) -> Result<SharedLogin, SettingsError> {
        let settings = Settings::from_lookup(|name| match name {
            "JWT_SIGNING_KEY" => self.signing_key.as_ref().map(|key| key.to_string()),
            name => self.settings.get(name).cloned(),
        })?;
        let login = match self.keys {
            Some(keys) => SharedLogin::with_keys(settings, keys),
            None => SharedLogin::new(settings)?,
        };
        Ok(if self.without_cache { login.without_cache() } else { login })
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.insert(name, value.into());
        self
    }
}

/// Leaves the shared key out.
impl fmt::Debug for SharedLoginBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLoginBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
