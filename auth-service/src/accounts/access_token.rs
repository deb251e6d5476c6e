//! The claims that other services trust for a few minutes.

use std::time::Duration;

use shared_claims::{Claims, TokenType};

use super::{Session, User};
use crate::config::{AuthUrl, CookieDomain};
use crate::db::types::Timestamp;
use crate::random;

/// What we say about `user`, from `now` on for `lifetime`, and never beyond the session.
pub fn claims(
    user: &User,
    session: &Session,
    issuer: &AuthUrl,
    audience: &CookieDomain,
    lifetime: Duration,
    now: Timestamp,
) -> Claims {
    let issued = now.unix_seconds();
    Claims {
        iss: issuer.origin(),
        aud: audience.as_str().to_owned(),
        sub: user.id.uuid(),
        user_uuid: user.id.uuid(),
        sid: session.id.uuid(),
        jti: random::uuid_v4(),
        iat: issued,
        nbf: issued,
        exp: (now + lifetime).min(session.ends_at()).unix_seconds(),
        auth_time: session.proven_at().unix_seconds(),
        amr: session.amr.split(' ').map(str::to_owned).collect(),
        token_type: TokenType::Access,
        user_email: user.email.to_string(),
        user_email_verified: user.email_verified_at.is_some(),
        user_first_name: user.first_name.clone(),
        user_last_name: user.last_name.clone(),
        user_is_staff: user.is_staff,
        user_is_superuser: user.is_superuser,
        roles: user.roles.iter().map(str::to_owned).collect(),
    }
}
