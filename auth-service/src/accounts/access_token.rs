//! The claims that other services trust for a few minutes.

use std::time::Duration;

use shared_claims::{Claims, TokenType};

use super::{Session, User};
use crate::config::{AuthUrl, CookieDomain};
use crate::db::types::Timestamp;
use crate::random;

/// What a proof is dated that our clock says has not happened yet: long enough ago that nobody takes it for fresh.
const LONG_AGO: Duration = Duration::from_secs(24 * 3600);

/// What we say about `user`, from `now` on for `lifetime`, and not beyond the session, but for a second that is begun.
///
/// Services refuse a token whose times contradict each other. So, whatever the clock was set to when the session's dates were
/// noted: `nbf` is `iat`, `exp` is later, and `auth_time` is not.
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
        // Of a session that ends within this second there is this second left.
        exp: (now + lifetime).min(session.ends_at()).unix_seconds().max(issued + 1),
        auth_time: proven_at(session, now).unix_seconds(),
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

/// When the owner gave the password last, as far as the clock may be believed.
fn proven_at(session: &Session, now: Timestamp) -> Timestamp {
    match session.is_proof_believed(now) {
        true => session.proven_at().min(now),
        // The clock was ahead then, and nobody knows by how much.
        false => session.began_at.min(now - LONG_AGO),
    }
}
