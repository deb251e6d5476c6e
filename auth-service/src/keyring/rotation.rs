//! Key rotation: next → active → retired → gone.
//!
//! The active key signs. The next key is published long before it takes over, so that services
//! always know the key of a token. Retired keys stay published until their last token has expired.
//! The rows and the clock determine which steps are due. The first instance that notices a step
//! applies it, and guarded row updates make sure that no other one repeats it.

use std::time::Duration;

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::generate::{make, shared_key_id};
use super::store::{KeyAlgorithm, SigningKey, State};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::clock::Clock;
use crate::config::{KeyTimes, TokenAlgorithm};
use crate::db::AnyConnection;
use crate::db::types::Timestamp;
use crate::sealed::SealingKeys;

/// A step of the rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// There is no key: create one that signs at once.
    CreateFirst,
    /// There is no next key: create one.
    CreateNext,
    /// The next key becomes the active one.
    Rotate { from: Option<String>, to: String },
    /// The last token of this key has expired.
    Remove(String),
    /// A date of this key lies in the future, because the clock was ahead when it was stored.
    Redate(String),
}

/// A key date further in the future than this is an error, and not a difference between clocks.
pub(super) const AHEAD: Duration = Duration::from_secs(3600);

/// The key in a state that at most one key can have.
pub(super) fn only(keys: &[SigningKey], state: State) -> Option<&SigningKey> {
    keys.iter().find(|key| key.state() == state)
}

/// Plans the steps that are due. A pure function.
pub(super) fn plan(keys: &[SigningKey], times: &KeyTimes, now: Timestamp) -> Vec<Step> {
    let (active, next) = (only(keys, State::Active), only(keys, State::Next));
    let ahead = keys.iter().filter(|key| key.is_dated_after(now + AHEAD));
    let mut steps: Vec<Step> = ahead.map(|key| Step::Redate(key.kid.clone())).collect();
    let over = keys
        .iter()
        .filter(|key| key.state() == State::Retired)
        .filter(|key| key.retired_at.is_none_or(|retired| retired + times.keep() <= now))
        .map(|key| Step::Remove(key.kid.clone()));
    steps.extend(over);
    match (active, next) {
        (None, None) => steps.push(Step::CreateFirst),
        (None, Some(next)) => steps.push(Step::Rotate { from: None, to: next.kid.clone() }),
        // Only the operator can replace a shared key.
        (Some(active), None) if !active.is_shared() => steps.push(Step::CreateNext),
        (Some(_), None) => {}
        (Some(active), Some(next)) if hands_over_at(active, next, times).is_some_and(|then| then <= now) => {
            steps.push(Step::Rotate { from: Some(active.kid.clone()), to: next.kid.clone() });
        }
        (Some(_), Some(_)) => {}
    }
    steps
}

/// When `next` takes over from `active`; `None` if rotation is off.
///
/// If the two differ in algorithm, the setting was changed. Then the next key waits only until
/// services know it.
pub(super) fn hands_over_at(active: &SigningKey, next: &SigningKey, times: &KeyTimes) -> Option<Timestamp> {
    let known = next.created_at + times.lead();
    if active.algorithm != next.algorithm || next.is_shared() {
        return Some(known);
    }
    let began = active.activated_at.unwrap_or(active.created_at);
    times.rotation.map(|rotation| known.max(began + rotation))
}

/// Applies one step, dated when it happens. `false` if another instance was first.
pub(super) fn apply(
    conn: &mut AnyConnection,
    step: &Step,
    algorithm: &TokenAlgorithm,
    sealing: &SealingKeys,
    clock: &Clock,
) -> QueryResult<bool> {
    let work = |conn: &mut AnyConnection, context: &RequestContext| match step {
        Step::CreateFirst => {
            let fresh = make(algorithm, sealing, context.now());
            let first =
                SigningKey { state: State::Active.into(), activated_at: Some(context.now()), ..fresh };
            first.insert(conn)?;
            record(conn, EventKind::KeyCreated, &first.kid, context)?;
            record(conn, EventKind::KeyActivated, &first.kid, context)
        }
        Step::CreateNext => publish_next(conn, &make(algorithm, sealing, context.now()), context),
        Step::Rotate { from, to } => rotate(conn, from.as_deref(), to, context),
        Step::Remove(kid) => {
            require(SigningKey::remove(conn, kid, State::Retired)?)?;
            record(conn, EventKind::KeyRemoved, kid, context)
        }
        Step::Redate(kid) => {
            require(SigningKey::redate(conn, kid, context.now() + AHEAD, context.now())?)?;
            record(conn, EventKind::KeyRedated, kid, context)
        }
    };
    first_of_all(conn.write(|conn| {
        let context = RequestContext::service(clock).read_time(conn)?;
        work(conn, &context)
    }))
}

