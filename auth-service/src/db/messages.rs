//! The language of PostgreSQL's error messages.
//!
//! Diesel keeps most SQLSTATEs to itself, so some refusals are known by their English words
//! (`db/unavailable.rs`). Servers speak the language of `lc_messages`, which a role may change for
//! itself where it was allowed to.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Bool;
use diesel::{PgConnection, QueryResult, RunQueryDsl};

/// The values that mean English.
const IS_ENGLISH: &str = r"current_setting('lc_messages') ~* '^((c|posix)(\.|$)|en)'";

/// Whether a server that this process connected to speaks another language. A process has one.
static IS_FOREIGN: AtomicBool = AtomicBool::new(false);

/// Asks for English on this connection, and goes on where that is not allowed. Caught by the
/// server, so that its log has no line of it.
pub(super) fn ask_for_english(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(&format!(
        "DO $$ BEGIN \
           IF NOT ({IS_ENGLISH}) THEN PERFORM set_config('lc_messages', 'C', false); END IF; \
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    ))
}

/// Looks what it is now, once for all connections of a process, and tells.
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

/// Whether what it says cannot be understood.
pub(super) fn are_foreign() -> bool {
    IS_FOREIGN.load(Ordering::Relaxed)
}
