//! What all measurements share: release builds, a folder on a disk, and how long each takes.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::error::{Context, Error, Result};
use crate::project::{self, Binaries, cargo};

pub struct Bed {
    pub binaries: Binaries,
    /// Computes bcrypt and does nothing else.
    pub raw_bcrypt: PathBuf,
    pub folder: TempDir,
    pub lengths: Lengths,
}

/// How long and how often things are measured.
#[derive(Debug, Clone)]
pub struct Lengths {
    pub rounds: usize,
    /// One load by wrk, in whole seconds.
    pub load: Duration,
    /// One load of logins, which are few.
    pub logins: Duration,
    /// How long an idle service is left alone before its memory is read.
    pub idle: Duration,
    pub starts: usize,
    /// Users of the databases that show growth, each with a session.
    pub sizes: Vec<usize>,
    /// Rows of each kind that the size of one is computed from.
    pub rows: usize,
}

impl Lengths {
    pub fn full() -> Self {
        Self {
            rounds: 5,
            load: Duration::from_secs(3),
            logins: Duration::from_secs(6),
            idle: Duration::from_secs(2),
            starts: 7,
            sizes: vec![1_000, 100_000, 1_000_000],
            rows: 100_000,
        }
    }

    /// Enough to see that everything works, and the size of things.
    pub fn quick() -> Self {
        Self {
            rounds: 1,
            load: Duration::from_secs(1),
            logins: Duration::from_secs(3),
            idle: Duration::from_secs(1),
            starts: 3,
            sizes: vec![1_000, 100_000],
            rows: 20_000,
        }
    }
}

impl Bed {
    pub fn make(lengths: Lengths) -> Result<Self> {
        let mut build = cargo(["build", "--release", "--features", "auth-service/postgres"]);
        build.args(["--package", "auth-service", "--package", "demo-service"]);
        let binaries = project::build_with(&mut build)?;
        let mut build = cargo(["build", "--release", "--package", "xtask", "--bin", "raw-bcrypt"]);
        let raw_bcrypt = project::build_one(&mut build, "raw-bcrypt")?;
        let folder = tempfile::Builder::new().prefix("sso-bench-").tempdir();
        let folder = folder.with_context(|| "make a folder for databases".into())?;
        Ok(Self { binaries, raw_bcrypt, folder, lengths })
    }
}

/// Checks that the programs are there that the measurements are made with.
pub fn need_programs() -> Result {
    for (program, package) in [("wrk", "wrk"), ("sqlite3", "sqlite3"), ("psql", "postgresql")] {
        let remedy = format!("the measurements are made with it (Debian: `apt-get install {package}`)");
        project::need_program(program, &remedy)?;
    }
    match cfg!(target_os = "linux") {
        true => Ok(()),
        false => Err(Error::new("the measurements read Linux's /proc")),
    }
}
