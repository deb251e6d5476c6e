//! The session of a browser's cookies, in the database.

use auth_service::sessions::{RefreshToken, Session, SessionId};

use super::{Person, TestApp};

pub const ACCESS: &str = "__Secure-sso_access";
pub const REFRESH: &str = "__Host-sso_refresh";
pub const BROWSER: &str = "__Host-sso_browser";
pub const HINT: &str = "__Secure-sso_hint";
pub const TRIP: &str = "__Host-sso_trip";

/// The claims of an access token, not verified.
pub fn claims(token: &str) -> serde_json::Value {
    use base64::Engine;
    let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

impl Person {
    /// The refresh token that this browser holds.
    pub fn refresh_token(&self) -> String {
        self.cookie(REFRESH).expect("the browser holds a refresh token")
    }

    /// The access token that this browser holds.
    pub fn access_token(&self) -> String {
        self.cookie(ACCESS).expect("the browser holds an access token")
    }

    /// The session and the generation that this browser's refresh token names.
    pub fn session_id(&self) -> SessionId {
        RefreshToken::parse(&self.refresh_token()).expect("a refresh token").session
    }
}

impl TestApp {
    /// The row of a session.
    pub async fn session(&self, id: SessionId) -> Session {
        self.sql(move |conn| Session::by_id(conn, id)).await.expect("the session has a row")
    }

    /// The row of the session that `person`'s cookie names.
    pub async fn session_of(&self, person: &Person) -> Session {
        self.session(person.session_id()).await
    }
}
