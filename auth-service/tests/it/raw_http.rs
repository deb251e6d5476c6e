//! Invalid HTTP, sent byte by byte: I4.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::support::TestApp;

pub const HOST: &str = "Host: auth.example.org\r\n";
pub const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// The response, and whether the service then closed the connection.
pub struct Heard {
    pub text: String,
    pub is_closed: bool,
}

impl Heard {
    pub fn status(&self) -> &str {
        self.text.get(9..12).unwrap_or("none")
    }

    pub fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

/// Less than the five seconds after which the service closes an idle connection.
const PATIENCE: Duration = Duration::from_secs(4);

/// Sends `text`, and reads until the service closes the connection or has been silent for some
/// time.
pub fn talk(app: &TestApp, text: &str) -> Heard {
    talk_to(app.address, text)
}

fn talk_to(address: SocketAddr, text: &str) -> Heard {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The service may respond and close before it has read everything.
    let _ = stream.write_all(text.as_bytes());
    listen(&mut stream)
}

pub fn listen(stream: &mut TcpStream) -> Heard {
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    let is_closed = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(count) => heard.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break false,
            Err(_) => break true,
        }
    };
    Heard { text: String::from_utf8_lossy(&heard).into_owned(), is_closed }
}

/// I4: if two parsers could disagree about a request's end, it is refused.
#[tokio::test]
async fn a_request_whose_end_is_doubtful_is_refused_and_the_connection_closed() {
    let app = TestApp::start().await;
    let smuggled = format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n");
    for (name, head) in [
        ("length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        ("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
        ("two lengths", "Content-Length: 0\r\nContent-Length: 4\r\n"),
        ("two equal lengths", "Content-Length: 4\r\nContent-Length: 4\r\n"),
        ("a list of lengths", "Content-Length: 4, 4\r\n"),
        ("a signed length", "Content-Length: +4\r\n"),
        ("a negative length", "Content-Length: -1\r\n"),
        ("a hexadecimal length", "Content-Length: 0x4\r\n"),
        ("an endless length", "Content-Length: 99999999999999999999999\r\n"),
        ("an empty length", "Content-Length: \r\n"),
        ("two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        ("a list of encodings", "Transfer-Encoding: gzip, chunked\r\n"),
        ("an unknown encoding", "Transfer-Encoding: xchunked\r\n"),
        ("a quoted encoding", "Transfer-Encoding: \"chunked\"\r\n"),
        ("a folded encoding", "Transfer-Encoding:\r\n chunked\r\n"),
        ("a folded field", "X-A: b\r\n c\r\nContent-Length: 0\r\n"),
        ("a space before the colon", "Content-Length : 4\r\n"),
        ("a space before the name", " Content-Length: 4\r\n"),
        ("a NUL in a value", "X-A: b\0c\r\n"),
        ("a bare CR in a value", "X-A: b\rc\r\n"),
        ("a name with brackets", "X(A): b\r\n"),
        ("a field without a colon", "X-A\r\n"),
        ("two hosts", "Host: evil.net\r\n"),
    ] {
        let request = format!("POST /login HTTP/1.1\r\n{HOST}{FORM}{head}\r\n0\r\n\r\n{smuggled}");
        let heard = talk(&app, &request);
        assert_eq!((heard.status(), heard.answers()), ("400", 1), "{name}: {}", heard.text);
        assert!(heard.is_closed, "{name} leaves the connection open");
        assert!(!heard.text.contains("alive"), "{name} smuggled a request in");
    }
}

/// I4
#[tokio::test]
async fn chunks_that_are_none_are_refused_and_the_connection_closed() {
    let app = TestApp::start().await;
    let smuggled = format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n");
    for body in [
        "zz\r\nabcd\r\n0\r\n\r\n",
        "-1\r\n\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\n",
        "4\nabcd\n0\n\n",
        "4\r\nabcdX0\r\n\r\n",
        "0x4\r\nabcd\r\n0\r\n\r\n",
        "+4\r\nabcd\r\n0\r\n\r\n",
        " \r\n",
        "\r\n\r\n",
    ] {
        let head = format!("POST /login HTTP/1.1\r\n{HOST}{FORM}Transfer-Encoding: chunked\r\n\r\n");
        let heard = talk(&app, &format!("{head}{body}{smuggled}"));
        assert_eq!((heard.status(), heard.answers()), ("400", 1), "{body:?}: {}", heard.text);
        assert!(heard.is_closed, "{body:?} leaves the connection open");
    }
}

/// I4: after an early response, the rest of the body must not be parsed as a request.
#[tokio::test]
async fn the_body_of_a_refused_request_is_never_read_as_the_next_request() {
    let app = TestApp::start().await;
    let smuggled = format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n");
    let heads = [
        ("404", format!("POST /nothing HTTP/1.1\r\n{HOST}{FORM}"), 0),
        ("403", format!("POST /login HTTP/1.1\r\n{HOST}{FORM}Origin: https://evil.net\r\n"), 0),
        ("405", format!("PUT /login HTTP/1.1\r\n{HOST}{FORM}"), 0),
        ("415", format!("POST /login HTTP/1.1\r\n{HOST}Content-Type: text/plain\r\n"), 0),
        ("421", format!("POST /login HTTP/1.1\r\nHost: evil.net\r\n{FORM}"), 0),
        ("200", format!("GET /healthz HTTP/1.1\r\n{HOST}"), 0),
        ("413", format!("POST /login HTTP/1.1\r\n{HOST}{FORM}"), 40_000),
        ("413", format!("POST /login HTTP/1.1\r\n{HOST}{FORM}"), 400_000),
        ("404", format!("POST /nothing HTTP/1.1\r\n{HOST}{FORM}"), 400_000),
    ];
    let address = app.address;
    // Concurrently, because those whose connection stays open take long.
    std::thread::scope(|scope| {
        for (status, head, size) in &heads {
            // The announced body is longer than the sent part, which contains a request.
            let body = format!("{}{smuggled}", "a".repeat(*size));
            let cut = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len() + 5);
            let chunked =
                format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
            for request in [cut, chunked] {
                scope.spawn(move || {
                    let heard = talk_to(address, &request);
                    assert_eq!(
                        (heard.status(), heard.answers()),
                        (*status, 1),
                        "{head} {size}: {}",
                        heard.text
                    );
                });
            }
        }
    });
}

/// I4: a request for an upgrade follows the same rules about its length.
#[tokio::test]
async fn a_request_for_an_upgrade_does_not_swallow_the_next_request() {
    let app = TestApp::start().await;
    let second = format!("GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n");
    for head in [
        "Upgrade: websocket\r\n",
        "Upgrade: websocket\r\nContent-Length: 0\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
    ] {
        let heard = talk(&app, &format!("GET /login HTTP/1.1\r\n{HOST}{head}\r\n{second}"));
        assert_eq!(heard.status(), "200", "{head}: {}", heard.text);
        assert!(heard.is_closed, "{head}: the connection stays open and swallows what comes next");
    }
}
