//! The operator's key commands: rotation, revocation, and the schedule of each key.

use diesel::QueryResult;

use super::rotation::{self, AHEAD, first_of_all, hands_over_at, only, record, require};
use super::store::{SigningKey, State};
use crate::audit::{EventKind, RequestContext};
use crate::config::KeyTimes;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// Why a key was not rotated or revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyAdminError {
    #[error("there is no next key yet; a running service makes one within seconds")]
    NoNext,
    #[error(
        "the active key is JWT_SIGNING_KEY, which has no next: set another JWT_SIGNING_KEY, or another \
         TOKEN_ALGORITHM, and restart; that is a rotation"
    )]
    SharedKey,
    #[error("services may not know the next key before {}; try again then", .0.format_utc())]
    TooSoon(Timestamp),
    #[error(
        "the next key is dated {}, which is yet to come: the clock was ahead when it was made. A running service dates it \
         anew when its clock has kept pace for an hour; --clock-is-right does so now", .0.format_utc()
    )]
    DatedAhead(Timestamp),
    #[error("there is no key {0}; see `auth-service keys list`")]
    Unknown(String),
    #[error("the key {0} is revoked already")]
    RevokedBefore(String),
    #[error("the keys changed in between; look at `auth-service keys list` and try again")]
    Changed,
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// Rotates to the next key now, if services have had time to fetch it. Returns the key that signs
/// from now on.
pub fn rotate(
    conn: &mut AnyConnection,
    times: &KeyTimes,
    context: &RequestContext,
) -> Result<String, KeyAdminError> {
    let now = context.now();
    let keys = SigningKey::all(conn)?;
    let active = only(&keys, State::Active);
    let Some(next) = only(&keys, State::Next) else {
        let is_shared = active.is_some_and(|key| key.is_shared());
        return Err(if is_shared { KeyAdminError::SharedKey } else { KeyAdminError::NoNext });
    };
    if next.is_dated_after(now + AHEAD) {
        return Err(KeyAdminError::DatedAhead(next.created_at));
    }
    let known = next.created_at + times.lead();
    if now < known {
        return Err(KeyAdminError::TooSoon(known));
    }
    let from = active.map(|key| key.kid.as_str());
    let done = conn.write(|conn| rotation::rotate(conn, from, &next.kid, context));
    if first_of_all(done)? { Ok(next.kid.clone()) } else { Err(KeyAdminError::Changed) }
}

/// Corrects every key date that lies in the future, and returns the ids of these keys.
pub fn redate(conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<Vec<String>> {
    let now = context.now();
    conn.write(|conn| {
        let keys = SigningKey::all(conn)?.into_iter().filter(|key| key.is_dated_after(now + AHEAD));
        let kids: Vec<String> = keys.map(|key| key.kid).collect();
        for kid in &kids {
            SigningKey::redate(conn, kid, now + AHEAD, now)?;
            record(conn, EventKind::KeyRedated, kid, context)?;
        }
        Ok(kids)
    })
}

/// Revokes a key at once: it no longer signs and is no longer published. If it was the active one,
/// the next key takes over, even if services have not fetched it yet.
pub fn revoke(conn: &mut AnyConnection, kid: &str, context: &RequestContext) -> Result<State, KeyAdminError> {
    let keys = SigningKey::all(conn)?;
    let key = keys.iter().find(|key| key.kid == kid).ok_or_else(|| KeyAdminError::Unknown(kid.to_owned()))?;
    let next = only(&keys, State::Next).map(|next| next.kid.as_str());
    let state = key.state();
    match (state, next) {
        (State::Revoked, _) => return Err(KeyAdminError::RevokedBefore(kid.to_owned())),
        (State::Active, None) if key.is_shared() => return Err(KeyAdminError::SharedKey),
        // If there is no next key, a running service creates one that signs at once. Services do
        // not know its id and fetch the keys again, which is better than using a key that may be
        // stolen.
        _ => {}
    }
    let done = conn.write(|conn| revoke_and_hand_over(conn, key, next, context));
    if first_of_all(done)? { Ok(state) } else { Err(KeyAdminError::Changed) }
}

fn revoke_and_hand_over(
    conn: &mut AnyConnection,
    key: &SigningKey,
    next: Option<&str>,
    context: &RequestContext,
) -> QueryResult<()> {
    require(SigningKey::change_state(conn, &key.kid, key.state(), State::Revoked, context.now())?)?;
    if let (State::Active, Some(next)) = (key.state(), next) {
        rotation::rotate(conn, None, next, context)?;
    }
    record(conn, EventKind::KeyRevoked, &key.kid, context)
}

/// Revokes every key except shared ones, and returns their number. A running service, or the next
/// one that starts, creates new keys. Services have a shared key from their settings, so it stays.
/// Call it within a transaction.
pub fn revoke_all(conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<usize> {
    let mut revoked = 0;
    for key in SigningKey::all(conn)?.iter().filter(|key| !key.is_shared()) {
        if SigningKey::revoke(conn, &key.kid, context.now())? {
            record(conn, EventKind::KeyRevoked, &key.kid, context)?;
            revoked += 1;
        }
    }
    Ok(revoked)
}

/// A key's next event, as text for the operator.
pub struct KeySchedule(pub String);

impl KeySchedule {
    /// Describes `key`, given all `keys`.
    pub fn of(key: &SigningKey, keys: &[SigningKey], times: &KeyTimes, now: Timestamp) -> Self {
        if key.is_dated_after(now + AHEAD) {
            return Self(
                "has a date that is yet to come: a running service dates it anew when its clock has kept pace for an hour"
                    .to_owned(),
            );
        }
        let since = |moment: Option<Timestamp>| moment.unwrap_or(key.created_at).format_utc();
        Self(match key.state() {
            State::Active => {
                let handover = match only(keys, State::Next) {
                    Some(next) => match hands_over_at(key, next, times) {
                        Some(then) => format!("hands over to the next key after {}", then.format_utc()),
                        None => "hands over only when told to: rotation is off".to_owned(),
                    },
                    None if key.is_shared() => "stays until the settings name another".to_owned(),
                    None => "a running service makes the next key within seconds".to_owned(),
                };
                format!("signs since {}; {handover}", since(key.activated_at))
            }
            State::Next => format!(
                "published since {}; services know it from {} on",
                key.created_at.format_utc(),
                (key.created_at + times.lead()).format_utc()
            ),
            State::Retired => format!(
                "signed until {}; published until {}, when its last token has run out",
                since(key.retired_at),
                (key.retired_at.unwrap_or(key.created_at) + times.keep()).format_utc()
            ),
            State::Revoked if key.is_shared() => format!(
                "taken out of service on {}; services accept it as long as JWT_SIGNING_KEY is in their settings",
                since(key.retired_at)
            ),
            State::Revoked => format!(
                "taken out of service on {}; services refuse its tokens since {} at the latest",
                since(key.retired_at),
                (key.retired_at.unwrap_or(key.created_at) + times.jwks_max_age).format_utc()
            ),
        })
    }
}
