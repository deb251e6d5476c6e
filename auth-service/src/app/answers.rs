//! What an answer carries: the session's cookies, and where to go next.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::HeaderValue;
use shared_claims::protocol::path;

use super::App;
use crate::error::Error;
use crate::http::Next;
use crate::keyring::KeyringError;
use crate::sessions;
use crate::sessions::Current;

/// What somebody holds who is logged in.
pub struct Tokens {
    pub access: String,
    pub access_life: Duration,
    pub refresh: String,
    pub refresh_life: Duration,
}

impl App {
    /// Takes the session's cookies away, on whatever the answer is.
    pub fn dismiss(&self, mut answer: HttpResponse) -> Result<HttpResponse, Error> {
        for cookie in self.cookies.forget() {
            answer.add_cookie(&cookie).map_err(Error::internal_from_http)?;
        }
        Ok(answer)
    }

    /// Takes the hint away that a session exists: there is none. The tokens stay, as at every failed renewal.
    pub fn forget_hint(&self, mut answer: HttpResponse) -> Result<HttpResponse, Error> {
        answer.add_cookie(&self.cookies.hint(Duration::ZERO)).map_err(Error::internal_from_http)?;
        Ok(answer)
    }

    /// The policy of the one page that pages of our services may frame.
    pub fn frame_policy(&self) -> HeaderValue {
        self.policy.for_frames_of_ours()
    }

    /// The policy of a page of ours that a proxy shows under another name.
    pub fn policy_elsewhere(&self) -> HeaderValue {
        self.policy.for_pages_elsewhere()
    }

    /// Hands out the session: both tokens and the hint, on whatever the answer is.
    pub async fn admit(&self, mut answer: HttpResponse, current: &Current) -> Result<HttpResponse, Error> {
        let tokens = self.tokens(current).await?;
        for cookie in [
            self.cookies.access(&tokens.access, tokens.access_life),
            self.cookies.refresh(&tokens.refresh, tokens.refresh_life),
            self.cookies.hint(tokens.refresh_life),
        ] {
            answer.add_cookie(&cookie).map_err(Error::internal_from_http)?;
        }
        Ok(answer)
    }

    /// The tokens of a session, as they are from the moment on that it was judged at.
    pub async fn tokens(&self, Current { user, session, at }: &Current) -> Result<Tokens, Error> {
        let config = &self.config;
        let lifetime = config.key_times.token_life;
        let claims = sessions::claims(user, session, &config.auth_url, &config.cookie_domain, lifetime, *at);
        let keys = self.keyring.current().await?;
        Ok(Tokens {
            access: keys.sign(&claims)?,
            access_life: Duration::from_secs(u64::try_from(claims.exp - claims.iat).unwrap_or(0)),
            refresh: self.refresh_key.token_for(session),
            refresh_life: at.until(session.ends_at()),
        })
    }

    /// The login's address, which leads back to one of our own pages.
    pub fn login_and_back(&self, path: &str) -> String {
        let next = self.next(Some(path));
        self.config.auth_url.join(&Next::carried_by(next.as_ref(), path::LOGIN))
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

impl From<KeyringError> for Error {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Database(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
