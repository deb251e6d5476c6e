//! An empty database of one's own for each test.

use auth_service::db::{Database, DatabaseUrl};
use tempfile::TempDir;

/// Where it is; the SQLite file goes when this does.
pub struct TestDatabase {
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// On PostgreSQL when `TEST_POSTGRES_URL` names a server, else in a SQLite file.
    pub fn create() -> Self {
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(server) => Self { url: postgres(&server), _folder: None },
            Err(_) => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("auth.db").display());
                Self { url, _folder: Some(folder) }
            }
        }
    }

    /// One that is there already.
    pub fn at(url: String) -> Self {
        Self { url, _folder: None }
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

fn postgres(server: &str) -> String {
    use diesel::connection::SimpleConnection;
    let name = format!("t{}", auth_service::random::uuid_v4().simple());
    let admin = DatabaseUrl::parse(&format!("{server}/postgres"))
        .expect("TEST_POSTGRES_URL needs a build with --features postgres");
    Database::connect(&admin, 1)
        .unwrap()
        .run_here(|conn| {
            let made = match conn {
                #[cfg(feature = "postgres")]
                auth_service::db::AnyConnection::Postgres(conn) => {
                    conn.batch_execute(&format!("CREATE DATABASE {name}"))
                }
                #[cfg(feature = "sqlite")]
                auth_service::db::AnyConnection::Sqlite(conn) => conn.batch_execute("SELECT 1"),
            };
            made.map_err(auth_service::db::DatabaseError::from)
        })
        .unwrap();
    format!("{server}/{name}")
}
