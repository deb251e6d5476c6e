//! Detection of a transaction pooler in front of PostgreSQL, such as pgbouncer with `pool_mode =
//! transaction` or `statement`, which gives one connection to several clients in turn.
//!
//! What we prepare and set there, another client meets, and we meet theirs: statements run with
//! another query's values, and no deadline holds. Nothing tells such a pooler from PostgreSQL, but
//! for what it does: two connections that are open at the same time end at one process of the
//! server.

use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryResult, RunQueryDsl, r2d2};

use super::deadlines;

/// How long the other connection is waited for. A pooler that gives each client a connection of its
/// own may have none left.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Whether `conn`, which was opened with `url`, shares its server process with others. `false`
/// where that cannot be found out; other checks report what keeps one from connecting or asking.
pub(super) fn shares_connections(conn: &mut PgConnection, url: &str) -> bool {
    let ours = match process(conn) {
        Ok(ours) => ours,
        Err(error) => return is_meant_by(&error) || ends_at_a_transaction(url),
    };
    let (send, receive) = mpsc::channel();
    let url = deadlines::with_deadlines(url);
    // A thread that may be left behind: a client's library waits for an answer as long as it takes.
    std::thread::spawn(move || {
        let _ = send.send(other(&url));
    });
    match receive.recv_timeout(ANSWER_TIMEOUT) {
        // Open until ours was asked again.
        Ok(Ok((theirs, _open))) => {
            theirs == ours || process(conn).map_or_else(|error| is_meant_by(&error), |now| now != ours)
        }
        Ok(Err(error)) => is_meant_by(&error),
        Err(_) => false,
    }
}

/// Whether a new connection answers until a transaction begins. pgbouncer with `pool_mode =
/// statement` says why and hangs up, and what reaches us is that it hung up.
fn ends_at_a_transaction(url: &str) -> bool {
    let Ok(mut conn) = PgConnection::establish(&deadlines::with_deadlines(url)) else { return false };
    conn.batch_execute("SELECT 1").is_ok() && conn.batch_execute("BEGIN").is_err()
}

fn other(url: &str) -> Result<(String, PgConnection), r2d2::Error> {
    let mut other = PgConnection::establish(url)?;
    let process = process(&mut other).map_err(r2d2::Error::QueryError)?;
    Ok((process, other))
}

/// Whether an error is one that only such a pooler leads to: what another client prepared is in our
/// way, or ours is gone.
pub(super) fn is_meant_by(error: &impl ToString) -> bool {
    let error = error.to_string();
    let is_ours =
        error.contains("prepared statement \"__diesel_stmt") || error.contains("unnamed prepared statement");
    is_ours && (error.contains("already exists") || error.contains("does not exist"))
}

/// The process of the server that serves `conn`, and since when: processes of two servers may have
/// the same number.
fn process(conn: &mut PgConnection) -> QueryResult<String> {
    const PROCESS: &str = "pg_backend_pid() || ' since ' || COALESCE((SELECT backend_start::text FROM pg_stat_activity \
         WHERE pid = pg_backend_pid()), '')";
    // In a transaction even a pooler of that kind keeps to one process, so that what is prepared is
    // there to be run.
    conn.batch_execute("BEGIN")?;
    let process = diesel::select(diesel::dsl::sql::<Text>(PROCESS)).get_result(conn);
    conn.batch_execute("COMMIT")?;
    process
}
