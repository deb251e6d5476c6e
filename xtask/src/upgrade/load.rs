//! Load of the upgrade test: people who log in and renew, through whichever instances run.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::instance::{HOST, Rotation, Setting};
use crate::error::{Context, Error, Result};

/// Users who log in once, before the upgrade, and then only renew.
pub const RENEWING_USERS: usize = 4;
/// Users who log in, renew a few times, log out, and repeat.
const RETURNING_USERS: usize = 2;
/// The pause between two requests of a user.
const PAUSE: Duration = Duration::from_millis(100);
const RENEWALS_PER_LOGIN: usize = 8;
/// How long a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
const EMAIL: &str = "ada@example.org";
const PASSWORD: &str = "quiet-lamp-over-the-harbour-19";

/// Counts since the last report.
#[derive(Default, Clone, Copy)]
pub struct Counts {
    logins: u64,
    renewals: u64,
    logouts: u64,
    /// Requests that were sent again to another instance, because the first closed the connection
    /// without a response. A proxy does the same.
    again: u64,
    pub failed: u64,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { logins, renewals, logouts, again, failed } = self;
        write!(
            f,
            "{logins:>4} logins {renewals:>5} renewals {logouts:>4} logouts {again:>3} sent again {failed:>3} failed"
        )
    }
}

/// The outcome.
pub struct End {
    pub counts: Counts,
    pub logged_in: usize,
    pub first_failure: Option<String>,
}

/// Creates the account that all of them use.
pub fn make_people(setting: &Setting, binary: &Path) -> Result {
    let mut command = setting.command(binary);
    command.args(["users", "create", EMAIL, "--password-stdin"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().with_context(|| "make an account".into())?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(PASSWORD.as_bytes()).with_context(|| "give the account a password".into())?;
    }
    let status = child.wait().with_context(|| "make an account".into())?;
    if status.success() { Ok(()) } else { Err(Error::new(format!("the account was not made ({status})"))) }
}

/// The running load. Dropping it ends it.
pub struct Load {
    shared: Arc<Shared>,
    people: Vec<JoinHandle<bool>>,
}

struct Shared {
    rotation: Rotation,
    /// The next request's first instance, round-robin like a proxy.
    turn: AtomicUsize,
    stop: AtomicBool,
    counts: Mutex<Counts>,
    first_failure: Mutex<Option<String>>,
}

impl Load {
    pub fn start(rotation: Rotation) -> Self {
        let shared = Arc::new(Shared {
            rotation,
            turn: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            counts: Mutex::default(),
            first_failure: Mutex::default(),
        });
        let person = |renewals: Option<usize>| {
            let shared = shared.clone();
            thread::spawn(move || shared.run(renewals))
        };
        let renewing = (0..RENEWING_USERS).map(|_| person(None));
        let people = renewing.chain((0..RETURNING_USERS).map(|_| person(Some(RENEWALS_PER_LOGIN)))).collect();
        Self { shared, people }
    }

    /// Returns the counts since the last call, and resets them.
    pub fn counts(&self) -> Counts {
        std::mem::take(&mut *self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn finish(mut self) -> End {
        self.shared.stop.store(true, Ordering::SeqCst);
        let kept = self.people.drain(..).take(RENEWING_USERS).map(JoinHandle::join);
        let logged_in = kept.filter(|kept| matches!(kept, Ok(true))).count();
        let first_failure = self.shared.first_failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        End { counts: self.counts(), logged_in, first_failure }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
    }
}

impl Shared {
    /// Runs one user until the end. Returns whether they are logged in then.
    fn run(&self, renewals: Option<usize>) -> bool {
        let mut token: Option<String> = None;
        let mut left = 0;
        while !self.stop.load(Ordering::SeqCst) {
            token = match token {
                None => {
                    left = renewals.unwrap_or(usize::MAX);
                    self.call("/api/token/", &json!({"email": EMAIL, "password": PASSWORD}), |counts| {
                        &mut counts.logins
                    })
                    .and_then(|answer| text(&answer, "refresh"))
                }
                Some(token) if left == 0 => {
                    self.call("/api/token/blacklist/", &json!({"refresh": token}), |counts| {
                        &mut counts.logouts
                    });
                    None
                }
                Some(token) => {
                    left = left.saturating_sub(1);
                    match self.call("/api/token/refresh/", &json!({"refresh": token}), |counts| {
                        &mut counts.renewals
                    }) {
                        Some(answer) => Some(text(&answer, "refresh").unwrap_or(token)),
                        // A renewing user has lost the login, and must not hide that by logging in
                        // again.
                        None if renewals.is_none() => return false,
                        None => None,
                    }
                }
            };
            thread::sleep(PAUSE);
        }
        token.is_some()
    }

    /// Posts to one of the instances. Returns the response's document if it was `200`.
    fn call(&self, path: &str, document: &Value, count: fn(&mut Counts) -> &mut u64) -> Option<Value> {
        let body = document.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        let ports = self.rotation.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut why = String::from("there is no instance");
        let turn = self.turn.fetch_add(1, Ordering::SeqCst);
        for n in 0..ports.len() {
            let port = ports[(turn + n) % ports.len()];
            match post(port, &request) {
                Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => {
                    *count(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner)) += 1;
                    let document = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
                    return Some(serde_json::from_str(document).unwrap_or(Value::Null));
                }
                Ok(answer) if !answer.is_empty() => {
                    why = answer.lines().next().unwrap_or_default().to_owned();
                    break;
                }
                Ok(_) => why = "the connection was closed without an answer".to_owned(),
                Err(error) => why = error.to_string(),
            }
            self.counts.lock().unwrap_or_else(PoisonError::into_inner).again += 1;
        }
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).failed += 1;
        let mut first = self.first_failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| format!("POST {path}: {why}"));
        None
    }
}

fn post(port: u16, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(REQUEST_TIMEOUT))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn text(document: &Value, name: &str) -> Option<String> {
    document[name].as_str().map(str::to_owned)
}
