//! Database: a pool of connections to the SQLite file.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use actix_web::web;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::{Connection, QueryResult, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::data_file::{self, DataFile};
use crate::error::Error;

/// How many requests use it at once. Others wait.
const CONNECTIONS: u32 = 4;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// A pool of connections to this service's own file. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool<ConnectionManager<SqliteConnection>>,
    file: Option<DataFile>,
}

impl Database {
    /// Opens or creates the file, and runs the migrations.
    ///
    /// # Errors
    /// When the file cannot be opened or a migration fails.
    pub fn open(path: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        data_file::refuse_lost(path)?;
        make_private(path);
        // Not from the pool, which retries for seconds if a file cannot be opened.
        let mut first = SqliteConnection::establish(path)?;
        prepare(&mut first)?;
        first.run_pending_migrations(MIGRATIONS)?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            // None in advance: the pool would open it at a moment of its own. If the file was gone
            // by then, SQLite would make a new one.
            .min_idle(Some(0))
            .connection_timeout(Duration::from_secs(2))
            .connection_customizer(Box::new(Prepared))
            .build(ConnectionManager::new(path))?;
        Ok(Self { pool, file: DataFile::of(path)? })
    }

    /// Runs `work` on a thread that may block.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        let this = self.clone();
        web::block(move || {
            if this.file.is_some_and(|file| !file.is_there()) {
                return Err(Error::FileLost);
            }
            Ok(work(&mut *this.pool.get()?)?)
        })
        .await?
    }
}

/// Creates the file, readable for its owner alone, unless it exists. SQLite would use the umask,
/// with which most systems let every account read it. SQLite's other files copy this one's mode. If
/// the file cannot be created here, SQLite fails too and reports it.
fn make_private(path: &str) {
    // A name that SQLite reserves, for tests.
    if path == ":memory:" {
        return;
    }
    // Never opens an existing file: closing it would release this process's locks on it.
    let _ = File::options().write(true).create_new(true).mode(0o600).open(path);
}

impl Database {
    /// Checkpoints the database at the end, so that the one file holds everything and can be copied
    /// alone. Waits for requests that still use it.
    pub fn close(&self) {
        // With all connections taken, there is no other writer.
        let mut all: Vec<_> = (0..CONNECTIONS).map_while(|_| self.pool.get().ok()).collect();
        let written = all.first_mut().map(|conn| conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"));
        if !matches!(written, Some(Ok(()))) {
            tracing::warn!("what was written last is in the file ending in -wal");
        }
    }
}

/// Sets the pragmas: readers do not wait for a writer, writers wait for each other, and a response
/// is sent only after its changes are on the disk.
fn prepare(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
}

#[derive(Debug)]
struct Prepared;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Prepared {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        prepare(conn).map_err(diesel::r2d2::Error::QueryError)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn notes_are_their_owners_whatever_the_umask_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        let _database = Database::open(path.to_str().unwrap()).unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{:?}",
                entry.file_name()
            );
        }
    }
}
