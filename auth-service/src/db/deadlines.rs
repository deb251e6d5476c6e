//! Timeouts of the database. Each is longer than those that it encloses, so that the code that
//! knows most about a delay ends it.
//!
//! A server that stands still ends nothing itself, and its kernel goes on acknowledging packets. So
//! the waiting side gives up too; the thread that asked is left behind until the server moves on or
//! its connection breaks.

use std::time::Duration;

#[cfg(feature = "postgres")]
use diesel::QueryResult;

#[cfg(feature = "postgres")]
use super::AnyConnection;

/// How long statements may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeouts {
    /// Somebody waits for an answer.
    Service,
    /// A command takes the time that it takes.
    Command,
}

/// How long a request waits for its turn at the database.
pub const TURN: Duration = Duration::from_secs(4);

/// How long a request waits in all for one piece of work. Then it is told to come back later.
pub const ANSWER: Duration = Duration::from_secs(5);

/// How long work waits that nobody waits for.
pub const BACKGROUND: Duration = Duration::from_secs(120);

/// How long an end waits for work that has begun, so that what it writes is in the file too.
pub const CLOSE: Duration = Duration::from_secs(3);

/// How long a command waits for a server that answers nobody else either.
pub(super) const STANDSTILL: Duration = Duration::from_secs(15);

/// Timeout for an answer of another application's server that is being read.
pub(super) const FOREIGN: Duration = Duration::from_secs(20);

/// How long a writer waits for another, in this process or, trying now and then, in another one.
#[cfg(feature = "sqlite")]
pub(super) fn sqlite(timeouts: Timeouts) -> Duration {
    match timeouts {
        Timeouts::Service => Duration::from_secs(4),
        Timeouts::Command => Duration::from_secs(15),
    }
}

/// What PostgreSQL may take for a statement, for a lock within it, and for the next statement of a
/// transaction to come. Set where nobody else did: neither the URL nor the role or the database.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES: &str = "\
    SELECT set_config(name, span, false) FROM pg_settings JOIN (VALUES \
        ('lock_timeout', '3s'), ('statement_timeout', '4s'), ('idle_in_transaction_session_timeout', '10s') \
    ) AS ours (name, span) USING (name) \
    WHERE source NOT IN ('client', 'user', 'database', 'database user')";

/// READ COMMITTED, whatever the default of the server, the database or the role is: also for
/// statements that are no part of a transaction. What must not happen twice is decided by locks and
/// guarded updates, which see what was committed last; a stricter level would refuse them instead.
#[cfg(feature = "postgres")]
pub(super) const ISOLATION: &str =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// What the client's library may take: to connect, and to find out that nobody is at the other end
/// any more.
#[cfg(feature = "postgres")]
const CONNECTION: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "9000"),
];

/// The URL with [`CONNECTION`], but for what it sets itself.
#[cfg(feature = "postgres")]
pub(super) fn with_deadlines(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let is_set = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let mut all = url.to_owned();
    for (name, value) in CONNECTION.iter().filter(|(name, _)| !is_set(name)) {
        all.push(if all.contains('?') { '&' } else { '?' });
        all.push_str(&format!("{name}={value}"));
    }
    all
}

/// Lets the present transaction take as long as it needs.
#[cfg(feature = "postgres")]
pub(super) fn lift(conn: &mut AnyConnection) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    conn.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_sets_in_the_url_stays() {
        let all = with_deadlines("postgres://auth@db/auth");
        assert!(all.starts_with("postgres://auth@db/auth?connect_timeout=3&keepalives_idle=10&"), "{all}");
        let some = with_deadlines("postgres://auth@db/auth?tcp_user_timeout=1&connect_timeout=60");
        assert!(
            some.starts_with("postgres://auth@db/auth?tcp_user_timeout=1&connect_timeout=60&keepalives_idle")
        );
        assert_eq!(
            (some.matches("connect_timeout").count(), some.matches("tcp_user_timeout").count()),
            (1, 1)
        );
    }
}
