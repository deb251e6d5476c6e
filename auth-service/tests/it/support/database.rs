//! A separate database for each test, with the schema and no rows.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use auth_service::db::{Database, DatabaseUrl};
use tempfile::TempDir;

/// Its URL. A SQLite file is deleted on drop.
pub struct TestDatabase {
    pub url: String,
    _folder: Option<TempDir>,
}

/// A SQLite file after all migrations, made once. Each test gets a copy.
static MIGRATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.db");
    let database = migrated(&format!("sqlite:{}", file.display()));
    // The id of the installation, which each copy must choose for itself.
    execute(&database, "PRAGMA application_id = 0");
    // Closing it leaves everything in the one file.
    drop(database);
    std::fs::read(file).unwrap()
});

/// The name of a migrated PostgreSQL database, from which each test's database is copied.
static MIGRATED_ON_POSTGRES: LazyLock<String> = LazyLock::new(|| {
    let server = server().unwrap();
    let name = postgres(&server, "");
    drop(migrated(&format!("{server}/{name}")));
    name
});

impl TestDatabase {
    /// A PostgreSQL database if `TEST_POSTGRES_URL` names a server, otherwise a SQLite file.
    pub fn create() -> Self {
        match server() {
            Some(server) => {
                let name = postgres(&server, &format!("TEMPLATE {}", *MIGRATED_ON_POSTGRES));
                Self::at(format!("{server}/{name}"))
            }
            None => {
                let (this, file) = Self::in_a_folder();
                // With the mode that the service uses.
                let mut options = std::fs::File::options();
                let mut made = options.write(true).create_new(true).mode(0o600).open(file).unwrap();
                made.write_all(&MIGRATED).unwrap();
                this
            }
        }
    }

    /// A database without a schema.
    pub fn empty() -> Self {
        match server() {
            Some(server) => Self::at(format!("{server}/{}", postgres(&server, ""))),
            None => Self::in_a_folder().0,
        }
    }

    /// An existing database.
    pub fn at(url: String) -> Self {
        Self { url, _folder: None }
    }

    fn in_a_folder() -> (Self, PathBuf) {
        let folder = folder_in_memory().unwrap_or_else(|| tempfile::tempdir().unwrap());
        let file = folder.path().join("auth.db");
        (Self { url: format!("sqlite:{}", file.display()), _folder: Some(folder) }, file)
    }

    /// A separate connection, to read and change rows.
    pub fn connect(&self) -> Database {
        Database::connect(&DatabaseUrl::parse(&self.url).unwrap(), 4).unwrap()
    }

    /// Whether this run is on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

/// A folder in memory, if the system has one with a gigabyte left, so that no test waits for a
/// disk. A file that must survive a process or a power failure is in a folder of its test's own.
pub fn folder_in_memory() -> Option<TempDir> {
    const ROOM: u64 = 1 << 30;
    let place = Path::new("/dev/shm");
    let about = rustix::fs::statvfs(place).ok()?;
    if about.f_bavail * about.f_frsize < ROOM { None } else { tempfile::tempdir_in(place).ok() }
}

fn server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

fn migrated(url: &str) -> Database {
    let database = TestDatabase::at(url.to_owned()).connect();
    database.migrate().unwrap();
    database
}

/// Creates a database on the server, and returns its name.
fn postgres(server: &str, with: &str) -> String {
    let name = format!("t{}", auth_service::random::uuid_v4().simple());
    let admin = DatabaseUrl::parse(&format!("{server}/postgres"))
        .expect("TEST_POSTGRES_URL needs a build with --features postgres");
    execute(&Database::connect(&admin, 1).unwrap(), &format!("CREATE DATABASE {name} {with}"));
    name
}

fn execute(database: &Database, sql: &str) {
    use diesel::connection::SimpleConnection;
    database
        .run_blocking(|conn| conn.batch_execute(sql).map_err(auth_service::db::DatabaseError::from))
        .unwrap();
}
