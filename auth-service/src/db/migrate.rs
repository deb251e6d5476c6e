//! Migrations: update the schema.

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::migration::MigrationSource;
use diesel::sql_types::{Bool, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::AnyConnection;

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// "Auth" in ASCII: the lock that instances starting together queue on.
#[cfg(feature = "postgres")]
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(1098216552)";

/// Runs all pending migrations or none.
///
/// They run in one transaction, under a lock that makes instances wait for each other at startup.
/// Diesel's own runner looks for pending migrations before it locks anything.
pub(super) fn run(conn: &mut AnyConnection) -> diesel::migration::Result<()> {
    // A role without permission to create tables can still use existing ones.
    if !is_pending(conn)? {
        return Ok(());
    }
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

/// Whether the database lacks a migration of this binary. Changes nothing, and needs only read
/// permission.
pub fn is_pending(conn: &mut AnyConnection) -> diesel::migration::Result<bool> {
    let applied = applied(conn)?;
    Ok(ours(conn)?.iter().any(|version| !applied.contains(version)))
}

/// The applied migrations that this binary does not know, from a later release.
pub fn unknown(conn: &mut AnyConnection) -> diesel::migration::Result<Vec<String>> {
    let ours = ours(conn)?;
    Ok(applied(conn)?.into_iter().filter(|version| !ours.contains(version)).collect())
}

/// Whether there is a table of this name: a database of an earlier release has fewer.
pub fn has_table(conn: &mut AnyConnection, name: &'static str) -> QueryResult<bool> {
    let is_there = match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => format!("EXISTS (SELECT 1 FROM sqlite_master WHERE name = '{name}')"),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => format!("to_regclass('{name}') IS NOT NULL"),
    };
    diesel::select(sql::<Bool>(&is_there)).get_result(conn)
}

fn ours(conn: &AnyConnection) -> diesel::migration::Result<Vec<String>> {
    fn versions<DB: Backend>(ours: EmbeddedMigrations) -> diesel::migration::Result<Vec<String>> {
        let ours = MigrationSource::<DB>::migrations(&ours)?;
        Ok(ours.iter().map(|migration| migration.name().version().to_string()).collect())
    }
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => versions::<diesel::pg::Pg>(POSTGRES),
    }
}

/// Diesel's own function would first create the migrations table, for which the role may have no
/// permission.
fn applied(conn: &mut AnyConnection) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        version: String,
    }
    if !has_table(conn, "__diesel_schema_migrations")? {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// SQLite changes a table by rebuilding it; with foreign keys enforced, dropping the old table
/// would delete every row that refers to it. The pragma has no effect inside a transaction.
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
