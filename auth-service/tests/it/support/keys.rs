//! The signing keys in the database, in the JWKS and in tokens.

use auth_service::keyring::{SigningKey, State};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use shared_claims::{Claims, KeySet, Rejection, Verifier};

use super::{ACCESS, PASSWORD, TestApp};

/// The `kid` and `alg` of a token's header, not verified.
pub fn header(token: &str) -> (String, String) {
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    let text = |name: &str| header[name].as_str().unwrap().to_owned();
    (text("kid"), text("alg"))
}

/// The ids in a JWKS document, in order.
pub fn kids(jwks: &str) -> Vec<String> {
    let set: serde_json::Value = serde_json::from_str(jwks).unwrap();
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

impl TestApp {
    /// The rows, the active one first.
    pub async fn keys(&self) -> Vec<SigningKey> {
        self.sql(SigningKey::all).await
    }

    /// The id of the one key in `state`.
    pub async fn kid(&self, state: State) -> String {
        let keys = self.keys().await;
        let mut found = keys.iter().filter(|key| key.state() == state);
        let kid = found.next().unwrap_or_else(|| panic!("no {state:?} key among {keys:?}")).kid.clone();
        assert!(found.next().is_none(), "{keys:?}");
        kid
    }

    /// The JWKS document that services fetch.
    pub async fn jwks(&self) -> String {
        let reply = self.person().get("/.well-known/jwks.json").await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.text
    }

    /// An access token of a new login. The account is created if it does not exist.
    pub async fn token(&self) -> String {
        let person = self.person();
        let mut reply = person.log_in("keys@example.org", PASSWORD).await;
        if reply.status == 401 {
            self.user("keys@example.org", PASSWORD).await;
            reply = person.log_in("keys@example.org", PASSWORD).await;
        }
        assert_eq!(reply.status, 303, "{}", reply.text);
        reply.cookie(ACCESS).unwrap().value
    }

    /// The result of verifying a token with these keys now.
    pub fn judge(&self, token: &str, keys: &KeySet) -> Result<Claims, Rejection> {
        let verifier = Verifier::new("https://auth.example.org", "example.org");
        verifier.verify_at(token, keys, self.clock.now().unix_seconds())
    }

    /// The result with a document that was fetched earlier.
    pub fn judge_by(&self, token: &str, jwks: &str) -> Result<Claims, Rejection> {
        self.judge(token, &KeySet::from_json(jwks.as_bytes()).unwrap())
    }
}
