//! Where a cookie gets its attributes: the one place.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite, time};

use crate::config::{Config, CookieNames};

/// Makes our cookies.
#[derive(Debug, Clone)]
pub struct Cookies {
    pub names: CookieNames,
    domain: String,
    pub secure: bool,
}

impl Cookies {
    pub fn new(config: &Config) -> Self {
        Self {
            names: config.cookie_names.clone(),
            domain: config.cookie_domain.as_str().to_owned(),
            secure: config.cookie_secure,
        }
    }

    /// The access token, for every sub-domain (ASVS 3.3.1 to 3.3.4).
    pub fn access(&self, token: &str, life: Duration) -> Cookie<'static> {
        let mut cookie = self.cookie(&self.names.access, token, life);
        cookie.set_domain(self.domain.clone());
        cookie
    }

    /// The refresh token, for this host alone: without `Domain` it reaches no sub-domain.
    pub fn refresh(&self, token: &str, life: Duration) -> Cookie<'static> {
        self.cookie(&self.names.refresh, token, life)
    }

    /// Tells every sub-domain that a session probably exists. Proof of nothing: anybody can set it.
    pub fn hint(&self, life: Duration) -> Cookie<'static> {
        let mut cookie = self.cookie(&self.names.hint, "1", life);
        cookie.set_domain(self.domain.clone());
        cookie
    }

    /// Where the browser was sent last, for this host alone.
    pub fn trip(&self, value: &str, life: Duration) -> Cookie<'static> {
        self.cookie(&self.names.trip, value, life)
    }

    /// Takes both tokens and the hint away, naming each as it was set.
    pub fn forget(&self) -> [Cookie<'static>; 3] {
        [self.access("", Duration::ZERO), self.refresh("", Duration::ZERO), self.hint(Duration::ZERO)]
    }

    fn cookie(&self, name: &str, value: &str, life: Duration) -> Cookie<'static> {
        let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
        Cookie::build(name.to_owned(), value.to_owned())
            .path("/")
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(time::Duration::seconds(seconds))
            .finish()
    }
}
