//! The language of PostgreSQL's error messages.
//!
//! Diesel does not expose most SQLSTATEs, so some errors are recognized by their English text
//! (`db/unavailable.rs`). The language is the server's `lc_messages`, which a role may change only
//! with permission.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Bool;
use diesel::{PgConnection, QueryResult, RunQueryDsl};

/// The values that mean English.
const IS_ENGLISH: &str = r"current_setting('lc_messages') ~* '^((c|posix)(\.|$)|en)'";

/// Whether a server of this process uses another language. A process has only one server.
static IS_FOREIGN: AtomicBool = AtomicBool::new(false);

/// Sets English on this connection if that is allowed. The server catches the error, so that its
/// log has no entry for it.
pub(super) fn ask_for_english(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(&format!(
        "DO $$ BEGIN \
           IF NOT ({IS_ENGLISH}) THEN PERFORM set_config('lc_messages', 'C', false); END IF; \
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    ))
}

/// Checks the resulting language once for each process, and logs a foreign one.
pub(super) fn look(conn: &mut PgConnection) -> QueryResult<()> {
    let is_english: bool = diesel::select(diesel::dsl::sql::<Bool>(IS_ENGLISH)).get_result(conn)?;
    if !is_english && !IS_FOREIGN.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "PostgreSQL's messages are not in English, so some of them are not understood; as its superuser: \
             ALTER ROLE … SET lc_messages = 'C'"
        );
    }
    Ok(())
}

/// Whether the server's messages are not English.
pub(super) fn are_foreign() -> bool {
    IS_FOREIGN.load(Ordering::Relaxed)
}
