//! Throwaway PostgreSQL cluster, created with the installed programs for one test run.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::error::{Context, Error, Result};
use crate::process::{self, Running};
use crate::project::{self, find_program};
use crate::{interrupt, ports};

/// How long the server may take to answer.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running cluster that trusts everybody on 127.0.0.1. Dropping it stops the server and removes
/// the data.
pub struct Cluster {
    port: u16,
    // Dropped in this order: first the server, then its folder.
    _server: Running,
    _folder: TempDir,
}

impl Cluster {
    /// Creates a cluster on a free port, for tests: it would not survive a power failure, as its
    /// data lives for minutes.
    pub fn start() -> Result<Self> {
        Self::with(&["fsync=off", "synchronous_commit=off", "full_page_writes=off"])
    }

    /// Creates a cluster whose commits are on the disk, as PostgreSQL's defaults have it.
    pub fn start_durable() -> Result<Self> {
        Self::with(&[])
    }

    fn with(settings: &[&str]) -> Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new()
            .prefix("sso-postgres-")
            .tempdir()
            .with_context(|| "make a folder for PostgreSQL".into())?;
        let owner = Owner::choose()?;
        owner.give(folder.path())?;
        let (data, log) = (folder.path().join("data"), folder.path().join("log"));

        let mut initdb = owner.command(&programs.join("initdb"));
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "--pgdata",
        ]);
        process::read(initdb.arg(&data).current_dir(folder.path()))?;

        let [port] = ports::free()?;
        let mut server = owner.command(&programs.join("postgres"));
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]).current_dir(folder.path());
        // No socket file.
        let own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];
        for setting in own.iter().chain(settings) {
            server.args(["-c", setting]);
        }
        let lines = fs::File::create(&log).with_context(|| "write PostgreSQL's log".into())?;
        let copy = lines.try_clone().with_context(|| "write PostgreSQL's log".into())?;
        // SIGINT is its "fast shutdown": it ends open connections instead of waiting for them.
        let mut server = Running::start(server.stdout(lines).stderr(copy))?.stopped_by(Signal::INT);
        let said = || fs::read_to_string(&log).unwrap_or_default();
        let ready = interrupt::until(Some(START_TIMEOUT), || {
            if let Some(status) = server.exit_status()? {
                return Err(Error::new(format!("PostgreSQL ended at its start ({status}):\n{}", said())));
            }
            Ok(answers(&programs, port).then_some(()))
        })?;
        if ready.is_none() {
            return Err(Error::new(format!("PostgreSQL does not answer on 127.0.0.1:{port}:\n{}", said())));
        }
        Ok(Self { port, _server: server, _folder: folder })
    }

    /// Its URL, without a database name.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }
}

/// The version of the server, as it says.
pub fn version_text() -> Result<String> {
    process::read(Command::new(programs()?.join("postgres")).arg("--version"))
}

/// Runs auth-service's suite on a throwaway PostgreSQL.
pub fn test(arguments: &[OsString]) -> Result {
    run(arguments, &[])
}

/// Runs some of its tests at the length that the documentation claims, and shows their counts.
pub fn test_at_length(arguments: &[&str]) -> Result {
    run(arguments, &["--nocapture"])
}

fn run<W: AsRef<OsStr>>(arguments: &[W], at_length: &[&str]) -> Result {
    let cluster = Cluster::start()?;
    println!("PostgreSQL runs on 127.0.0.1:{} for this test", cluster.port);
    let mut command = project::cargo(["test", "--package", "auth-service", "--features", "postgres"]);
    command.args(arguments).args(at_length).env("TEST_POSTGRES_URL", cluster.url());
    project::test_one_per_core(&mut command);
    if !at_length.is_empty() {
        command.env("LONG_RUNS", "1");
    }
    project::run_cargo(&mut command)
}

fn answers(programs: &Path, port: u16) -> bool {
    let mut command = Command::new(programs.join("pg_isready"));
    command.args(["--quiet", "--host=127.0.0.1", &format!("--port={port}")]);
    command.stdin(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The folder with initdb and postgres: from PATH, or Debian's newest.
fn programs() -> Result<PathBuf> {
    let in_path = find_program("initdb").and_then(|path| path.parent().map(Path::to_path_buf));
    let beside = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).is_file())
    };
    if let Some(folder) = in_path.filter(beside) {
        return Ok(folder);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        versions.map(|entry| entry.path().join("bin")).filter(beside).max_by_key(|folder| version(folder));
    newest.ok_or_else(|| {
        Error::new("PostgreSQL is not installed: the tests start their own from initdb and postgres (Debian: `apt-get install postgresql libpq-dev`)")
    })
}

fn version(folder: &Path) -> u32 {
    let name = folder.parent().and_then(Path::file_name).and_then(OsStr::to_str);
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// The user who runs the server. PostgreSQL refuses to run as root.
enum Owner {
    Ourselves,
    /// The system's user `postgres`, reached by one of these programs.
    Postgres {
        by: Vec<String>,
        uid: u32,
        gid: u32,
    },
}

impl Owner {
    fn choose() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let id = |which: &str| -> Result<u32> {
            let answer = process::read(Command::new("id").args([which, "postgres"]))
                .map_err(|_| Error::new("PostgreSQL does not run as root and there is no user postgres: make one, or run this as another user"))?;
            answer.parse().with_context(|| "read the id of the user postgres".into())
        };
        let ways: [&[&str]; 2] = [
            &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"],
            &["runuser", "-u", "postgres", "--"],
        ];
        let by = ways.iter().find(|way| find_program(way[0]).is_some()).ok_or_else(|| {
            Error::new("PostgreSQL does not run as root: install setpriv or runuser (Debian: `apt-get install util-linux`)")
        })?;
        Ok(Self::Postgres {
            by: by.iter().map(ToString::to_string).collect(),
            uid: id("-u")?,
            gid: id("-g")?,
        })
    }

    fn give(&self, folder: &Path) -> Result {
        match self {
            Self::Ourselves => Ok(()),
            Self::Postgres { uid, gid, .. } => chown(folder, Some(*uid), Some(*gid))
                .with_context(|| "give a folder to the user postgres".into()),
        }
    }

    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Ourselves => Command::new(program),
            Self::Postgres { by, .. } => {
                let mut command = Command::new(&by[0]);
                command.args(&by[1..]).arg(program);
                command
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_taken_by_number() {
        let folders =
            ["9", "17", "15", "strange"].map(|name| Path::new("/usr/lib/postgresql").join(name).join("bin"));
        let newest = folders.iter().max_by_key(|folder| version(folder)).unwrap();
        assert_eq!(newest, Path::new("/usr/lib/postgresql/17/bin"));
    }

    #[test]
    fn a_program_of_another_user_is_started_through_the_chosen_way() {
        let by = ["setpriv", "--reuid=postgres"].map(String::from).to_vec();
        let command = Owner::Postgres { by, uid: 1, gid: 1 }.command(Path::new("/bin/initdb"));
        assert_eq!(process::line(&command), "setpriv --reuid=postgres /bin/initdb");
        assert_eq!(process::line(&Owner::Ourselves.command(Path::new("/bin/initdb"))), "initdb");
    }
}
