//! Copies of a database, made and restored as an operator does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::TestDatabase;

/// A saved copy, in a folder of its own.
pub struct Saved {
    folder: TempDir,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// A SQLite file.
    File,
    /// `pg_dump --format=custom`, for `pg_restore`.
    Archive,
    /// `pg_dump`, for `psql`.
    Script,
}

const NAME: &str = "saved";

impl TestDatabase {
    /// Follows docs/operations.md: `auth-service backup`, or `pg_dump` without sessions,
    /// keys and mail.
    pub fn back_up(&self) -> Saved {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join(NAME);
        if self.is_postgres() {
            let without = ["sessions", "signing_keys", "deliveries", "proofs"]
                .map(|table| format!("--exclude-table-data={table}"));
            let options: Vec<&str> =
                ["--format=custom"].into_iter().chain(without.iter().map(String::as_str)).collect();
            dump(&self.url, &place, &options);
            return Saved { folder, kind: Kind::Archive };
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth-service"));
        succeed(command.arg("backup").arg(&place).env_clear().env("DATABASE_URL", &self.url));
        Saved { folder, kind: Kind::File }
    }

    /// A complete copy, like a snapshot of the disk or a plain `pg_dump`. There must be no writes
    /// meanwhile.
    pub fn copy_raw(&self) -> Saved {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join(NAME);
        let kind = match self.file() {
            None => {
                dump(&self.url, &place, &[]);
                Kind::Script
            }
            Some(file) => {
                copy_file(&file, &place);
                Kind::File
            }
        };
        Saved { folder, kind }
    }

    /// The path of the SQLite file.
    pub fn file(&self) -> Option<PathBuf> {
        self.url.strip_prefix("sqlite:").map(PathBuf::from)
    }
}

impl Saved {
    /// A new database with the saved content only.
    pub fn restore(&self) -> TestDatabase {
        let database = TestDatabase::empty();
        match (self.kind, database.file()) {
            (Kind::File, Some(file)) => copy_file(&self.path(), &file),
            (Kind::Archive, None) => {
                let mut command = Command::new(tool("pg_restore"));
                command.args(["--exit-on-error", "--no-owner", "--dbname", &database.url]);
                succeed(command.arg(self.path()));
            }
            (Kind::Script, None) => {
                let mut command = Command::new(tool("psql"));
                command.args(["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]);
                command.args(["--dbname", &database.url]).arg("--file");
                succeed(command.arg(self.path()));
            }
            _ => panic!("all databases of a run are of one kind"),
        }
        database
    }

    /// The path of the saved file.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    /// Its content, uncompressed.
    pub fn contents(&self) -> Vec<u8> {
        match self.kind {
            Kind::File => {
                let log = fs::read(format!("{}-wal", self.path().display()));
                [fs::read(self.path()).unwrap(), log.unwrap_or_default()].concat()
            }
            Kind::Script => fs::read(self.path()).unwrap(),
            Kind::Archive => {
                let mut command = Command::new(tool("pg_restore"));
                succeed(command.arg("--file=-").arg(self.path()))
            }
        }
    }
}

/// Copies a file, and its write-ahead log if there is one.
fn copy_file(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    if log(from).exists() {
        fs::copy(log(from), log(to)).unwrap();
    }
}

fn dump(url: &str, to: &Path, options: &[&str]) {
    let mut command = Command::new(tool("pg_dump"));
    command.args(["--no-owner", "--dbname", url]).args(options).arg("--file").arg(to);
    succeed(&mut command);
}

fn succeed(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A PostgreSQL program of Debian's newest version, otherwise from PATH.
fn tool(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|entry| entry.path()).max_by_key(|path| number(path));
    newest.map_or_else(|| name.into(), |version| version.join("bin").join(name))
}
