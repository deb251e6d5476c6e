//! Tokens for the tests of consumers, signed by a throwaway key.
//!
//! Behind the feature `testing`: name it under `[dev-dependencies]` only.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Claims, DEFAULT_ACCESS_COOKIE, KeySet, KeySource, Settings, SharedLogin, TOKEN_TYP, TokenType};

/// Stands in for auth-service in a test: signs tokens with a key made on the spot.
///
/// By default it is `http://auth.sso.localhost:8000`, for the domain `sso.localhost` and the service
/// `http://demo.sso.localhost:8001`.
pub struct TestIssuer {
    auth_url: String,
    cookie_domain: String,
    service_url: String,
    kid: String,
    signing: EncodingKey,
    public: Vec<u8>,
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
        // Tests end here if the system has no randomness; there is nobody to report it to.
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("randomness");
        let pkcs8 = pair.to_pkcs8v1().expect("a key just made can be written");
        let public = pair.public_key().as_ref().to_vec();
        let kid = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &public));
        Self {
            auth_url: "http://auth.sso.localhost:8000".to_owned(),
            cookie_domain: "sso.localhost".to_owned(),
            service_url: "http://demo.sso.localhost:8001".to_owned(),
            kid,
            signing: EncodingKey::from_ec_der(pkcs8.as_ref()),
            public,
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

    /// The id of the key.
    pub fn key_id(&self) -> &str {
        &self.kid
    }

    /// The public key as a JWKS document.
    pub fn jwks(&self) -> String {
        json!({"keys": [self.jwk()]}).to_string()
    }

    /// The public key as a JWK.
    pub fn jwk(&self) -> Value {
        let (x, y) = self.public[1..].split_at(32);
        json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
    }

    /// The public key as a set to verify with.
    ///
    /// # Panics
    /// Never: the set is our own.
    pub fn keys(&self) -> KeySet {
        KeySet::from_json(self.jwks().as_bytes()).expect("our own set")
    }

    /// Settings that trust this issuer.
    ///
    /// # Panics
    /// When the URLs given to [`for_domain`](Self::for_domain) or [`for_service`](Self::for_service) are unacceptable.
    pub fn settings(&self) -> Settings {
        Settings::from_lookup(|name| match name {
            "AUTH_URL" => Some(self.auth_url.clone()),
            "COOKIE_DOMAIN" => Some(self.cookie_domain.clone()),
            "SERVICE_URL" => Some(self.service_url.clone()),
            _ => None,
        })
        .expect("acceptable URLs")
    }

    /// What a consumer registers as `web::Data`, trusting this issuer.
    ///
    /// # Panics
    /// As [`settings`](Self::settings).
    pub fn login(&self) -> SharedLogin {
        SharedLogin::with_keys(self.settings(), KeySource::fixed(self.keys()))
    }

    /// Claims of an ordinary person that hold now and for five minutes. Change what the test is about.
    ///
    /// The same address gives the same `user_uuid` every time, made from the address.
    pub fn claims_for(&self, email: &str) -> Claims {
        let user = id_from(email);
        let now = unix_now();
        Claims {
            iss: self.auth_url.clone(),
            aud: self.cookie_domain.clone(),
            sub: user,
            user_uuid: user,
            sid: id_from(&format!("session of {email}")),
            jti: id_from(&format!("token of {email} at {now}")),
            iat: now,
            nbf: now,
            exp: now + 300,
            auth_time: now,
            amr: vec!["pwd".to_owned()],
            token_type: TokenType::Access,
            user_email: email.to_owned(),
            user_email_verified: true,
            user_first_name: "Test".to_owned(),
            user_last_name: "Person".to_owned(),
            user_is_staff: false,
            user_is_superuser: false,
            roles: Vec::new(),
        }
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
        let header = json!({"alg": "ES256", "typ": TOKEN_TYP, "kid": self.kid}).to_string();
        self.sign_raw(&header, &serde_json::to_string(claims).expect("plain data"))
    }

    /// A token with any header and payload, for tests of what must be refused.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signer = (aws_lc::DEFAULT_PROVIDER.signer_factory)(&Algorithm::ES256, &self.signing)
            .expect("a key of our own making");
        let signature = signer.try_sign(message.as_bytes()).expect("randomness");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
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
