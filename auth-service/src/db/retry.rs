//! Retries transactions that the database rolled back because of a deadlock or a serialization
//! failure. A second attempt usually succeeds.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error};

use crate::random;

/// The maximum number of attempts.
const MAX_ATTEMPTS: u32 = 5;

/// An error that may contain a database error.
pub trait OfDatabase {
    /// `None` if it is not a database error.
    fn of_database(&self) -> Option<&Error>;
}

impl OfDatabase for Error {
    fn of_database(&self) -> Option<&Error> {
        Some(self)
    }
}

/// The error type of migrations.
impl OfDatabase for Box<dyn std::error::Error + Send + Sync> {
    fn of_database(&self) -> Option<&Error> {
        self.downcast_ref()
    }
}

/// Repeats the transaction while the database rolls it back, up to [`MAX_ATTEMPTS`] times. Returns
/// the last result.
pub(super) fn while_undone<T, E: OfDatabase>(mut transaction: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let mut tries = 1;
    loop {
        match transaction() {
            Err(error) if tries < MAX_ATTEMPTS && error.of_database().is_some_and(is_undone) => {
                tracing::debug!(tries, "the database undid a transaction: once more");
                std::thread::sleep(pause(tries));
                tries += 1;
            }
            other => return other,
        }
    }
}

/// A random pause, so that the conflicting transactions do not meet again: up to 15 ms at first,
/// and four times that at the end.
fn pause(tries: u32) -> Duration {
    let [chance] = random::bytes();
    Duration::from_micros(u64::from(chance) * 60 * u64::from(tries))
}

/// `40001` and `40P01` of
/// <https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html>. SQLite has
/// neither, because its writers take turns.
fn is_undone(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            information.message() == "deadlock detected" || may_be_in_other_words()
        }
        Error::RollbackErrorOnCommit { commit_error, .. } => is_undone(commit_error),
        _ => false,
    }
}

/// Whether the error may be a deadlock reported in another language. A retry is harmless, because
/// the transaction was rolled back.
#[cfg(feature = "postgres")]
fn may_be_in_other_words() -> bool {
    super::messages::are_foreign()
}

#[cfg(not(feature = "postgres"))]
fn may_be_in_other_words() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: DatabaseErrorKind, message: &str) -> Error {
        Error::DatabaseError(kind, Box::new(message.to_owned()))
    }

    /// The number of attempts if each fails in this way.
    fn tries(fails: impl Fn() -> Error) -> u32 {
        let mut tries = 0;
        let outcome: Result<(), Error> = while_undone(|| {
            tries += 1;
            Err(fails())
        });
        assert_eq!(outcome, Err(fails()));
        tries
    }

    /// Z23
    #[test]
    fn what_the_database_undid_is_begun_anew_and_nothing_else() {
        use DatabaseErrorKind as Kind;
        assert_eq!(tries(|| error(Kind::SerializationFailure, "in any language")), MAX_ATTEMPTS);
        assert_eq!(tries(|| error(Kind::Unknown, "deadlock detected")), MAX_ATTEMPTS);
        for message in
            ["database is locked", "canceling statement due to statement timeout", "no such table: x"]
        {
            assert_eq!(tries(|| error(Kind::Unknown, message)), 1, "{message}");
        }
        assert_eq!(tries(|| error(Kind::UniqueViolation, "deadlock detected")), 1);
        assert_eq!(tries(|| Error::NotFound), 1);
    }

    /// Z23
    #[test]
    fn what_succeeds_in_the_end_succeeded() {
        let mut left = 3;
        let outcome = while_undone(|| {
            left -= 1;
            if left > 0 { Err(error(DatabaseErrorKind::SerializationFailure, "again")) } else { Ok(left) }
        });
        assert_eq!(outcome, Ok(0));
    }
}
