//! Reads the keys from the database: verifies them, and applies the rotation steps that are due.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use diesel::QueryResult;

use super::error::KeyringError;
use super::generate;
use super::key_cache::CachedKeys;
use super::rotation::{self, Step};
use super::store::{SigningKey, State};
use super::verified_key::{KeyProblem, VerifiedKey, VerifiedKeys, shown};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::clock::Clock;
use crate::config::{KeyTimes, TokenAlgorithm};
use crate::db::AnyConnection;
use crate::sealed::SealingKeys;

/// The maximum number of consecutive steps: remove, create the first key, create the next, rotate.
const MAX_STEPS: usize = 8;

/// The secrets and settings with which an instance checks the rows.
pub(super) struct KeyReader {
    pub sealing: SealingKeys,
    pub algorithm: TokenAlgorithm,
    pub times: KeyTimes,
    pub clock: Clock,
    seen: Mutex<Seen>,
}

/// An instance's memory, which an attacker with write access to the database cannot change.
#[derive(Default)]
struct Seen {
    /// The ids of keys that were revoked.
    revoked: HashSet<String>,
    /// The ids of invalid rows that were reported.
    told: HashSet<String>,
    /// Whether a step is postponed because of the clock, which is logged once.
    puts_off: bool,
    /// The ids of keys with a date in the future that were reported.
    ahead: HashSet<String>,
}

impl KeyReader {
    pub fn new(sealing: SealingKeys, algorithm: TokenAlgorithm, times: KeyTimes, clock: Clock) -> Self {
        Self { sealing, algorithm, times, clock, seen: Mutex::default() }
    }

    /// At startup: re-seals keys of the previous secret, and makes the next key match the
    /// configured algorithm.
    pub fn prepare(&self, conn: &mut AnyConnection) -> Result<(), KeyringError> {
        self.seen().revoked.extend(AuditEvent::details_of(conn, EventKind::KeyRevoked)?);
        require_unrevoked(conn, &self.algorithm)?;
        let sorted = self.sort(conn)?;
        require_active(&sorted)?;
        reseal(conn, &sorted.ours, &self.sealing)?;
        rotation::reconcile(conn, &sorted.rows(), &self.algorithm, &self.sealing, &self.clock)?;
        Ok(())
    }

    /// Reads the keys, and applies the steps that are due.
    pub fn read(&self, conn: &mut AnyConnection) -> Result<CachedKeys, KeyringError> {
        let mut at = self.clock.running();
        let mut sorted = self.sort(conn)?;
        let now = self.clock.read(conn)?;
        for _ in 0..MAX_STEPS {
            let due = rotation::plan(&sorted.rows(), &self.times, now);
            let step = due.into_iter().find(|step| !is_blocked(step, &sorted) && self.is_time_for(step));
            let Some(step) = step else { break };
            rotation::apply(conn, &step, &self.algorithm, &self.sealing, &self.clock)?;
            at = self.clock.running();
            sorted = self.sort(conn)?;
        }
        require_active(&sorted)?;
        CachedKeys::new(sorted, at)
    }

    /// Whether the clock can be trusted for this step. If no key signs, any clock will do.
    fn is_time_for(&self, step: &Step) -> bool {
        if matches!(step, Step::CreateFirst | Step::Rotate { from: None, .. }) {
            return true;
        }
        if let Step::Redate(kid) = step {
            if self.seen().ahead.insert(kid.clone()) {
                tracing::warn!(
                    kid,
                    "a signing key has a date that is yet to come, because the clock was ahead when it was noted: it is dated \
                     anew when the clock has kept pace for an hour"
                );
            }
            // It is not known yet which of the two clocks was wrong.
            return self.clock.trust().has_kept_pace();
        }
        let is_good = self.clock.trust().is_good_for_keys();
        let was_put_off = std::mem::replace(&mut self.seen().puts_off, !is_good);
        if !is_good && !was_put_off {
            tracing::error!(
                ?step,
                "put off, because the clock is in doubt: no key is handed over, made or taken away"
            );
        }
        is_good
    }

    fn sort(&self, conn: &mut AnyConnection) -> QueryResult<VerifiedKeys> {
        let rows = SigningKey::all(conn)?;
        let (sorted, news) = {
            let mut seen = self.seen();
            let revoked = rows.iter().filter(|row| row.state() == State::Revoked);
            seen.revoked.extend(revoked.map(|row| row.kid.clone()));
            let sorted = VerifiedKeys::new(rows, &self.sealing, &seen.revoked);
            let is_new = |row: &SigningKey| !seen.told.contains(&row.kid);
            let not_ours = sorted.not_ours.iter().filter(|(row, _)| is_new(row));
            let news: Vec<_> = not_ours.map(|(row, why)| (row.kid.clone(), *why)).collect();
            (sorted, news)
        };
        // If the secret opens no key, the secret itself is wrong, and the startup error or the log
        // reports that instead.
        if !sorted.ours.is_empty() {
            self.tell(conn, news)?;
        }
        Ok(sorted)
    }

    /// Reports each invalid row once.
    fn tell(&self, conn: &mut AnyConnection, news: Vec<(String, KeyProblem)>) -> QueryResult<()> {
        for (kid, why) in news {
            let detail = format!("{}: {}", shown(&kid), why.describe());
            tracing::error!(
                kid = shown(&kid),
                why = why.describe(),
                "somebody else wrote a signing key into the database: it is neither published nor used"
            );
            conn.write(|conn| {
                let context = RequestContext::service(&self.clock).read_time(conn)?;
                AuditEvent::new(EventKind::KeyRefused, &context).detail(detail.clone()).record(conn)
            })?;
            self.seen().told.insert(kid);
        }
        Ok(())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an invalid row occupies the state that the step would fill.
fn is_blocked(step: &Step, sorted: &VerifiedKeys) -> bool {
    match step {
        Step::CreateFirst | Step::Rotate { from: None, .. } => sorted.is_taken(State::Active),
        Step::CreateNext => sorted.is_taken(State::Next),
        Step::Rotate { from: Some(_), .. } | Step::Remove(_) | Step::Redate(_) => false,
    }
}

fn require_active(sorted: &VerifiedKeys) -> Result<(), KeyringError> {
    if sorted.is_taken(State::Active) { Err(KeyringError::OtherSecret) } else { Ok(()) }
}

/// Re-seals the keys of the previous secret with the current one. Only at startup: during a rolling
/// change of the secret, instances would otherwise undo each other's work.
fn reseal(conn: &mut AnyConnection, ours: &[VerifiedKey], sealing: &SealingKeys) -> QueryResult<()> {
    for key in ours.iter().filter(|key| key.is_outdated) {
        let sealed = sealing.seal(&key.row.kid, &key.private_key);
        SigningKey::reseal(conn, &key.row.kid, &key.row.sealed_private_key, &sealed)?;
    }
    Ok(())
}

pub(super) fn require_unrevoked(
    conn: &mut AnyConnection,
    algorithm: &TokenAlgorithm,
) -> Result<(), KeyringError> {
    let TokenAlgorithm::Hs512(key) = algorithm else { return Ok(()) };
    let kid = generate::shared_key_id(key);
    let is_revoked = SigningKey::all(conn)?.iter().any(|key| key.kid == kid && key.state() == State::Revoked);
    if is_revoked { Err(KeyringError::SharedKeyRevoked) } else { Ok(()) }
}
