//! Temporary errors: clients get `503` with a time to retry, and not the `500` of a bug.
//!
//! Diesel classifies only a few errors, and hides SQLite's extended result code and PostgreSQL's
//! SQLSTATE. So the rest is recognized by its text. SQLite's texts are compiled in and always the
//! same. PostgreSQL's are those of its sources, for servers whose `lc_messages` is English or `C`.
//! An error in another language counts as a bug.

use diesel::result::{DatabaseErrorKind, Error};

/// The reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// No connection, or it broke; the server is starting or stopping.
    Unreachable,
    /// Another transaction was in the way, or a timeout passed.
    Busy,
    /// No space on the disk, no memory, or no free connection.
    Full,
    /// Reads work but writes fail: a standby, a read-only file system, or a file of another user.
    ReadOnly,
    /// The disk has errors.
    Broken,
}

impl Unavailable {
    /// `None` for errors that do not go away: a bug, a missing table, a damaged file.
    pub fn reason(error: &Error) -> Option<Self> {
        use DatabaseErrorKind as Kind;
        match error {
            Error::DatabaseError(kind, information) => match kind {
                Kind::ClosedConnection | Kind::UnableToSendCommand => Some(Self::Unreachable),
                Kind::SerializationFailure => Some(Self::Busy),
                Kind::ReadOnlyTransaction => Some(Self::ReadOnly),
                Kind::UniqueViolation
                | Kind::ForeignKeyViolation
                | Kind::NotNullViolation
                | Kind::CheckViolation
                | Kind::RestrictViolation
                | Kind::ExclusionViolation => None,
                _ => Self::told(information.message()),
            },
            // The commit failed first; the failed rollback is only a consequence.
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::reason(commit_error),
            Error::BrokenTransactionManager => Some(Self::Unreachable),
            _ => None,
        }
    }

    /// Recognizes the start of the database's message, or an operating system error inside it.
    fn told(message: &str) -> Option<Self> {
        let is_so = |(text, _): &&(&str, Self)| message.starts_with(text);
        let of_system = |(text, _): &&(&str, Self)| message.contains(text);
        let found = SYSTEM.iter().find(of_system).or_else(|| SQLITE.iter().chain(POSTGRES).find(is_so));
        found.map(|(_, reason)| *reason)
    }

    /// For the log.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Unreachable => "the database cannot be reached",
            Self::Busy => "the database is busy",
            Self::Full => "the database has no room left",
            Self::ReadOnly => "the database is read-only",
            Self::Broken => "the database's disk fails",
        }
    }
}

/// Operating system errors at the end of either database's messages.
const SYSTEM: &[(&str, Unavailable)] = &[
    ("No space left on device", Unavailable::Full),
    ("Disk quota exceeded", Unavailable::Full),
    ("Read-only file system", Unavailable::ReadOnly),
];

