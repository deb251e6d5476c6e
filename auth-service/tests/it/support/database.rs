//! A database of one's own for each test, with the schema in it and nothing else.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use auth_service::db::{Database, DatabaseUrl};
use tempfile::TempDir;

/// Where it is; the SQLite file goes when this does.
pub struct TestDatabase {
    pub url: String,
    _folder: Option<TempDir>,
}

/// A SQLite file after all migrations, made once. A test begins with a copy of it.
static MIGRATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.db");
    let database = migrated(&format!("sqlite:{}", file.display()));
    // The number of an installation: each copy takes one of its own.
    execute(&database, "PRAGMA application_id = 0");
    // Closed, it is in the one file.
    drop(database);
    std::fs::read(file).unwrap()
});

/// The same on PostgreSQL: the name of the database that each test's is copied from.
static MIGRATED_ON_POSTGRES: LazyLock<String> = LazyLock::new(|| {
    let server = server().unwrap();
    let name = postgres(&server, "");
    drop(migrated(&format!("{server}/{name}")));
    name
});

impl TestDatabase {
    /// On PostgreSQL when `TEST_POSTGRES_URL` names a server, else in a SQLite file.
    pub fn create() -> Self {
        match server() {
            Some(server) => {
                let name = postgres(&server, &format!("TEMPLATE {}", *MIGRATED_ON_POSTGRES));
                Self::at(format!("{server}/{name}"))
            }
            None => {
                let (this, file) = Self::in_a_folder();
                // As the service makes it: for nobody else.
                let mut options = std::fs::File::options();
                let mut made = options.write(true).create_new(true).mode(0o600).open(file).unwrap();
                made.write_all(&MIGRATED).unwrap();
                this
            }
        }
    }

    /// The same without a schema.
    pub fn empty() -> Self {
        match server() {
            Some(server) => Self::at(format!("{server}/{}", postgres(&server, ""))),
            None => Self::in_a_folder().0,
        }
    }

    /// One that is there already.
    pub fn at(url: String) -> Self {
        Self { url, _folder: None }
    }

    fn in_a_folder() -> (Self, PathBuf) {
        let folder = folder_in_memory().unwrap_or_else(|| tempfile::tempdir().unwrap());
        let file = folder.path().join("auth.db");
        (Self { url: format!("sqlite:{}", file.display()), _folder: Some(folder) }, file)
    }

    /// A connection beside the service's own, to look at rows and to change them.
    pub fn connect(&self) -> Database {
        Database::connect(&DatabaseUrl::parse(&self.url).unwrap(), 4).unwrap()
    }

    /// Whether this run is on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

/// In memory, where the system has a place for that and a gigabyte left in it: nobody waits for a disk there. A file
/// that must outlive a process, or its machine's power, is in a folder of its test's own.
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

/// Makes a database on the server, and says its name.
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
