//! The token issuer: creates the access token and the refresh token of a session.

use std::time::Duration;

use super::access_token;
use super::current::Current;
use super::refresh_token::RefreshKey;
use crate::config::{AuthUrl, CookieDomain};
use crate::error::Error;
use crate::http::cookies::Tokens;
use crate::keyring::Keyring;

/// Signs access tokens, and creates refresh tokens.
#[derive(Clone)]
pub struct TokenIssuer {
    pub keyring: Keyring,
    pub refresh_key: RefreshKey,
    pub issuer: AuthUrl,
    pub audience: CookieDomain,
    pub access_life: Duration,
}

impl TokenIssuer {
    /// The tokens of a session, dated at the time when the session was checked.
    pub async fn issue(&self, Current { user, session, at }: &Current) -> Result<Tokens, Error> {
        let claims = access_token::claims(user, session, &self.issuer, &self.audience, self.access_life, *at);
        let keys = self.keyring.current().await?;
        Ok(Tokens {
            access: keys.sign(&claims)?,
            access_life: Duration::from_secs(u64::try_from(claims.exp - claims.iat).unwrap_or(0)),
            refresh: self.refresh_key.token_for(session),
            refresh_life: at.until(session.ends_at()),
        })
    }
}
