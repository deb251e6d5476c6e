//! API clients: they post JSON and keep no cookies.

use reqwest::Method;
use serde_json::Value;

use super::{Person, Reply};

impl Person {
    /// Posts a document to the API. The response's tokens must not be logged.
    pub async fn call(&self, path: &str, document: &Value) -> Reply {
        self.call_raw(path, document.to_string()).await
    }

    /// Posts any body to the API.
    pub async fn call_raw(&self, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        let reply = self.send(request.body(body.into())).await;
        if let Ok(Value::Object(members)) = serde_json::from_str(&reply.text) {
            for token in ["access", "refresh"].iter().filter_map(|name| members.get(*name)?.as_str()) {
                self.remember_secret(token);
            }
        }
        reply
    }

    /// Logs in by the API. Returns the access token and the refresh token.
    pub async fn obtain(&self, email: &str, password: &str) -> (String, String) {
        self.remember_secret(password);
        let reply =
            self.call("/api/token/", &serde_json::json!({"email": email, "password": password})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.pair()
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, token: &str) -> Reply {
        self.call("/api/token/refresh/", &serde_json::json!({"refresh": token})).await
    }

    /// Whether the API accepts a token.
    pub async fn verifies(&self, token: &str) -> bool {
        let reply = self.call("/api/token/verify/", &serde_json::json!({"token": token})).await;
        match reply.status.as_u16() {
            200 => {
                assert_eq!(reply.text, "{}");
                true
            }
            _ => {
                reply.assert_problem(401, "token_not_valid");
                false
            }
        }
    }

    /// Ends the session of a refresh token.
    pub async fn blacklist(&self, token: &str) -> Reply {
        self.call("/api/token/blacklist/", &serde_json::json!({"refresh": token})).await
    }
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("no JSON, but {}: {}", self.status, self.text))
    }

    /// The access and the refresh token of a document that has these two members only.
    #[track_caller]
    pub fn pair(&self) -> (String, String) {
        let document = self.json();
        let members = document.as_object().unwrap();
        assert_eq!(members.len(), 2, "{}", self.text);
        let token = |name: &str| members[name].as_str().unwrap().to_owned();
        (token("access"), token("refresh"))
    }

    /// Asserts that this is a problem document as the contract defines it (RFC 9457).
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("www-authenticate"), (status == 401).then_some("Bearer"));
        assert_eq!(self.header("retry-after").is_some(), matches!(status, 429 | 503));
        let document = self.json();
        let mut names: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let mut expected = vec!["code", "detail", "status", "title", "type"];
        if code == "login_required" {
            expected.insert(2, "login_url");
        }
        assert_eq!(names, expected, "{}", self.text);
        assert_eq!((&document["type"], &document["code"]), (&"about:blank".into(), &code.into()));
        assert_eq!(document["status"], status);
        for words in ["title", "detail"] {
            assert!(document[words].as_str().is_some_and(|words| !words.is_empty()), "{}", self.text);
        }
    }
}
