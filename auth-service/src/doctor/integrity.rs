//! Checks the integrity of a SQLite file by reading all of it.

use super::database_access::corrupt;
use super::finding::Finding;
use super::settings::Known;
use crate::db::{Database, DatabaseError, sqlite_file};

/// Returns nothing if the file is missing or cannot be opened: the database check reports that.
pub(super) fn examine(known: &Known) -> Vec<Finding> {
    let url = &known.config.database_url;
    let is_there = known.has("DATABASE_URL") && url.file().is_some_and(|file| file.exists());
    if !is_there {
        return Vec::new();
    }
    let Ok(db) = Database::connect(url, 1) else { return Vec::new() };
    match db.run_blocking(|conn| sqlite_file::damage(conn).map_err(DatabaseError::from)) {
        Ok(damage) if damage.is_empty() => {
            vec![Finding::ok("database-whole", "every page of the file is as it should be")]
        }
        Ok(damage) => vec![corrupt(&format!("{}: {}", url.masked(), damage.join("; ").replace('\n', " ")))],
        Err(error) if error.is_unavailable() => Vec::new(),
        Err(error) => vec![corrupt(&format!("{}: {error}", url.masked()))],
    }
}

/// The finding for a check that takes longer than the doctor may run.
pub(super) fn unfinished() -> Finding {
    Finding::note("database-not-checked", "the file is too large to be read to its end in this time")
        .because("Damage in the rest of it would not have been seen.")
        .advise("At a quiet hour, on a backup: sqlite3 FILE 'PRAGMA integrity_check'.")
}
