//! Access tokens: the claims that other services trust for a few minutes.

use std::time::Duration;

use shared_claims::Claims;

use crate::config::{AuthUrl, CookieDomain};
use crate::db::types::Timestamp;
use crate::random;
use crate::sessions::Session;
use crate::users::User;

/// The age of an authentication that lies in the future by our clock, so that no service takes it
/// for recent.
const LONG_AGO: Duration = Duration::from_secs(24 * 3600);

/// The claims about `user`, valid from `now` for `lifetime`. They do not outlast the session,
/// except for the rest of a second that has begun.
///
/// Services refuse a token with contradictory times. So the claims are consistent even if the clock
/// was wrong when the session's dates were stored: `nbf` is `iat`, `exp` is later, and `auth_time`
/// is not.
pub fn claims(
    user: &User,
    session: &Session,
    issuer: &AuthUrl,
    audience: &CookieDomain,
    lifetime: Duration,
    now: Timestamp,
) -> Claims {
    let issued = now.unix_seconds();
    // A session that ends within this second gets one more second.
    let expires = (now + lifetime).min(session.ends_at()).unix_seconds().max(issued + 1);
    let (user_id, session_id, token_id) = (user.id.uuid(), session.id.uuid(), random::uuid_v4());
    let (issuer, audience) = (issuer.origin(), audience.as_str());
    let mut claims = Claims::new(issuer, audience, user_id, session_id, token_id, issued, expires);
    claims.auth_time = authenticated_at(session, now).unix_seconds();
    claims.amr = session.amr.methods().map(|method| method.to_string()).collect();
    claims.user_email = user.email.to_string();
    claims.user_email_verified = user.email_verified_at.is_some();
    claims.user_first_name = user.first_name.clone();
    claims.user_last_name = user.last_name.clone();
    claims.user_is_staff = user.is_staff;
    claims.user_is_superuser = user.is_superuser;
    claims.roles = user.roles.iter().map(str::to_owned).collect();
    claims
}

/// When the owner last authenticated, as far as the stored date is plausible.
fn authenticated_at(session: &Session, now: Timestamp) -> Timestamp {
    match session.is_authentication_time_plausible(now) {
        true => session.authenticated_at().min(now),
        // The clock was ahead at that time by an unknown amount.
        false => session.began_at.min(now - LONG_AGO),
    }
}
