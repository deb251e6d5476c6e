//! Timeouts of the database. Each exceeds those inside it, so that the layer that knows most about
//! a delay reports it.
//!
//! A frozen server cancels nothing, and its kernel still acknowledges packets. So the waiting side
//! gives up as well. Its thread is left blocked until the server continues or the connection
//! breaks.

use std::time::Duration;

#[cfg(feature = "postgres")]
use diesel::QueryResult;

#[cfg(feature = "postgres")]
use super::AnyConnection;

/// Which statement timeouts apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeouts {
    /// A person waits for the response.
    Service,
    /// A command, which may take as long as it needs.
    Command,
}

/// How long a request waits for a connection.
pub const TURN: Duration = Duration::from_secs(4);

/// How long a request waits in total for one piece of work. After that the response is `503`.
pub const ANSWER: Duration = Duration::from_secs(5);

/// The timeout of background work.
pub const BACKGROUND: Duration = Duration::from_secs(120);

/// How long shutdown waits for running work, so that its writes reach the file.
pub const CLOSE: Duration = Duration::from_secs(3);

/// How long a command waits for a server that responds to no one.
pub(super) const STANDSTILL: Duration = Duration::from_secs(15);

/// The timeout for the source database of an import.
pub(super) const FOREIGN: Duration = Duration::from_secs(20);

/// How long a writer waits for another one, in this process or, by retries, in another process.
#[cfg(feature = "sqlite")]
pub(super) fn sqlite(timeouts: Timeouts) -> Duration {
    match timeouts {
        Timeouts::Service => Duration::from_secs(4),
        Timeouts::Command => Duration::from_secs(15),
    }
}

/// PostgreSQL's timeouts for a statement, for a lock, and for an idle transaction. Each is set only
/// if neither the URL nor the role or the database sets it.
#[cfg(feature = "postgres")]
pub(super) const POSTGRES: &str = "\
    SELECT set_config(name, span, false) FROM pg_settings JOIN (VALUES \
        ('lock_timeout', '3s'), ('statement_timeout', '4s'), ('idle_in_transaction_session_timeout', '10s') \
    ) AS ours (name, span) USING (name) \
    WHERE source NOT IN ('client', 'user', 'database', 'database user')";

/// READ COMMITTED, whatever the default of server, database or role, also outside transactions.
/// Locks and guarded updates prevent double execution, and they see the latest commit. A stricter
/// level would make them fail instead.
#[cfg(feature = "postgres")]
pub(super) const ISOLATION: &str =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// The client library's timeouts for connecting and for detecting a dead peer.
#[cfg(feature = "postgres")]
const CONNECTION: [(&str, &str); 5] = [
    ("connect_timeout", "3"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "9000"),
];

/// The URL with those parameters of [`CONNECTION`] that it does not set itself.
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

/// Removes the timeouts from the current transaction.
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
