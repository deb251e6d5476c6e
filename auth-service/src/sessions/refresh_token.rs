//! The refresh token: names a session and one of its generations, and proves that we issued it.
//!
//! `v1.<session id>.<generation>.<HMAC-SHA256 over both and the session's seed>`. No part of it is
//! stored. The key comes from `SECRET_KEY` and the seed from the session's row, so neither of them
//! alone suffices to forge a token.

use actix_web::HttpRequest;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::config::SecretKey;
use crate::db::types::Id;
use crate::http::cookie_header::refresh_cookie;
use crate::sessions::{Session, SessionId};

/// Longer than any of our tokens; longer cookies are ignored.
const MAX_BYTES: usize = 128;

/// Creates and verifies refresh tokens.
#[derive(Clone)]
pub struct RefreshKey {
    current: hmac::Key,
    /// Derived from the previous secret: it verifies tokens, and creates none.
    previous: Option<hmac::Key>,
}

/// A received token of which only the syntax was checked. It proves nothing until
/// [`RefreshKey::is_valid`] succeeds.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    pub session: SessionId,
    pub generation: i64,
    code: Vec<u8>,
}

impl RefreshToken {
    /// The token in a browser's request.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        Self::parse(&refresh_cookie(request)?)
    }

    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let mut parts = text.split('.');
        let (version, session, generation, code) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "v1" || parts.next().is_some() {
            return None;
        }
        let session = uuid::Uuid::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(session).ok()?).ok()?;
        // Accept only one spelling of the number, so that each token has a single text.
        let number: i64 = generation.parse().ok()?;
        if number < 1 || number.to_string() != generation {
            return None;
        }
        let code = BASE64_URL_SAFE_NO_PAD.decode(code).ok()?;
        Some(Self { session: Id::from(session), generation: number, code })
    }
}

impl RefreshKey {
    pub fn new(secret: &SecretKey, previous: Option<&SecretKey>) -> Self {
        let key =
            |secret: &SecretKey| hmac::Key::new(hmac::HMAC_SHA256, &*secret.derive::<32>("refresh-token/v1"));
        Self { current: key(secret), previous: previous.map(key) }
    }

    /// The token of the session's current generation. The same generation always gives the same
    /// text.
    pub fn token_for(&self, session: &Session) -> String {
        let code = hmac::sign(&self.current, &message(session, session.generation));
        format!(
            "v1.{}.{}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(session.id.uuid()),
            session.generation,
            BASE64_URL_SAFE_NO_PAD.encode(code)
        )
    }

    /// Whether we issued `token` for this session, in any generation. The time does not depend on
    /// how the token is wrong.
    pub fn is_valid(&self, token: &RefreshToken, session: &Session) -> bool {
        let message = message(session, token.generation);
        let fits = |key: &hmac::Key| hmac::verify(key, &message, &token.code).is_ok();
        token.session == session.id && (fits(&self.current) || self.previous.as_ref().is_some_and(fits))
    }
}

fn message(session: &Session, generation: i64) -> Vec<u8> {
    [session.id.uuid().as_bytes().as_slice(), &generation.to_be_bytes(), &session.seed].concat()
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RefreshToken({}, generation {})", self.session, self.generation)
    }
}

impl std::fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::types::Timestamp;
    use crate::sessions::session::Lineage;
    use crate::sessions::{Amr, AuthMethod};

    fn secret(text: &str) -> SecretKey {
        SecretKey::parse("SECRET_KEY", text).unwrap()
    }

    fn key(text: &str) -> RefreshKey {
        RefreshKey::new(&secret(text), None)
    }

    fn session(seed: u8) -> Session {
        let now = Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        Session {
            id: Id::from(uuid::Uuid::from_u128(7)),
            user_id: Id::from(uuid::Uuid::from_u128(8)),
            seed: vec![seed; 32],
            generation: 3,
            amr: Amr::from([AuthMethod::Password]),
            began_at: now,
            rotated_at: now,
            idle_until: now,
            expires_at: now,
            revoked_at: None,
            revoked_because: None,
            authenticated_at: None,
            address: None,
            user_agent: None,
            lineage: Lineage::default(),
            idle_day: now.day(),
        }
    }

    const SECRET: &str = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";
    const OTHER: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

    #[test]
    fn our_own_token_is_known_again() {
        let (key, session) = (key(SECRET), session(1));
        let token = RefreshToken::parse(&key.token_for(&session)).unwrap();
        assert!(key.is_valid(&token, &session) && token.generation == 3);
    }

    /// R14: neither the row nor the secret alone suffices to create a token.
    #[test]
    fn neither_the_database_nor_the_secret_alone_makes_a_token() {
        let honest = session(1);
        let by_other_secret = key(OTHER).token_for(&honest);
        assert!(!key(SECRET).is_valid(&RefreshToken::parse(&by_other_secret).unwrap(), &honest));
        let by_guessed_seed = key(SECRET).token_for(&session(2));
        assert!(!key(SECRET).is_valid(&RefreshToken::parse(&by_guessed_seed).unwrap(), &honest));
    }

    #[test]
    fn a_token_of_the_secret_before_is_ours_and_new_ones_are_of_the_present_one() {
        let session = session(1);
        let both = RefreshKey::new(&secret(OTHER), Some(&secret(SECRET)));
        let old = RefreshToken::parse(&key(SECRET).token_for(&session)).unwrap();
        assert!(both.is_valid(&old, &session) && !key(OTHER).is_valid(&old, &session));
        assert_eq!(both.token_for(&session), key(OTHER).token_for(&session));
    }

    /// R13
    #[test]
    fn a_changed_token_is_not_ours() {
        let (key, session) = (key(SECRET), session(1));
        let text = key.token_for(&session);
        let parts: Vec<&str> = text.split('.').collect();
        let other = BASE64_URL_SAFE_NO_PAD.encode(uuid::Uuid::from_u128(9));
        for forged in [
            format!("v1.{}.4.{}", parts[1], parts[3]),
            format!("v1.{}.2147483648.{}", parts[1], parts[3]),
            format!("v1.{other}.3.{}", parts[3]),
            format!("v1.{}.3.{}", parts[1], "A".repeat(43)),
            format!("v1.{}.3.", parts[1]),
        ] {
            let is_ours = RefreshToken::parse(&forged).is_some_and(|token| key.is_valid(&token, &session));
            assert!(!is_ours, "{forged}");
        }
    }

    #[test]
    fn a_token_has_one_spelling() {
        let text = key(SECRET).token_for(&session(1));
        let parts: Vec<&str> = text.split('.').collect();
        for other in [
            format!("v1.{}.03.{}", parts[1], parts[3]),
            format!("v1.{}.+3.{}", parts[1], parts[3]),
            format!("v1.{}.-3.{}", parts[1], parts[3]),
            format!("v1.{}.0.{}", parts[1], parts[3]),
            format!("{text}="),
            format!("{text}.x"),
            format!(" {text}"),
            format!("v2{}", &text[2..]),
            "v1...".to_owned(),
            String::new(),
            "x".repeat(10_000),
        ] {
            assert_eq!(RefreshToken::parse(&other), None, "{other}");
        }
    }
}
