//! The databases under the services, asked by their own command-line programs.

use std::path::PathBuf;
use std::process::Command;

use crate::error::{Context, Result};
use crate::process;

#[derive(Debug, Clone)]
pub enum Database {
    /// A file, which no service has open while it is filled.
    Sqlite(PathBuf),
    /// The URL of a database.
    Postgres(String),
}

impl Database {
    /// As `DATABASE_URL` has it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Runs statements, quickly and without care for a power failure, and returns what they print.
    pub fn run(&self, sql: &str) -> Result<String> {
        match self {
            Self::Sqlite(file) => {
                let quick = "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;";
                let after = "PRAGMA wal_checkpoint(TRUNCATE);";
                let script = format!("{quick}\n{sql}\n");
                let mut command = Command::new("sqlite3");
                let printed = process::read(command.arg("-bail").arg(file).arg(script))?;
                process::read(Command::new("sqlite3").arg(file).arg(after))?;
                Ok(printed)
            }
            Self::Postgres(url) => {
                let mut command = Command::new("psql");
                command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
                command.args(["--set", "ON_ERROR_STOP=1", "--dbname", url, "--command", sql]);
                process::read(&mut command)
            }
        }
    }

    /// The columns of a table, in their order.
    pub fn columns(&self, table: &str) -> Result<Vec<String>> {
        let listed = match self {
            Self::Sqlite(_) => self.run(&format!("SELECT name FROM pragma_table_info('{table}');"))?,
            Self::Postgres(_) => self.run(&format!(
                "SELECT column_name FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
            ))?,
        };
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// How many bytes of its log PostgreSQL has written so far.
    pub fn log_position(&self) -> Result<f64> {
        let bytes = self.run("SELECT pg_current_wal_lsn() - '0/0'")?;
        bytes.parse().with_context(|| "read how much PostgreSQL wrote".into())
    }

    /// The size of everything in it, in bytes.
    pub fn size(&self) -> Result<f64> {
        let size = match self {
            Self::Sqlite(_) => {
                self.run("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size;")
            }
            Self::Postgres(_) => self.run("SELECT pg_database_size(current_database())"),
        };
        size?.parse().with_context(|| "read the size of a database".into())
    }
}