/// Rotates from the active key to the next one, within the caller's transaction.
pub(super) fn rotate(
    conn: &mut AnyConnection,
    from: Option<&str>,
    to: &str,
    context: &RequestContext,
) -> QueryResult<()> {
    if let Some(from) = from {
        require(SigningKey::change_state(conn, from, State::Active, State::Retired, context.now())?)?;
        record(conn, EventKind::KeyRetired, from, context)?;
    }
    require(SigningKey::change_state(conn, to, State::Next, State::Active, context.now())?)?;
    record(conn, EventKind::KeyActivated, to, context)
}

/// Publishes a key as the next one. A retired key that still exists is published again. Call it
/// within a transaction.
fn publish_next(conn: &mut AnyConnection, key: &SigningKey, context: &RequestContext) -> QueryResult<()> {
    if !SigningKey::change_state(conn, &key.kid, State::Retired, State::Next, context.now())? {
        key.insert(conn)?;
    }
    record(conn, EventKind::KeyCreated, &key.kid, context)
}

/// Makes the next key match the configured algorithm at startup. The change is then a normal
/// rotation, one `lead` later. `false` if another instance was first.
pub(super) fn reconcile(
    conn: &mut AnyConnection,
    keys: &[SigningKey],
    algorithm: &TokenAlgorithm,
    sealing: &SealingKeys,
    clock: &Clock,
) -> QueryResult<bool> {
    let is_wanted = |key: &SigningKey| match algorithm {
        TokenAlgorithm::Hs512(shared) => key.kid == shared_key_id(shared),
        other => key.algorithm == KeyAlgorithm::from(other).into(),
    };
    let (active, next) = (only(keys, State::Active), only(keys, State::Next));
    let is_shared = matches!(algorithm, TokenAlgorithm::Hs512(_));
    // The active shared key is the configured one, so no next key is needed.
    let needs_none = is_shared && active.is_some_and(is_wanted);
    let is_settled = match (active, next) {
        (None, _) => true,
        (Some(_), Some(next)) => !needs_none && is_wanted(next),
        (Some(active), None) => is_wanted(active),
    };
    if is_settled {
        return Ok(true);
    }
    let done = conn.write(|conn| {
        let context = &RequestContext::service(clock).read_time(conn)?;
        if let Some(next) = next {
            // It never signed, so no token depends on it.
            require(SigningKey::remove(conn, &next.kid, State::Next)?)?;
            record(conn, EventKind::KeyRemoved, &next.kid, context)?;
        }
        if needs_none {
            Ok(())
        } else {
            publish_next(conn, &make(algorithm, sealing, context.now()), context)
        }
    });
    first_of_all(done)
}

/// Rolls back if a guarded statement changed nothing, because another instance has done the same.
pub(super) fn require(was_first: bool) -> QueryResult<()> {
    if was_first { Ok(()) } else { Err(SqlError::RollbackTransaction) }
}

