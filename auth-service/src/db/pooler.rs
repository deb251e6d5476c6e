//! Detects a transaction pooler in front of PostgreSQL, such as pgbouncer with
//! `pool_mode = transaction` or `statement`, which gives one connection to several clients in turn.
//!
//! Behind it, clients see each other's prepared statements and settings: a statement runs with
//! another query, and timeouts do not hold. A pooler is indistinguishable from PostgreSQL except by
//! its effect: two open connections reach the same server process.

use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl, r2d2};

use super::deadlines;

/// How long to wait for the second connection. A pooler with one connection for each client may
/// have none left.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Whether `conn`, opened with `url`, shares its server process with others. `false` if this cannot
/// be determined; other checks report failures to connect or to query.
pub(super) fn shares_connections(conn: &mut PgConnection, url: &str) -> bool {
    let ours = match process(conn) {
        Ok(ours) => ours,
        Err(error) => return is_meant_by(&error) || ends_at_a_transaction(url),
    };
    let (send, receive) = mpsc::channel();
    let url = deadlines::with_deadlines(url);
    // This thread may stay blocked, because the client library has no timeout here.
    std::thread::spawn(move || {
        let _ = send.send(other(&url));
    });
    match receive.recv_timeout(ANSWER_TIMEOUT) {
        // Keep it open until our own process is queried again.
        Ok(Ok((theirs, _open))) => {
            theirs == ours || process(conn).map_or_else(|error| is_meant_by(&error), |now| now != ours)
        }
        Ok(Err(error)) => is_meant_by(&error),
        Err(_) => false,
    }
}

/// Whether a new connection works until a transaction begins. With `pool_mode = statement`,
/// pgbouncer reports the reason and disconnects, but we only see the disconnect.
fn ends_at_a_transaction(url: &str) -> bool {
    let Ok(mut conn) = PgConnection::establish(&deadlines::with_deadlines(url)) else { return false };
    conn.batch_execute("SELECT 1").is_ok() && conn.batch_execute("BEGIN").is_err()
}

fn other(url: &str) -> Result<(String, PgConnection), r2d2::Error> {
    let mut other = PgConnection::establish(url)?;
    let process = process(&mut other).map_err(r2d2::Error::QueryError)?;
    Ok((process, other))
}

/// Whether only such a pooler causes this error: a prepared statement exists twice or is missing.
pub(super) fn is_meant_by(error: &impl ToString) -> bool {
    let error = error.to_string();
    let is_ours =
        error.contains("prepared statement \"__diesel_stmt") || error.contains("unnamed prepared statement");
    is_ours && (error.contains("already exists") || error.contains("does not exist"))
}

/// The server process of `conn` with its start time, because two servers may use the same process
/// number.
fn process(conn: &mut PgConnection) -> QueryResult<String> {
    const PROCESS: &str = "pg_backend_pid() || ' since ' || COALESCE((SELECT backend_start::text FROM pg_stat_activity \
         WHERE pid = pg_backend_pid()), '')";
    // Within a transaction even a pooler stays on one process, so the prepared statement is found.
    conn.batch_execute("BEGIN")?;
    let process = diesel::select(diesel::dsl::sql::<Text>(PROCESS)).get_result(conn);
    conn.batch_execute("COMMIT")?;
    process
}
