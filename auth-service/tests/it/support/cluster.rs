//! A PostgreSQL server of a test's own, which it may stop, freeze or configure.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::port::ReservedPort;

/// A running server that trusts every connection on 127.0.0.1. It is stopped and its data deleted
/// on drop.
pub struct Cluster {
    pub url: String,
    server: Child,
    _port: ReservedPort,
    _folder: TempDir,
}

impl Cluster {
    /// `None` if this run does not use PostgreSQL, or no server is installed, which is printed to
    /// standard error.
    pub fn start(settings: &[&str], environment: &[(&str, &Path)]) -> Option<Self> {
        std::env::var_os("TEST_POSTGRES_URL")?;
        let Some(programs) = programs() else {
            eprintln!("not tested: PostgreSQL's initdb is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner::of(folder.path());
        let data = folder.path().join("data");
        let mut initdb = owner.command(&programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
        let made = initdb.arg("--pgdata").arg(&data).current_dir(folder.path()).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let reserved = ReservedPort::new();
        let port = reserved.address.port();
        let mut server = owner.command(&programs.join("postgres"));
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]).current_dir(folder.path());
        for setting in
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"].iter().chain(settings)
        {
            server.args(["-c", setting]);
        }
        server
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let cluster = Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            server: server.spawn().unwrap(),
            _port: reserved,
            _folder: folder,
        };
        let began = Instant::now();
        let port = format!("--port={port}");
        let is_ready = || {
            let mut asked = Command::new(programs.join("pg_isready"));
            asked.args(["--quiet", "--host=127.0.0.1", &port]).status().is_ok_and(|status| status.success())
        };
        while !is_ready() {
            assert!(began.elapsed() < Duration::from_secs(60), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(cluster)
    }

    /// Stops all its processes with SIGSTOP: first the leader, which would notice the others.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// A child may have ended meanwhile, which is not an error.
    fn signal(&self, name: &str) {
        let leader = self.server.id().to_string();
        let all = format!(
            "kill -{name} {leader}; for child in $(pgrep -P {leader}); do kill -{name} $child || true; done"
        );
        assert!(Command::new("sh").args(["-c", &all]).stderr(Stdio::null()).status().unwrap().success());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        // SIGQUIT ends the server and its processes at once. The data is deleted anyway.
        let quit = format!("kill -QUIT {}", self.server.id());
        let _ = Command::new("sh").args(["-c", &quit]).status();
        let _ = self.server.wait();
    }
}

/// The folder of Debian's newest version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<_> = versions.map(|entry| entry.path().join("bin")).collect();
    found
        .retain(|folder| ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).is_file()));
    found.sort();
    found.pop()
}

/// The user who runs the server. PostgreSQL refuses to run as root.
struct Owner(Vec<&'static str>);

impl Owner {
    fn of(folder: &Path) -> Self {
        let id = |arguments: &[&str]| {
            let output = Command::new("id").args(arguments).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().ok()
        };
        if id(&["-u"]) != Some(0) {
            return Self(Vec::new());
        }
        chown(folder, id(&["-u", "postgres"]), id(&["-g", "postgres"])).unwrap();
        Self(vec!["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"])
    }

    fn command(&self, program: &Path) -> Command {
        match self.0.split_first() {
            None => Command::new(program),
            Some((by, words)) => {
                let mut command = Command::new(by);
                command.args(words).arg(program);
                command
            }
        }
    }
}
