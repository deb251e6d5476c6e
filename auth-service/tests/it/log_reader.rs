//! A log that is read slowly or not at all: no response waits for it, it says how many lines were
//! dropped, and requests cannot fill the disk.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::commands::{Program, folder};
use crate::support::{PASSWORD, ReservedPort};

/// A service whose log is read only when the test reads it.
struct Unread {
    child: Child,
    log: BufReader<ChildStderr>,
    address: SocketAddr,
    _port: ReservedPort,
    _folder: tempfile::TempDir,
}

impl Unread {
    /// Starts it, and waits until it listens.
    fn start(change: impl FnOnce(Program) -> Program) -> Self {
        let (folder, url) = folder();
        let create = Program::new(&["users", "create", "ada@example.org", "--password-stdin"]);
        assert_eq!(create.set("DATABASE_URL", &url).set("BCRYPT_COST", "10").run_with(PASSWORD).code, 0);
        let port = ReservedPort::new();
        let address = port.address;
        let program = Program::new(&[]).set_all(&url).set("BCRYPT_COST", "10").set("LOG_FORMAT", "json");
        let mut program = change(program.set("LISTEN", &address.to_string()));
        let mut child = program.0.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        // It may log nothing, so the connection is tried.
        while TcpStream::connect(address).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "it ended");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, log, address, _port: port, _folder: folder }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        // If the service waits for its log's reader, the test must fail and not hang.
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// The response to one request, on a connection of its own.
    fn ask(&self, what: &str, body: &str) -> String {
        let mut stream = self.connect();
        let close = "Host: auth.example.org\r\nConnection: close\r\nContent-Type: application/json\r\n";
        // The request may be refused before all of it is sent.
        let _ = write!(stream, "{what} HTTP/1.1\r\n{close}Content-Length: {}\r\n\r\n{body}", body.len());
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(read.is_ok() || !answer.is_empty(), "nobody answered {what:.40}: {read:?}");
        answer
    }

    /// A refused login, which is a security event.
    fn refused_login(&self) {
        let body = json!({"email": "ada@example.org", "password": "not her password"}).to_string();
        let answer = self.ask("POST /api/token/", &body);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }

    /// Stops it, and reads the whole log.
    fn end(mut self) -> Vec<Value> {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let lines = self.log.by_ref().lines().map(Result::unwrap);
        let parse = |line: String| serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        let lines = lines.map(parse).collect();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        lines
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn event<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == name).collect()
}

/// L6: a pipe holds 64 KB, and writing to a full one blocks.
#[test]
fn a_log_that_nobody_reads_holds_nobody_up_and_its_reader_learns_what_is_missing() {
    // With one line for each probe, the cheapest request.
    let service = Unread::start(|program| program.set("RUST_LOG", "auth_service=debug"));
    const ASKED: u64 = 4000;
    for _ in 0..ASKED / 20 {
        let mut out = service.connect();
        let mut answers = BufReader::new(out.try_clone().unwrap());
        for _ in 0..20 {
            // The response to a HEAD ends with its head.
            write!(out, "HEAD /healthz HTTP/1.1\r\nHost: auth.example.org\r\n\r\n").unwrap();
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                assert!(answers.read_line(&mut line).expect("an answer") > 0, "the connection ended");
            }
        }
    }
    // After some megabytes of lines.
    assert!(service.ask("GET /login", "").starts_with("HTTP/1.1 200"));
    assert!(service.ask("GET /healthz", "").starts_with("HTTP/1.1 200"));
    service.refused_login();
    let lines = service.end();
    let told: Vec<&Value> = lines.iter().filter(|line| line["dropped"].is_u64()).collect();
    let dropped: u64 = told.iter().map(|line| line["dropped"].as_u64().unwrap()).sum();
    assert!(dropped > 0, "{} lines", lines.len());
    assert!(told.iter().all(|line| line["dropped_security_events"] == 0), "{told:?}");
    assert_eq!(event(&lines, "login_refused").len(), 1, "a security event is not dropped");
    let kept = lines.iter().filter(|line| line["message"] == "answered").count() as u64;
    assert!(kept < ASKED && kept + dropped >= ASKED, "{kept} and {dropped} of {ASKED}");
}

/// L6
#[test]
fn a_service_whose_log_nobody_reads_ends_all_the_same() {
    let mut service = Unread::start(|program| program.set("RUST_LOG", "trace"));
    for _ in 0..300 {
        service.ask(&format!("GET /{}", "x".repeat(250)), "");
    }
    let kill = format!("kill -TERM {}", service.child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    // No timeout here: if it never ends, the test run is stopped.
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
}

/// L6: in both formats.
#[test]
fn a_method_of_a_hundred_kilobytes_is_a_few_short_lines() {
    for format in ["json", "pretty"] {
        let mut service = Unread::start(|program| program.set("LOG_FORMAT", format));
        let method = "M".repeat(100_000);
        service.ask(&format!("{method} /login"), "");
        service.ask("GET /login", "");
        let kill = format!("kill -TERM {}", service.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let mut log = String::new();
        service.log.read_to_string(&mut log).unwrap();
        assert!(log.contains("/login") && log.len() < 20_000, "{format}: {} bytes", log.len());
        assert!(log.lines().all(|line| line.len() <= 8300));
        assert!(!log.contains(&"M".repeat(300)), "{format}");
    }
}

/// L7
#[test]
fn security_events_are_logged_whatever_rust_log_says_and_name_their_request() {
    for level in ["", "error", "off", "auth_service=error"] {
        let service = Unread::start(|program| program.set("RUST_LOG", level));
        service.refused_login();
        let lines = service.end();
        let events = event(&lines, "login_refused");
        assert_eq!(events.len(), 1, "RUST_LOG={level}: {lines:?}");
        assert!(
            events[0]["span"]["id"].is_string() && events[0]["span"]["client"] == "127.0.0.1",
            "{events:?}"
        );
        assert!(
            lines.iter().all(|line| line["message"] != "answered"),
            "RUST_LOG={level} is heeded: {lines:?}"
        );
    }
}
