//! Bringing the schema up to date.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::AnyConnection;

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// "Auth" in ASCII: the lock that instances starting together queue on.
#[cfg(feature = "postgres")]
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(1098216552)";

/// Runs what is pending, all of it or none.
///
/// One transaction holds it together, and a lock keeps instances that start at the same moment in a queue:
/// Diesel's own run looks for pending migrations before it locks anything.
pub(super) fn run(conn: &mut AnyConnection) -> diesel::migration::Result<()> {
    enforce_foreign_keys(conn, false)?;
    let outcome = conn.write(|conn| {
        #[cfg(feature = "postgres")]
        if let AnyConnection::Postgres(_) = conn {
            super::deadlines::lift(conn)?;
        }
        apply(conn)
    });
    enforce_foreign_keys(conn, true)?;
    outcome
}

fn apply(conn: &mut AnyConnection) -> diesel::migration::Result<()> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(|_| ()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            conn.batch_execute(ADVISORY_LOCK)?;
            conn.run_pending_migrations(POSTGRES).map(|_| ())
        }
    }
}

/// Whether a migration of this binary is missing from the database.
pub fn is_pending(conn: &mut AnyConnection) -> diesel::migration::Result<bool> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => conn.has_pending_migration(SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => conn.has_pending_migration(POSTGRES),
    }
}

/// The migrations that the database has and this binary does not know: those of a later release.
pub fn unknown(conn: &mut AnyConnection) -> diesel::migration::Result<Vec<String>> {
    fn beyond<DB: Backend>(
        conn: &mut impl MigrationHarness<DB>,
        ours: EmbeddedMigrations,
    ) -> diesel::migration::Result<Vec<String>> {
        let ours = MigrationSource::<DB>::migrations(&ours)?;
        let known: Vec<_> = ours.iter().map(|migration| migration.name().version().to_string()).collect();
        let applied = conn.applied_migrations()?.into_iter().map(|version| version.to_string());
        Ok(applied.filter(|version| !known.contains(version)).collect())
    }
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => beyond(conn, SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => beyond(conn, POSTGRES),
    }
}

/// SQLite changes a table by rebuilding it; with foreign keys enforced, dropping the old table would delete
/// every row that refers to it. The pragma has no effect inside a transaction.
fn enforce_foreign_keys(conn: &mut AnyConnection, on: bool) -> QueryResult<()> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => {
            conn.batch_execute(if on { "PRAGMA foreign_keys = ON" } else { "PRAGMA foreign_keys = OFF" })
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => {
            let _ = on;
            Ok(())
        }
    }
}
