//! `SharedLogin`: the settings, keys and verifier of a service, and whom its cookies speak of.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cache::Cache;
use crate::cookie::{self, Candidates};
use crate::settings::Jwks;
use crate::{Claims, KeySet, KeySource, Rejection, Settings, SettingsError, Verifier};

/// Everything a service needs to know who is asking. Cheap to clone; make one at the start.
///
/// It remembers tokens that have verified, by their SHA-256, and what they say: up to 4,096, for
/// all clones together, some hundred bytes each. A token that comes again is judged again by the
/// clock and by the keys then in use, but its signature is not computed again. See
/// [`without_cache`](Self::without_cache).
#[derive(Debug, Clone)]
pub struct SharedLogin(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    verifier: Verifier,
    keys: KeySource,
    cache: Option<Cache>,
}

/// Whom the cookies of a request speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// This person.
    Person(Box<Claims>),
    /// Nobody: no access cookie, or none that holds. With the cause of the last refusal, for the
    /// log.
    Nobody(Option<Rejection>),
    /// Cookies of different people, or more cookies than honest browsers hold. Nobody, until the
    /// cookies are cleared.
    Conflict,
    /// Not known: no keys were loaded yet, and the token is not by the shared key of the settings.
    NoKeys,
}

impl SharedLogin {
    /// Reads [`Settings`] from the environment and starts to load keys.
    ///
    /// # Errors
    /// One line that names the setting at fault.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::new(Settings::from_env()?)
    }

    /// Starts to load keys from where the settings say.
    ///
    /// With `JWT_SIGNING_KEY` it logs a warning: this service could then sign as anybody.
    ///
    /// # Errors
    /// When `AUTH_JWKS` is a file that cannot be read or is refused. A URL that does not answer is
    /// no error: requests get `503` until it does.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let signing_key = settings.signing_key.clone();
        if signing_key.is_some() {
            tracing::warn!(
                "JWT_SIGNING_KEY is set: whoever reads it here can sign as anybody on the domain; \
                 unset it as soon as auth-service signs with ES256"
            );
        }
        let keys = match &settings.jwks {
            Jwks::File(path) => KeySource::file_beside(path.clone(), signing_key),
            Jwks::Url(url) => KeySource::url_beside(url.clone(), signing_key),
        };
        match keys {
            Ok(keys) => Ok(Self::with_keys(settings, keys)),
            Err(error) => Err(SettingsError::new("AUTH_JWKS", format!("cannot be used: {error}"))),
        }
    }

    /// With keys of your own choosing; `AUTH_JWKS` and `JWT_SIGNING_KEY` are then not looked at.
    pub fn with_keys(settings: Settings, keys: KeySource) -> Self {
        let verifier = Verifier::new(settings.auth_url(), settings.cookie_domain());
        Self(Arc::new(Inner { settings, verifier, keys, cache: Some(Cache::new()) }))
    }

    /// The same login, remembering no tokens: each is verified whenever it comes. Decisions are the
    /// same, at a higher price; the clones made before go on remembering.
    #[must_use]
    pub fn without_cache(&self) -> Self {
        let Inner { settings, verifier, keys, cache: _ } = &*self.0;
        let (settings, verifier, keys) = (settings.clone(), verifier.clone(), keys.clone());
        Self(Arc::new(Inner { settings, verifier, keys, cache: None }))
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The keys and their loading.
    pub fn keys(&self) -> &KeySource {
        &self.0.keys
    }

    /// The verifier for tokens of this domain. It remembers nothing.
    pub fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// Whom the given `Cookie` headers speak of, now, by the keys at hand. Never waits.
    pub fn identify_now<'a>(&self, cookie_headers: impl IntoIterator<Item = &'a [u8]>) -> Identity {
        self.identify_at(cookie_headers, unix_now())
    }

    /// The same at a moment given in seconds since 1970. The keys are those at hand now.
    pub fn identify_at<'a>(&self, cookie_headers: impl IntoIterator<Item = &'a [u8]>, now: i64) -> Identity {
        match cookie::candidates(cookie_headers, self.0.settings.access_cookie()) {
            Candidates::TooMany => Identity::Conflict,
            Candidates::Few(tokens) if tokens.is_empty() => Identity::Nobody(None),
            Candidates::Few(tokens) => match self.0.keys.now() {
                (None, _) => Identity::NoKeys,
                (Some(keys), loaded) => match self.decide(&tokens, &keys, now) {
                    Identity::Nobody(Some(Rejection::UnknownKey(_))) if !loaded => Identity::NoKeys,
                    decided => decided,
                },
            },
        }
    }

    /// Whom the given `Cookie` headers speak of, now. For keys that are not known yet it waits for
    /// one fetch, as
    /// [`KeySource::refreshed`] describes.
    pub async fn identify<'a, I>(&self, cookie_headers: I) -> Identity
    where
        I: IntoIterator<Item = &'a [u8]> + Clone,
    {
        let first = self.identify_now(cookie_headers.clone());
        match first {
            Identity::NoKeys => self.0.keys.ready().await,
            Identity::Nobody(Some(Rejection::UnknownKey(_))) => self.0.keys.refreshed().await,
            decided => return decided,
        };
        self.identify_now(cookie_headers)
    }

    /// One that verifies counts, whatever else was planted beside it; two people are nobody.
    fn decide(&self, tokens: &[&str], keys: &KeySet, now: i64) -> Identity {
        let mut person: Option<Claims> = None;
        let mut refusal = None;
        for token in tokens {
            match self.verify(token, keys, now) {
                Err(cause) => refusal = Some(prefer_unknown_key(refusal, cause)),
                Ok(claims) => match &person {
                    Some(other) if other.sub != claims.sub => return Identity::Conflict,
                    Some(other) if other.iat >= claims.iat => {}
                    _ => person = Some(claims),
                },
            }
        }
        person.map_or(Identity::Nobody(refusal), |claims| Identity::Person(Box::new(claims)))
    }

    fn verify(&self, token: &str, keys: &KeySet, now: i64) -> Result<Claims, Rejection> {
        match &self.0.cache {
            Some(cache) => cache.verify_at(&self.0.verifier, token, keys, now),
            None => self.0.verifier.verify_at(token, keys, now),
        }
    }
}

/// Of two refusals the one worth acting on: an unknown key may become known.
fn prefer_unknown_key(before: Option<Rejection>, now: Rejection) -> Rejection {
    match before {
        Some(unknown @ Rejection::UnknownKey(_)) => unknown,
        _ => now,
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where requests are judged by the clock")]
fn unix_now() -> i64 {
    // A clock before 1970 makes every token one that was issued in the future: refused, as it
    // should be.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
