//! `SharedLogin`: a service's settings, keys and verifier, and the identity in a request's cookies.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cache::Cache;
use crate::cookie::{self, Candidates};
use crate::settings::Jwks;
use crate::unheard::tell_unheard;
#[cfg(feature = "pages")]
use crate::web::Warned;
use crate::{Claims, KeySet, KeySource, Rejection, Settings, SettingsError, Verifier};

/// Everything that a service needs to identify who sends a request. Cheap to clone; create one at
/// the start.
///
/// It caches verified tokens: at most 4,096 for all clones together, some hundred bytes each, by
/// their SHA-256. A cached token is checked again against the clock and the keys in use, but its
/// signature is not computed again. See [`without_cache`](Self::without_cache).
#[derive(Debug, Clone)]
pub struct SharedLogin(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    verifier: Verifier,
    keys: KeySource,
    /// Whether the keys are those of `AUTH_JWKS`, and not a source of the service's own.
    are_of_jwks: bool,
    #[cfg(feature = "pages")]
    warned: Warned,
    cache: Option<Cache>,
}

/// The identity that a request's cookies prove.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// One person.
    Person(Box<Claims>),
    /// Nobody: no access cookie, or none that verifies. It carries the last rejection, for the log.
    Nobody(Option<Rejection>),
    /// Cookies of different people, or more than [`MAX_CANDIDATES`](crate::cookie::MAX_CANDIDATES)
    /// access cookies. It counts as nobody until the cookies are cleared.
    Conflict,
    /// Unknown: no keys are loaded yet, and the token is not signed by the shared key of the
    /// settings.
    NoKeys,
}

impl SharedLogin {
    /// Creates a login from the environment and starts to load keys. See [`Settings`].
    ///
    /// # Errors
    /// One line that names the setting at fault.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::new(Settings::from_env()?)
    }

    /// As [`from_env`](Self::from_env), with what your program says where the environment says
    /// nothing, as [`Settings::from_env_with_defaults`] takes it.
    ///
    /// # Errors
    /// One line that names the setting at fault.
    pub fn from_env_with_defaults(defaults: &[(&str, &str)]) -> Result<Self, SettingsError> {
        Self::new(Settings::from_env_with_defaults(defaults)?)
    }

    /// Creates a login from settings and starts to load keys.
    ///
    /// With `JWT_SIGNING_KEY` it logs a warning, because this service could then sign as anybody.
    ///
    /// # Errors
    /// When `AUTH_JWKS` is a file that cannot be read or is refused. A URL that does not answer is
    /// no error: requests get `503` until it does.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let signing_key = settings.signing_key.clone();
        if signing_key.is_some() {
            let warning = "JWT_SIGNING_KEY is set: anybody who can read it here can sign as anybody on the domain; \
                 unset it as soon as auth-service signs with ES256";
            tracing::warn!("{warning}");
            tell_unheard(format_args!("{warning}"));
        }
        let keys = match &settings.jwks {
            Jwks::File(path) => KeySource::file_with_signing_key(path.clone(), signing_key),
            Jwks::Url(url) => KeySource::url_with_signing_key(url.clone(), signing_key),
        };
        let keys =
            keys.map_err(|error| SettingsError::new("AUTH_JWKS", format!("cannot be used: {error}")))?;
        Ok(Self::with_parts(settings, keys, Some(Cache::new()), true))
    }

    /// Creates a login with a key source of your own. `AUTH_JWKS` and `JWT_SIGNING_KEY` are
    /// ignored.
    pub fn with_keys(settings: Settings, keys: KeySource) -> Self {
        Self::with_parts(settings, keys, Some(Cache::new()), false)
    }

    fn with_parts(settings: Settings, keys: KeySource, cache: Option<Cache>, are_of_jwks: bool) -> Self {
        let verifier = Verifier::new(settings.auth_url(), settings.cookie_domain());
        Self(Arc::new(Inner {
            are_of_jwks,
            #[cfg(feature = "pages")]
            warned: Warned::default(),
            settings,
            verifier,
            keys,
            cache,
        }))
    }

    /// Returns the same login without the cache: each token is verified in full each time.
    /// Decisions are the same and take longer. Existing clones keep their cache.
    #[must_use]
    pub fn without_cache(&self) -> Self {
        let Inner { settings, keys, .. } = &*self.0;
        Self::with_parts(settings.clone(), keys.clone(), None, self.0.are_of_jwks)
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Where the keys come from, if that is `AUTH_JWKS`.
    #[cfg(feature = "pages")]
    pub(crate) fn jwks(&self) -> Option<&Jwks> {
        self.0.are_of_jwks.then_some(&self.0.settings.jwks)
    }

    #[cfg(feature = "pages")]
    pub(crate) fn warned(&self) -> &Warned {
        &self.0.warned
    }

    /// The key source.
    pub fn keys(&self) -> &KeySource {
        &self.0.keys
    }

    /// The verifier for tokens of this domain. It does not use the cache.
    pub fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// Verifies the tokens in the given `Cookie` headers with the keys that are loaded. Never
    /// waits; [`identify`](Self::identify) does.
    pub fn try_identify<'a>(&self, cookie_headers: impl IntoIterator<Item = &'a [u8]>) -> Identity {
        self.identify_at(cookie_headers, unix_now())
    }

    /// The former name of [`try_identify`](Self::try_identify).
    #[deprecated(note = "it is called `try_identify`")]
    pub fn identify_now<'a>(&self, cookie_headers: impl IntoIterator<Item = &'a [u8]>) -> Identity {
        self.try_identify(cookie_headers)
    }

    /// As [`try_identify`](Self::try_identify), at a given time in seconds since 1970. The keys are
    /// those that are loaded now.
    pub fn identify_at<'a>(&self, cookie_headers: impl IntoIterator<Item = &'a [u8]>, now: i64) -> Identity {
        match cookie::candidates(cookie_headers, self.0.settings.access_cookie()) {
            Candidates::TooMany => Identity::Conflict,
            Candidates::Few(tokens) if tokens.is_empty() => Identity::Nobody(None),
            Candidates::Few(tokens) => match self.0.keys.current_and_loaded() {
                (None, _) => Identity::NoKeys,
                (Some(keys), loaded) => match self.decide(&tokens, &keys, now) {
                    Identity::Nobody(Some(Rejection::UnknownKey(_))) if !loaded => Identity::NoKeys,
                    decided => decided,
                },
            },
        }
    }

    /// Verifies the tokens in the given `Cookie` headers. If their key is unknown it waits for one
    /// fetch, as [`KeySource::refreshed`] describes.
    pub async fn identify<'a, I>(&self, cookie_headers: I) -> Identity
    where
        I: IntoIterator<Item = &'a [u8]> + Clone,
    {
        let first = self.try_identify(cookie_headers.clone());
        match first {
            Identity::NoKeys => self.0.keys.ready().await,
            Identity::Nobody(Some(Rejection::UnknownKey(_))) => self.0.keys.refreshed().await,
            decided => return decided,
        };
        self.try_identify(cookie_headers)
    }

    /// Decides between several tokens: one that verifies counts, whatever else was planted beside
    /// it. Two people are a conflict.
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

/// Prefers an unknown key of two rejections, because a fetch may bring the key.
fn prefer_unknown_key(before: Option<Rejection>, now: Rejection) -> Rejection {
    match before {
        Some(unknown @ Rejection::UnknownKey(_)) => unknown,
        _ => now,
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where requests are judged by the clock")]
fn unix_now() -> i64 {
    // With a clock before 1970 every token is issued in the future, and refused.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