pub(super) fn first_of_all(done: QueryResult<()>) -> QueryResult<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(
            SqlError::RollbackTransaction | SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _),
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn record(
    conn: &mut AnyConnection,
    event: EventKind,
    kid: &str,
    context: &RequestContext,
) -> QueryResult<()> {
    AuditEvent::new(event, context).detail(kid).record(conn)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DAY: u64 = 24 * 3600;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap())
            + Duration::from_secs(seconds)
    }

    fn times() -> KeyTimes {
        KeyTimes {
            rotation: Some(Duration::from_secs(30 * DAY)),
            jwks_max_age: Duration::from_secs(300),
            skew: Duration::from_secs(5),
            token_life: Duration::from_secs(300),
        }
    }

    fn key(kid: &str, algorithm: &str, state: State, since: u64) -> SigningKey {
        SigningKey {
            kid: kid.to_owned(),
            algorithm: algorithm.to_owned().into(),
            state: state.into(),
            public_jwk: None,
            sealed_private_key: Vec::new(),
            created_at: at(if state == State::Next { since } else { 0 }),
            activated_at: (state != State::Next).then(|| at(if state == State::Active { since } else { 0 })),
            retired_at: (state == State::Retired).then(|| at(since)),
        }
    }

    fn rotate(from: &str, to: &str) -> Step {
        Step::Rotate { from: Some(from.to_owned()), to: to.to_owned() }
    }

    #[test]
    fn what_is_due_is_read_off_the_rows_and_the_clock() {
        use State::{Active, Next, Retired, Revoked};
        let (a, n) = (key("a", "ES256", Active, 0), key("n", "ES256", Next, 0));
        let month = 30 * DAY;
        for (name, keys, now, expected) in [
            ("an empty database", vec![], 0, vec![Step::CreateFirst]),
            ("all are revoked", vec![key("x", "ES256", Revoked, 0)], 0, vec![Step::CreateFirst]),
            ("none to follow", vec![a.clone()], 0, vec![Step::CreateNext]),
            ("none that signs", vec![n.clone()], 0, vec![Step::Rotate { from: None, to: "n".into() }]),
            ("a young key", vec![a.clone(), n.clone()], month - 1, vec![]),
            ("a key of thirty days", vec![a.clone(), n.clone()], month, vec![rotate("a", "n")]),
            // K3
            ("a next key that is new", vec![a.clone(), key("n", "ES256", Next, month)], month + 304, vec![]),
            (
                "a next key that everybody knows",
                vec![a.clone(), key("n", "ES256", Next, month)],
                month + 305,
                vec![rotate("a", "n")],
            ),
            ("another algorithm, new", vec![a.clone(), key("n", "EdDSA", Next, 10)], 314, vec![]),
            (
                "another algorithm, known",
                vec![a.clone(), key("n", "EdDSA", Next, 10)],
                315,
                vec![rotate("a", "n")],
            ),
            ("a shared key alone", vec![key("s", "HS512", Active, 0)], 99 * DAY, vec![]),
            (
                "another shared key",
                vec![key("s", "HS512", Active, 0), key("t", "HS512", Next, 0)],
                305,
                vec![rotate("s", "t")],
            ),
            // K4: token lifetime, skew and max-age after it last signed.
            ("a retired key", vec![a.clone(), n.clone(), key("r", "ES256", Retired, 100)], 704, vec![]),
            (
                "a retired key whose tokens ran out",
                vec![a.clone(), n.clone(), key("r", "ES256", Retired, 100)],
                705,
                vec![Step::Remove("r".into())],
            ),
        ] {
            assert_eq!(plan(&keys, &times(), at(now)), expected, "{name}");
        }
    }

    #[test]
    fn with_rotation_off_only_a_change_of_settings_rotates() {
        let off = KeyTimes { rotation: None, ..times() };
        let a = key("a", "ES256", State::Active, 0);
        let same = [a.clone(), key("n", "ES256", State::Next, 0)];
        assert_eq!(plan(&same, &off, at(3650 * DAY)), []);
        let other = [a, key("n", "EdDSA", State::Next, 0)];
        assert_eq!(plan(&other, &off, at(305)), [rotate("a", "n")]);
    }

    #[test]
    fn a_clock_that_went_back_a_little_makes_nothing_due() {
        let keys = [
            key("a", "ES256", State::Active, 1000),
            key("n", "ES256", State::Next, 1000),
            key("r", "ES256", State::Retired, 1000),
        ];
        assert_eq!(plan(&keys, &times(), at(0)), []);
    }

    /// Z13: otherwise nothing would be due until that date.
    #[test]
    fn a_key_of_a_clock_that_was_years_ahead_is_dated_anew() {
        let later = 14 * 365 * DAY;
        let keys = [
            key("a", "ES256", State::Active, later),
            key("n", "ES256", State::Next, later),
            key("r", "ES256", State::Retired, later),
            key("s", "ES256", State::Retired, 0),
        ];
        let redate = |kid: &str| Step::Redate(kid.to_owned());
        assert_eq!(plan(&keys[..3], &times(), at(DAY)), ["a", "n", "r"].map(redate));
        assert_eq!(
            plan(&keys[3..], &times(), at(0)),
            [Step::CreateFirst],
            "a date of now is none of the future"
        );
    }
}
