//! Cookies: the only module that sets their attributes.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::{HeaderName, HeaderValue};

use crate::config::{Config, CookieNames};
use crate::error::Error;

/// The tokens of a logged-in user.
pub struct Tokens {
    pub access: String,
    pub access_life: Duration,
    pub refresh: String,
    pub refresh_life: Duration,
}

/// Creates our cookies.
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

    /// The refresh token, for this host only: without `Domain`, browsers send it to no sub-domain.
    pub fn refresh(&self, token: &str, life: Duration) -> Cookie<'static> {
        self.cookie(&self.names.refresh, token, life)
    }

    /// Tells every sub-domain that a session probably exists. It proves nothing, because anyone can
    /// set it.
    pub fn hint(&self, life: Duration) -> Cookie<'static> {
        let mut cookie = self.cookie(&self.names.hint, "1", life);
        cookie.set_domain(self.domain.clone());
        cookie
    }

    /// The count of recent redirects, for this host only.
    pub fn trip(&self, value: &str, life: Duration) -> Cookie<'static> {
        self.cookie(&self.names.trip, value, life)
    }

    /// The session cookies, expired, with the attributes that they were set with.
    pub fn expired_session_cookies(&self) -> [Cookie<'static>; 3] {
        [self.access("", Duration::ZERO), self.refresh("", Duration::ZERO), self.hint(Duration::ZERO)]
    }

    /// Sets the session's cookies on a response: both tokens and the hint.
    pub fn set_session_cookies(&self, answer: HttpResponse, tokens: &Tokens) -> Result<HttpResponse, Error> {
        let cookies = [
            self.access(&tokens.access, tokens.access_life),
            self.refresh(&tokens.refresh, tokens.refresh_life),
            self.hint(tokens.refresh_life),
        ];
        with(answer, &cookies)
    }

    /// Deletes the session's cookies.
    pub fn clear_session_cookies(&self, answer: HttpResponse) -> Result<HttpResponse, Error> {
        with(answer, &self.expired_session_cookies())
    }

    /// Deletes the session's cookies and the browser's stored copies of our pages (ASVS 14.3.1).
    pub fn clear_site_data(&self, mut answer: HttpResponse) -> Result<HttpResponse, Error> {
        // `"cookies"` must not appear here: it would delete the cookies of every sibling.
        let kept = HeaderValue::from_static("\"cache\", \"storage\"");
        answer.headers_mut().insert(HeaderName::from_static("clear-site-data"), kept);
        self.clear_session_cookies(answer)
    }

    /// Deletes the hint cookie because there is no session. The token cookies are left alone.
    pub fn clear_hint_cookie(&self, answer: HttpResponse) -> Result<HttpResponse, Error> {
        with(answer, &[self.hint(Duration::ZERO)])
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

fn with(mut answer: HttpResponse, cookies: &[Cookie<'static>]) -> Result<HttpResponse, Error> {
    for cookie in cookies {
        answer.add_cookie(cookie).map_err(Error::internal_from_http)?;
    }
    Ok(answer)
}