/// <https://www.sqlite.org/rescode.html>, with the texts of `sqlite3_errstr`.
const SQLITE: &[(&str, Unavailable)] = &[
    ("database is locked", Unavailable::Busy),        // SQLITE_BUSY
    ("database table is locked", Unavailable::Busy),  // SQLITE_LOCKED
    ("database schema is locked", Unavailable::Busy), // SQLITE_LOCKED
    ("locking protocol", Unavailable::Busy),          // SQLITE_PROTOCOL
    ("interrupted", Unavailable::Busy),               // SQLITE_INTERRUPT
    ("database or disk is full", Unavailable::Full),  // SQLITE_FULL
    ("out of memory", Unavailable::Full),             // SQLITE_NOMEM; PostgreSQL 53200
    ("attempt to write a readonly database", Unavailable::ReadOnly), // SQLITE_READONLY
    ("disk I/O error", Unavailable::Broken),          // SQLITE_IOERR
    ("unable to open database file", Unavailable::Unreachable), // SQLITE_CANTOPEN
];

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const POSTGRES: &[(&str, Unavailable)] = &[
    ("canceling statement due to", Unavailable::Busy), // 57014, 55P03, 40001: a deadline, a lock's deadline, a standby
    ("deadlock detected", Unavailable::Busy),          // 40P01
    ("could not obtain lock on", Unavailable::Busy),   // 55P03
    ("could not serialize access", Unavailable::Busy), // 40001
    ("terminating connection", Unavailable::Unreachable), // 57P01, 25P03
    ("the database system is", Unavailable::Unreachable), // 57P03: starting up, shutting down, in recovery mode
    ("sorry, too many clients already", Unavailable::Full), // 53300
    ("remaining connection slots are reserved", Unavailable::Full), // 53300
    ("too many connections for", Unavailable::Full),      // 53300: a role, a database
    ("out of shared memory", Unavailable::Full),          // 53200
    ("could not resize shared memory segment", Unavailable::Full), // 53100
    ("could not extend file", Unavailable::Full),         // 53100
    ("could not write", Unavailable::Broken),             // 58030
    ("could not read", Unavailable::Broken),              // 58030
    ("could not fsync", Unavailable::Broken),             // 58030
    ("could not open file", Unavailable::Broken),         // 58030, 58P01
    ("cannot execute", Unavailable::ReadOnly), // 25006, where it comes without its kind: during recovery
];

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: DatabaseErrorKind, message: &str) -> Error {
        Error::DatabaseError(kind, Box::new(message.to_owned()))
    }

    /// Z20
    #[test]
    fn what_passes_or_is_the_operators_is_told_from_what_is_a_bug() {
        use DatabaseErrorKind as Kind;
        for (message, reason) in [
            ("database is locked", Unavailable::Busy),
            ("database table is locked: users", Unavailable::Busy),
            ("database or disk is full", Unavailable::Full),
            ("disk I/O error", Unavailable::Broken),
            ("attempt to write a readonly database", Unavailable::ReadOnly),
            ("unable to open database file", Unavailable::Unreachable),
            ("canceling statement due to statement timeout", Unavailable::Busy),
            ("canceling statement due to lock timeout", Unavailable::Busy),
            ("deadlock detected", Unavailable::Busy),
            ("sorry, too many clients already", Unavailable::Full),
            ("could not extend file \"base/5/1259\": No space left on device", Unavailable::Full),
            ("could not write to file \"base/pgsql_tmp/x\": No space left on device", Unavailable::Full),
            ("could not fsync file \"base/5/1259\": Read-only file system", Unavailable::ReadOnly),
            ("could not read block 3 in file \"base/5/1259\": Input/output error", Unavailable::Broken),
            ("the database system is shutting down", Unavailable::Unreachable),
            ("terminating connection due to administrator command", Unavailable::Unreachable),
            ("cannot execute INSERT during recovery", Unavailable::ReadOnly),
        ] {
            assert_eq!(Unavailable::reason(&error(Kind::Unknown, message)), Some(reason), "{message}");
        }
        for (kind, reason) in [
            (Kind::ClosedConnection, Unavailable::Unreachable),
            (Kind::SerializationFailure, Unavailable::Busy),
            (Kind::ReadOnlyTransaction, Unavailable::ReadOnly),
        ] {
            // Independent of the server's language.
            assert_eq!(Unavailable::reason(&error(kind, "nichts geht mehr")), Some(reason));
        }
        for message in [
            "no such table: sessions",
            "relation \"sessions\" does not exist",
            "database disk image is malformed",
            "file is not a database",
            "syntax error at or near \"SELEKT\"",
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "current transaction is aborted, commands ignored until end of transaction block",
            "value too long for type character varying(5): database is locked",
        ] {
            assert_eq!(Unavailable::reason(&error(Kind::Unknown, message)), None, "{message}");
        }
        // Text from a row must not be taken for the database's own message.
        assert_eq!(Unavailable::reason(&error(Kind::UniqueViolation, "database is locked")), None);
        assert_eq!(Unavailable::reason(&Error::NotFound), None);
    }

    /// Z20
    #[test]
    fn a_commit_that_failed_is_judged_by_its_own_words() {
        let both = Error::RollbackErrorOnCommit {
            rollback_error: Box::new(error(DatabaseErrorKind::Unknown, "no transaction is active")),
            commit_error: Box::new(error(DatabaseErrorKind::Unknown, "database or disk is full")),
        };
        assert_eq!(Unavailable::reason(&both), Some(Unavailable::Full));
    }
}
