//! Claim validation: it reads claims from a signed payload and checks that they are valid now.

use uuid::Uuid;

use crate::json::{Members, Value};
use crate::{Claims, LEEWAY_SECONDS, Rejection, TokenType};

/// The last second of the year 9999: the latest time that date libraries agree on, and far from any
/// overflow.
const LATEST: u64 = 253_402_300_799;

/// Reads the claims, each of exactly its type. Unknown members are ignored.
pub(crate) fn read(mut members: Members) -> Result<Claims, Rejection> {
    let m = &mut members;
    Ok(Claims {
        iss: text(m, "iss")?,
        aud: text(m, "aud")?,
        token_type: match text(m, "token_type")?.as_str() {
            "access" => TokenType::Access,
            _ => return Err(Rejection::WrongTokenType),
        },
        sub: id(m, "sub")?,
        user_uuid: id(m, "user_uuid")?,
        sid: id(m, "sid")?,
        jti: id(m, "jti")?,
        iat: time(m, "iat")?,
        nbf: time(m, "nbf")?,
        exp: time(m, "exp")?,
        auth_time: time(m, "auth_time")?,
        amr: list(m, "amr")?,
        user_email: text(m, "user_email")?,
        user_email_verified: flag(m, "user_email_verified")?,
        user_first_name: optional_text(m, "user_first_name")?,
        user_last_name: optional_text(m, "user_last_name")?,
        user_is_staff: flag(m, "user_is_staff")?,
        user_is_superuser: flag(m, "user_is_superuser")?,
        roles: list(m, "roles")?,
    })
}

/// What claims are compared with: issuer, audience, and the longest lifetime in seconds.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) max_life: i64,
}

/// Checks the claims against what is expected and the current time.
pub(crate) fn check(expected: &Expected, claims: &Claims, now: i64) -> Result<(), Rejection> {
    let ahead = now.saturating_add(LEEWAY_SECONDS);
    let refused = [
        (claims.iss != expected.issuer, Rejection::WrongIssuer),
        (claims.aud != expected.audience, Rejection::WrongAudience),
        (claims.sub != claims.user_uuid, Rejection::SubjectMismatch),
        (claims.exp <= claims.iat || claims.exp <= claims.nbf, Rejection::NeverValid),
        (claims.exp - claims.iat > expected.max_life, Rejection::LifeTooLong),
        (now >= claims.exp + LEEWAY_SECONDS, Rejection::Expired),
        (claims.nbf > ahead, Rejection::NotYetValid),
        (claims.iat > ahead, Rejection::IssuedInFuture),
        (claims.auth_time > ahead, Rejection::AuthTimeInFuture),
    ];
    match refused.into_iter().find(|(holds, _)| *holds) {
        Some((_, cause)) => Err(cause),
        None => Ok(()),
    }
}

fn take(members: &mut Members, name: &'static str) -> Result<Value, Rejection> {
    members.remove(name).ok_or(Rejection::MissingClaim(name))
}

fn text(members: &mut Members, name: &'static str) -> Result<String, Rejection> {
    match take(members, name)? {
        Value::String(value) => Ok(value),
        _ => Err(Rejection::BadClaim(name)),
    }
}

fn optional_text(members: &mut Members, name: &'static str) -> Result<String, Rejection> {
    if members.contains_key(name) { text(members, name) } else { Ok(String::new()) }
}

fn flag(members: &mut Members, name: &'static str) -> Result<bool, Rejection> {
    match take(members, name)? {
        Value::Bool(value) => Ok(value),
        _ => Err(Rejection::BadClaim(name)),
    }
}

fn list(members: &mut Members, name: &'static str) -> Result<Vec<String>, Rejection> {
    match take(members, name)? {
        Value::Strings(values) => Ok(values),
        _ => Err(Rejection::BadClaim(name)),
    }
}

fn time(members: &mut Members, name: &'static str) -> Result<i64, Rejection> {
    match take(members, name)? {
        Value::Int(value) if value <= LATEST => i64::try_from(value).map_err(|_| Rejection::BadClaim(name)),
        _ => Err(Rejection::BadClaim(name)),
    }
}

/// A UUID in its canonical form, so that two spellings never name one user.
fn id(members: &mut Members, name: &'static str) -> Result<Uuid, Rejection> {
    let value = text(members, name)?;
    match Uuid::try_parse(&value) {
        Ok(id) if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == value.as_str() => Ok(id),
        _ => Err(Rejection::BadClaim(name)),
    }
}
