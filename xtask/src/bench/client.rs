//! The few requests that need no speed: logins, one connection each.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::wrk::{Target, USER_AGENT};
use crate::error::{Context, Error, Result};

/// Of everybody who is made for a measurement.
pub const PASSWORD: &str = "violet harbour kites 7";

/// How long an answer may take: longer than a login waits in a full queue.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a login yields.
pub struct Tokens {
    pub access: String,
    pub refresh: String,
}

/// The address of person number `n`.
pub fn email(n: usize) -> String {
    format!("ada{n}@example.org")
}

/// Logs somebody in by the API. `None` if the service is too busy.
pub fn log_in(target: &Target, email: &str) -> Result<Option<Tokens>> {
    let request = login_request(target.host, email, None);
    let answer = connect(target.port).and_then(|stream| ask(stream, &request));
    read_login(&answer.with_context(|| format!("log {email} in"))?)
}

/// Gets a page, with one more header.
pub fn get(target: &Target, path: &str, header: &str) -> Result<String> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {USER_AGENT}\r\n{header}\r\nConnection: close\r\n\r\n",
        target.host
    );
    let answer = connect(target.port).and_then(|stream| ask(stream, &request));
    answer.with_context(|| format!("get {path}"))
}

/// A login by the API. A `network` is named as a proxy would.
pub fn login_request(host: &str, email: &str, network: Option<&str>) -> String {
    let body = json!({"email": email, "password": PASSWORD}).to_string();
    let forwarded = network.map(|network| format!("X-Forwarded-For: {network}\r\n")).unwrap_or_default();
    format!(
        "POST /api/token/ HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n{forwarded}\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The tokens in an answer. `None` if the service is too busy.
pub fn read_login(answer: &str) -> Result<Option<Tokens>> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    match head.split_whitespace().nth(1) {
        Some("200") => tokens(body).map(Some),
        Some("503") => Ok(None),
        _ => Err(Error::new(format!("a login was refused: {answer}"))),
    }
}

pub fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

/// Sends a request and reads until the connection is closed.
pub fn ask(mut stream: TcpStream, request: &str) -> io::Result<String> {
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn tokens(body: &str) -> Result<Tokens> {
    let document: Value = serde_json::from_str(body).with_context(|| "read tokens".into())?;
    let text = |name: &str| document[name].as_str().map(str::to_owned);
    match (text("access"), text("refresh")) {
        (Some(access), Some(refresh)) => Ok(Tokens { access, refresh }),
        _ => Err(Error::new(format!("an answer without tokens: {body}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_from_an_answer() {
        let body = r#"{"access": "a.b.c", "refresh": "v1.x"}"#;
        let both = read_login(&format!("HTTP/1.1 200 OK\r\nx: y\r\n\r\n{body}")).unwrap().unwrap();
        assert_eq!((both.access.as_str(), both.refresh.as_str()), ("a.b.c", "v1.x"));
    }

    #[test]
    fn a_busy_service_is_no_failure_and_everything_else_is_one() {
        assert!(matches!(read_login("HTTP/1.1 503 Busy\r\n\r\n"), Ok(None)));
        for answer in ["", "HTTP/1.1 401 No\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n{}"] {
            assert!(read_login(answer).is_err(), "{answer:?}");
        }
    }
}
