//! The program: its output and exit codes. Other tests use [`Program`] too.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use crate::support::{ReservedPort, folder_in_memory};

pub const SECRET: &str = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";
const OTHER_SECRET: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

/// The program, ready to be started in an environment that a test defines.
pub struct Program(pub Command);

/// Its exit code and output.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    /// Its environment has only the lowest cost of a hash.
    pub fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth-service"));
        command.args(arguments).env_clear().env("BCRYPT_COST", "10");
        Self(command)
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn unset(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    /// All required settings of `serve`.
    pub fn set_all(self, database_url: &str) -> Self {
        self.set("AUTH_URL", "https://auth.example.org")
            .set("COOKIE_DOMAIN", "example.org")
            .set("LISTEN", "127.0.0.1:0")
            .set("SECRET_KEY", SECRET)
            .set("DATABASE_URL", database_url)
            // No proxy has to notice the shutdown.
            .set("SHUTDOWN_DELAY", "0s")
    }

    /// Runs it to its end, with `input` on standard input.
    pub fn run_with(self, input: &str) -> Ended {
        self.run_with_bytes(input.as_bytes())
    }

    pub fn run_with_bytes(mut self, input: &[u8]) -> Ended {
        let mut child =
            self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may end without reading its input.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().expect("it ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn run(self) -> Ended {
        self.run_with("")
    }
}

impl Ended {
    /// Asserts that it ended with `code` and one line on standard error that begins with `words`.
    #[track_caller]
    pub fn assert_says(&self, code: i32, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert!(self.err.starts_with(&format!("auth-service: {words}")), "{self:?}");
    }
}

/// A folder and the URL of a database in it. The folder is deleted on drop.
pub fn folder() -> (tempfile::TempDir, String) {
    let folder = folder_in_memory().unwrap_or_else(|| tempfile::tempdir().unwrap());
    let url = format!("sqlite:{}", folder.path().join("auth.db").display());
    (folder, url)
}

/// A listening service, and its further log lines. It is killed on drop.
pub struct Serving {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    pub address: SocketAddr,
    said: String,
    _port: ReservedPort,
}

impl Serving {
    pub fn start(program: Program) -> Self {
        let port = ReservedPort::new();
        let address = port.address;
        let mut child = program.set("LISTEN", &address.to_string()).0.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("listening") {
            assert!(log.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        // It listens before it serves. Requests in between are answered then.
        let mut visitor = TcpStream::connect(address).unwrap();
        visitor.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        visitor.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 OK"), "{answer}");
        Self { child, log, address, said, _port: port }
    }

    /// The log until it listened.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Head and body of a response.
    pub fn get(&self, path: &str) -> String {
        let mut visitor = TcpStream::connect(self.address).unwrap();
        write!(visitor, "GET {path} HTTP/1.1\r\nHost: auth.example.org\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        visitor.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Reads the log up to a line with `words`.
    pub fn wait_for_line(&mut self, words: &str) {
        let mut lines = String::new();
        while !lines.contains(words) {
            assert!(self.log.read_line(&mut lines).unwrap() > 0, "it ended without {words:?}: {lines}");
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Z3
#[test]
fn serve_is_what_happens_without_a_command_and_a_signal_ends_it_well() {
    for (arguments, signal) in [(&[][..], "TERM"), (&["serve"][..], "TERM"), (&[][..], "INT")] {
        let (_folder, url) = folder();
        let mut service = Serving::start(Program::new(arguments).set_all(&url));
        service.signal(signal);
        assert_eq!(service.child.wait().unwrap().code(), Some(0), "{arguments:?} {signal}");
        let rest: String = service.log.by_ref().lines().map(Result::unwrap).collect();
        assert!(rest.contains("stopped"), "{rest}");
    }
}

#[test]
fn a_taken_port_is_told_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (_folder, url) = folder();
    // The error is the last line. The log may have lines before it.
    let ended = Program::new(&[]).set_all(&url).set("LISTEN", &address).run();
    ended.assert_says(1, &format!("LISTEN: {address} cannot be listened on: Address already in use"));
}

/// K1
#[test]
fn another_secret_than_the_databases_is_told_in_one_line_that_names_the_setting() {
    let (_folder, url) = folder();
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    let ended = Program::new(&[]).set_all(&url).set("SECRET_KEY", OTHER_SECRET).run();
    ended.assert_says(2, "SECRET_KEY: does not open the signing key in the database");
    assert!(!ended.err.contains(OTHER_SECRET));
}

#[test]
fn logs_can_be_json_lines() {
    let (_folder, url) = folder();
    let mut service = Serving::start(Program::new(&[]).set_all(&url).set("LOG_FORMAT", "json"));
    service.signal("TERM");
    let rest: Vec<String> = service.log.by_ref().lines().map(Result::unwrap).collect();
    assert!(!rest.is_empty());
    for line in rest {
        let value: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        assert!(value["timestamp"].is_string() && value["level"].is_string(), "{line}");
    }
}

/// D5t
#[test]
fn migrate_brings_the_schema_up_to_date_and_may_be_run_again() {
    let (_folder, url) = folder();
    for _ in 0..2 {
        let ended = Program::new(&["migrate"]).set("DATABASE_URL", &url).run();
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
        assert_eq!(ended.out, format!("{url} is up to date.\n"));
    }
    let ended = Program::new(&["migrate"]).set("DATABASE_URL", "sqlite:/nonexistent/folder/auth.db").run();
    ended.assert_says(3, "DATABASE_URL: ");
}

#[test]
fn a_generated_secret_is_accepted_and_never_the_same() {
    let secrets: Vec<String> = (0..3)
        .map(|_| {
            let ended = Program::new(&["generate-secret"]).run();
            assert_eq!((ended.code, ended.err.as_str(), ended.out.lines().count()), (0, "", 1));
            ended.out.trim_end().to_owned()
        })
        .collect();
    assert!(secrets[0] != secrets[1] && secrets[1] != secrets[2]);
    for secret in secrets {
        let (_folder, url) = folder();
        // Also as a flag, where a leading hyphen would look like another flag.
        let check =
            Program::new(&["check-config", "--secret-key", &secret]).set_all(&url).unset("SECRET_KEY");
        assert_eq!(check.run().code, 0, "{secret}");
    }
}

#[test]
fn help_shows_no_value_of_the_environment() {
    for arguments in
        [&["--help"][..], &["serve", "--help"], &["users", "create", "--help"], &["migrate", "--help"]]
    {
        let (_folder, url) = folder();
        let ended = Program::new(arguments).set_all(&url).run();
        assert_eq!(ended.code, 0, "{arguments:?}");
        assert!(!ended.out.contains(SECRET) && !ended.out.contains(&url), "{}", ended.out);
    }
}

#[test]
fn a_command_that_is_none_ends_with_two() {
    for arguments in [&["frobnicate"][..], &["users"], &["users", "show"], &["serve", "--secret"]] {
        let ended = Program::new(arguments).run();
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.out.is_empty() && ended.err.contains("--help"), "{ended:?}");
    }
}
