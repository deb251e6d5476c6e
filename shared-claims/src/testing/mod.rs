//! Test issuer: it signs tokens with a throwaway key, for the tests of services.
//!
//! It is behind the feature `testing`: enable that under `[dev-dependencies]` only.

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

/// Stands in for auth-service in a test: it signs tokens with a key that it generates.
///
/// The defaults are the issuer `http://auth.sso.localhost:8000`, the domain `sso.localhost` and the
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
    /// Creates an issuer with a new ES256 key.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn new() -> Self {
        Self::with_algorithm(TestAlgorithm::Es256)
    }

    /// Creates an issuer with a new key for this algorithm. An HS512 issuer publishes nothing:
    /// services that trust it hold its key, which is in its [`settings`](Self::settings).
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

    /// Creates an issuer whose key is derived from a text, the same every time: for processes that
    /// must agree on a key, and for stored tokens. Everybody can derive that key.
    ///
    /// # Panics
    /// Practically never: one text in four billion gives no key for ES256.
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

    /// Sets `AUTH_URL` (without a trailing slash) and `COOKIE_DOMAIN`.
    #[must_use]
    pub fn for_domain(mut self, auth_url: &str, cookie_domain: &str) -> Self {
        self.auth_url = auth_url.to_owned();
        self.cookie_domain = cookie_domain.to_owned();
        self
    }

    /// Sets the `SERVICE_URL` of [`settings`](Self::settings) and [`login`](Self::login).
    #[must_use]
    pub fn for_service(mut self, service_url: &str) -> Self {
        self.service_url = service_url.to_owned();
        self
    }

    /// Sets the `TRUSTED_ORIGINS` of [`settings`](Self::settings) and [`login`](Self::login).
    #[must_use]
    pub fn trusting(mut self, origins: &str) -> Self {
        self.trusted_origins = origins.to_owned();
        self
    }

    /// The algorithm that it signs with.
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

    /// The key set that verifies its tokens.
    ///
    /// # Panics
    /// Never: the set is valid.
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
    /// When the values given to [`for_domain`](Self::for_domain),
    /// [`for_service`](Self::for_service) or [`trusting`](Self::trusting) are not acceptable.
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

    /// The login of a service that trusts this issuer, to register as `web::Data`.
    ///
    /// # Panics
    /// As [`settings`](Self::settings).
    #[cfg(feature = "fetch")]
    pub fn login(&self) -> SharedLogin {
        SharedLogin::with_keys(self.settings(), KeySource::fixed(self.keys()))
    }

    /// Claims of an ordinary person, valid now and for five minutes. Change what the test is about.
    ///
    /// The same address always gives the same `user_uuid`, which is derived from it.
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

    /// Claims that expired one hour ago.
    pub fn expired_claims_for(&self, email: &str) -> Claims {
        let mut claims = self.claims_for(email);
        for time in [&mut claims.iat, &mut claims.nbf, &mut claims.exp, &mut claims.auth_time] {
            *time -= 3900;
        }
        claims
    }

    /// Signs a token with these claims.
    ///
    /// # Panics
    /// Never: the claims are plain data.
    pub fn sign(&self, claims: &Claims) -> String {
        let header =
            json!({"alg": self.key.algorithm.name(), "typ": TOKEN_TYP, "kid": self.key.kid}).to_string();
        self.sign_raw(&header, &serde_json::to_string(claims).expect("plain data"))
    }

    /// Signs a token with any header and payload, for tests of what must be refused.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        self.sign_message(&format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload)))
    }

    /// Signs any text, and returns the text, a dot and the signature.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign_message(&self, message: &str) -> String {
        format!("{message}.{}", self.key.sign(message))
    }

    /// The value of a `Cookie` header with a token of these claims.
    pub fn cookie(&self, claims: &Claims) -> String {
        format!("{DEFAULT_ACCESS_COOKIE}={}", self.sign(claims))
    }
}

/// A UUID that is derived from the text (version 8, RFC 9562, section 5.8).
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
