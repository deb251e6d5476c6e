//! What an answer carries: the session's cookies, and where to go next.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;

use super::App;
use crate::accounts::{self, Session, User};
use crate::error::Error;
use crate::web::Next;

impl App {
    /// Takes the session's cookies away, on whatever the answer is.
    pub fn dismiss(&self, mut answer: HttpResponse) -> Result<HttpResponse, Error> {
        for cookie in self.cookies.forget() {
            answer.add_cookie(&cookie).map_err(Error::internal_from_http)?;
        }
        Ok(answer)
    }

    /// Hands out the session: both cookies, on whatever the answer is.
    pub fn admit(
        &self,
        mut answer: HttpResponse,
        user: &User,
        session: &Session,
    ) -> Result<HttpResponse, Error> {
        for cookie in self.session_cookies(user, session)? {
            answer.add_cookie(&cookie).map_err(Error::internal_from_http)?;
        }
        Ok(answer)
    }

    fn session_cookies(&self, user: &User, session: &Session) -> Result<[Cookie<'static>; 2], Error> {
        let (config, now) = (&self.config, self.clock.now());
        let lifetime = config.access_token_lifetime;
        let claims = accounts::claims(user, session, &config.auth_url, &config.cookie_domain, lifetime, now);
        let life = Duration::from_secs(u64::try_from(claims.exp - claims.iat).unwrap_or(0));
        let access = self.keyring.sign(&claims).map_err(Error::internal)?;
        let refresh = self.refresh_key.token_for(session);
        Ok([self.cookies.access(&access, life), self.cookies.refresh(&refresh, now.until(session.ends_at()))])
    }

    /// Where to go afterwards, if `text` is a place that we send people to.
    pub fn next(&self, text: Option<&str>) -> Option<Next> {
        Next::parse(text?, &self.config.allowed_origins, &self.config.auth_url)
    }

    /// The absolute address of `next`, or of one of our own paths without it.
    pub fn destination(&self, next: Option<&Next>, path: &str) -> String {
        next.map_or_else(|| self.config.auth_url.join(path), |next| next.as_str().to_owned())
    }
}
