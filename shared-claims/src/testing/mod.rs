//! Test issuer: tokens for the tests of consumers, signed by a throwaway key.
//!
//! Behind the feature `testing`: name it under `[dev-dependencies]` only.

mod key;

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Claims, DEFAULT_ACCESS_COOKIE, KeySet, TOKEN_TYP};
#[cfg(feature = "fetch")]
use crate::{KeySource, Settings, SharedLogin};
pub use key::TestAlgorithm;
use key::TestKey;

/// Stands in for auth-service in a test: signs tokens with a key made on the spot.
///
/// By default it is `http://auth.sso.localhost:8000`, for the domain `sso.localhost` and the
/// service `http://demo.sso.localhost:8001`.
pub struct TestIssuer {
    auth_url: String,
    cookie_domain: String,
    service_url: String,
    trusted_origins: String,
    key: TestKey,
}

impl Default for TestIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl TestIssuer {
    /// An issuer with a fresh ES256 key.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn new() -> Self {
        Self::with_algorithm(TestAlgorithm::Es256)
    }

    /// An issuer with a fresh key for this algorithm. One for HS512 publishes nothing: the services
    /// that trust it hold its key, which is in its [`settings`](Self::settings).
    ///
    /// ```
    /// use shared_claims::testing::{TestAlgorithm, TestIssuer};
    ///
    /// let issuer = TestIssuer::with_algorithm(TestAlgorithm::Hs512);
    /// let claims = issuer.claims_for("ada@example.org");
    /// let login = issuer.login();
    /// assert!(login.verifier().verify_at(&issuer.sign(&claims), &issuer.keys(), claims.iat).is_ok());
    /// ```
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn with_algorithm(algorithm: TestAlgorithm) -> Self {
        Self::with_key(TestKey::generate(algorithm))
    }

    /// An issuer whose key follows from a text, the same every time: for processes that must agree
    /// on a key, and for tokens that are kept. Everybody can make that key.
    ///
    /// # Panics
    /// Practically never: one text in four thousand million gives no key for ES256.
    pub fn from_seed(algorithm: TestAlgorithm, seed: &str) -> Self {
        Self::with_key(TestKey::from_seed(algorithm, seed))
    }

    fn with_key(key: TestKey) -> Self {
        Self {
            auth_url: "http://auth.sso.localhost:8000".to_owned(),
            cookie_domain: "sso.localhost".to_owned(),
            service_url: "http://demo.sso.localhost:8001".to_owned(),
            trusted_origins: String::new(),
            key,
        }
    }

    /// Speaks for another `AUTH_URL` (without a trailing slash) and `COOKIE_DOMAIN`.
    #[must_use]
    pub fn for_domain(mut self, auth_url: &str, cookie_domain: &str) -> Self {
        self.auth_url = auth_url.to_owned();
        self.cookie_domain = cookie_domain.to_owned();
        self
    }

    /// The `SERVICE_URL` of [`settings`](Self::settings) and [`login`](Self::login).
    #[must_use]
    pub fn for_service(mut self, service_url: &str) -> Self {
        self.service_url = service_url.to_owned();
        self
    }

    /// The `TRUSTED_ORIGINS` of [`settings`](Self::settings) and [`login`](Self::login).
    #[must_use]
    pub fn trusting(mut self, origins: &str) -> Self {
        self.trusted_origins = origins.to_owned();
        self
    }

    /// What it signs with.
    pub fn algorithm(&self) -> TestAlgorithm {
        self.key.algorithm
    }

    /// The id of the key.
    pub fn key_id(&self) -> &str {
        &self.key.kid
    }

    /// The shared key, as `JWT_SIGNING_KEY` takes it; `None` unless it signs with HS512.
    pub fn signing_key(&self) -> Option<&str> {
        self.key.shared.as_deref()
    }

    /// The public key as a JWKS document; an empty one for HS512.
    pub fn jwks(&self) -> String {
        json!({"keys": Vec::from_iter(self.key.jwk())}).to_string()
    }

    /// The public key as a JWK.
    ///
    /// # Panics
    /// For HS512, whose key is not public.
    pub fn jwk(&self) -> Value {
        self.key.jwk().expect("a public key: HS512 has none")
    }

    /// The key as a set to verify with.
    ///
    /// # Panics
    /// Never: the set is our own.
    pub fn keys(&self) -> KeySet {
        let jwks = self.jwks();
        match self.signing_key() {
            Some(key) => KeySet::from_json_with_signing_key(jwks.as_bytes(), key.as_bytes()),
            None => KeySet::from_json(jwks.as_bytes()),
        }
        .expect("our own set")
    }

    /// Settings that trust this issuer, with its shared key if it has one.
    ///
    /// # Panics
    /// When the URLs given to [`for_domain`](Self::for_domain), [`for_service`](Self::for_service)
    /// or [`trusting`](Self::trusting) are unacceptable.
    #[cfg(feature = "fetch")]
    pub fn settings(&self) -> Settings {
        Settings::from_lookup(|name| match name {
            "AUTH_URL" => Some(self.auth_url.clone()),
            "COOKIE_DOMAIN" => Some(self.cookie_domain.clone()),
            "SERVICE_URL" => Some(self.service_url.clone()),
            "TRUSTED_ORIGINS" => Some(self.trusted_origins.clone()),
            "JWT_SIGNING_KEY" => self.key.shared.clone(),
            _ => None,
        })
        .expect("acceptable URLs")
    }

    /// What a consumer registers as `web::Data`, trusting this issuer.
    ///
    /// # Panics
    /// As [`settings`](Self::settings).
    #[cfg(feature = "fetch")]
    pub fn login(&self) -> SharedLogin {
        SharedLogin::with_keys(self.settings(), KeySource::fixed(self.keys()))
    }

    /// Claims of an ordinary person that hold now and for five minutes. Change what the test is
    /// about.
    ///
    /// The same address gives the same `user_uuid` every time, made from the address.
    pub fn claims_for(&self, email: &str) -> Claims {
        let user = id_from(email);
        let now = unix_now();
        let (session, token) = (format!("session of {email}"), format!("token of {email} at {now}"));
        let (session, token) = (id_from(&session), id_from(&token));
        let mut claims =
            Claims::new(&self.auth_url, &self.cookie_domain, user, session, token, now, now + 300);
        claims.amr = vec!["pwd".to_owned()];
        claims.user_email = email.to_owned();
        claims.user_email_verified = true;
        claims.user_first_name = "Test".to_owned();
        claims.user_last_name = "Person".to_owned();
        claims
    }

    /// Claims that expired an hour ago.
    pub fn expired_claims_for(&self, email: &str) -> Claims {
        let mut claims = self.claims_for(email);
        for time in [&mut claims.iat, &mut claims.nbf, &mut claims.exp, &mut claims.auth_time] {
            *time -= 3900;
        }
        claims
    }

    /// A token with these claims.
    ///
    /// # Panics
    /// Never: the claims are plain data.
    pub fn sign(&self, claims: &Claims) -> String {
        let header =
            json!({"alg": self.key.algorithm.name(), "typ": TOKEN_TYP, "kid": self.key.kid}).to_string();
        self.sign_raw(&header, &serde_json::to_string(claims).expect("plain data"))
    }

    /// A token with any header and payload, for tests of what must be refused.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        self.sign_message(&format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload)))
    }

    /// Any text, a dot and its signature.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign_message(&self, message: &str) -> String {
        format!("{message}.{}", self.key.sign(message))
    }

    /// The value of a `Cookie` header that carries a token with these claims.
    pub fn cookie(&self, claims: &Claims) -> String {
        format!("{DEFAULT_ACCESS_COOKIE}={}", self.sign(claims))
    }
}

/// A UUID that depends on the text alone (version 8, RFC 9562, section 5.8).
fn id_from(text: &str) -> Uuid {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[expect(clippy::disallowed_methods, reason = "tokens for tests are judged by the real clock")]
fn unix_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
