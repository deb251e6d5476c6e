//! Claims of an access token: what it says about a person (RFC 7519).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The claims of an access token, which auth-service signs and every service reads.
///
/// A value proves an identity only if [`Verifier`](crate::Verifier) returned it. Deserialising one,
/// for logs or tests, checks nothing.
///
/// Times are whole seconds since 1970 (`NumericDate` of RFC 7519, section 2, restricted to
/// integers).
///
/// New claims may come in any version, so there are no struct literals: [`Claims::new`] makes a
/// value, and the fields can be set.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: `AUTH_URL` without a trailing slash.
    pub iss: String,
    /// The audience: `COOKIE_DOMAIN`. One domain-wide cookie is one audience.
    pub aud: String,
    /// The subject: the user, always equal to [`user_uuid`](Self::user_uuid).
    pub sub: Uuid,
    /// The user's id. A service files its own data under it.
    pub user_uuid: Uuid,
    /// The session at auth-service that this token came from.
    pub sid: Uuid,
    /// The id of this token.
    pub jti: Uuid,
    /// When the token was issued.
    pub iat: i64,
    /// When the token becomes valid.
    pub nbf: i64,
    /// When the token expires.
    pub exp: i64,
    /// When the person last authenticated.
    pub auth_time: i64,
    /// How they authenticated, in the terms of RFC 8176: `pwd`, `otp`, `hwk`, `mfa`.
    pub amr: Vec<String>,
    /// Always `access`; Django's simplejwt asks for it.
    pub token_type: TokenType,
    /// The e-mail address, as normalised by auth-service.
    pub user_email: String,
    /// Whether the person has confirmed that they read mail at this address.
    pub user_email_verified: bool,
    /// May be empty.
    #[serde(default)]
    pub user_first_name: String,
    /// May be empty.
    #[serde(default)]
    pub user_last_name: String,
    /// May use what staff use.
    pub user_is_staff: bool,
    /// May do everything.
    pub user_is_superuser: bool,
    /// Roles that the operator has given to the person.
    pub roles: Vec<String>,
}

impl Claims {
    /// Creates the claims of a new token, for programs that sign tokens. It sets what every token
    /// must have, and nothing about the person.
    ///
    /// `nbf` and `auth_time` are `issued_at`. Names, roles and `amr` are empty, and no right is
    /// given. Set the fields that differ.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        user: Uuid,
        session: Uuid,
        token: Uuid,
        issued_at: i64,
        expires_at: i64,
    ) -> Self {
        Self {
            iss: issuer.into(),
            aud: audience.into(),
            sub: user,
            user_uuid: user,
            sid: session,
            jti: token,
            iat: issued_at,
            nbf: issued_at,
            exp: expires_at,
            auth_time: issued_at,
            amr: Vec::new(),
            token_type: TokenType::Access,
            user_email: String::new(),
            user_email_verified: false,
            user_first_name: String::new(),
            user_last_name: String::new(),
            user_is_staff: false,
            user_is_superuser: false,
            roles: Vec::new(),
        }
    }

    /// The person's name for a greeting: both names, or one, or the e-mail address if there is
    /// none.
    pub fn full_name(&self) -> String {
        let name = format!("{} {}", self.user_first_name, self.user_last_name);
        match name.trim() {
            "" => self.user_email.clone(),
            name => name.to_owned(),
        }
    }

    /// Whether the person has the role. The comparison is exact.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|r| r == role)
    }
}

/// The `token_type` claim: only access tokens reach a consumer.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenType {
    /// `"access"`.
    Access,
}

/// A role as a type, for the extractor `HasRole`.
///
/// ```
/// struct Editor;
///
/// impl shared_claims::Role for Editor {
///     const NAME: &str = "editor";
/// }
/// ```
pub trait Role: 'static {
    /// Its name, as the operator gives it. Compared exactly.
    const NAME: &'static str;
}
