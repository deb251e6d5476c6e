//! Endless, slow or malformed requests, sent byte by byte: I2, L3, L4.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::raw_http::{FORM, HOST, Heard, listen, talk};
use crate::support::TestApp;

/// I2, I4: the response to anything that is not HTTP/1 reveals nothing.
#[tokio::test]
async fn what_is_not_http_is_refused() {
    let app = TestApp::start().await;
    for (name, text) in [
        ("no version", "GET /login\r\n\r\n".to_owned()),
        ("another version", format!("GET /login HTTP/3.0\r\n{HOST}\r\n")),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("TLS", "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n".to_owned()),
        ("no host", "GET /login HTTP/1.1\r\n\r\n".to_owned()),
        ("a space in the address", format!("GET /log in HTTP/1.1\r\n{HOST}\r\n")),
        ("no address", format!("GET HTTP/1.1\r\n{HOST}\r\n")),
        ("a bracket in the method", format!("G(T /login HTTP/1.1\r\n{HOST}\r\n")),
        ("an old form without a length", format!("POST /login HTTP/1.0\r\n{HOST}{FORM}\r\n")),
    ] {
        let heard = talk(&app, &text);
        assert_eq!((heard.status(), heard.answers()), ("400", 1), "{name}: {}", heard.text);
        assert!(heard.is_closed, "{name}");
    }
}

/// I2: endless heads, by fields or by bytes.
#[tokio::test]
async fn a_head_without_end_is_refused_and_the_connection_closed() {
    let app = TestApp::start().await;
    let many = "X-A: b\r\n".repeat(200);
    let long = format!("X-A: {}\r\n", "b".repeat(200_000));
    let address = "x".repeat(200_000);
    for (name, text) in [
        ("200 fields", format!("GET /login HTTP/1.1\r\n{HOST}{many}\r\n")),
        ("one field of 200 KB", format!("GET /login HTTP/1.1\r\n{HOST}{long}\r\n")),
        ("an address of 200 KB", format!("GET /{address} HTTP/1.1\r\n{HOST}\r\n")),
    ] {
        let heard = talk(&app, &text);
        assert!(heard.text.is_empty() || heard.text.starts_with("HTTP/1.1 4"), "{name}: {}", heard.text);
        assert!(heard.is_closed, "{name}");
    }
    assert_eq!(app.person().get("/healthz").await.status, 200, "others are still served");
}

/// I2: a slow sender has a connection for ten seconds at most. The slow tests of this file run
/// together here.
#[tokio::test]
async fn a_slow_head_and_a_slow_form_are_given_up_after_ten_seconds() {
    let app = TestApp::start().await;
    let begun = Instant::now();
    let head = format!("GET /login HTTP/1.1\r\n{HOST}X-A: ");
    let body = format!("POST /login HTTP/1.1\r\n{HOST}{FORM}Content-Length: 1000\r\n\r\nemail=");
    let (head, body) = std::thread::scope(|scope| {
        let drip = |start: String| {
            let address = app.address;
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.write_all(start.as_bytes()).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
                let mut heard = Heard { text: String::new(), is_closed: false };
                while heard.text.is_empty() && !heard.is_closed && begun.elapsed() < Duration::from_secs(20) {
                    let _ = stream.write_all(b"a");
                    heard = listen(&mut stream);
                }
                heard
            })
        };
        let (head, body) = (drip(head), drip(body));
        (head.join().unwrap(), body.join().unwrap())
    });
    assert_eq!(head.status(), "408", "{}", head.text);
    assert_eq!(body.status(), "408", "{}", body.text);
    assert!(body.text.contains("What you sent took too long to arrive."), "{}", body.text);
    assert!(head.is_closed, "the connection of a slow head stays open");
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(9) && waited < Duration::from_secs(18), "{waited:?}");
}

/// L3, L4: a path cannot forge a line of the log, and the query is not logged.
#[tokio::test]
async fn the_log_shows_a_path_escaped_and_no_query() {
    let app = TestApp::start().await;
    let request =
        |target: &str| talk(&app, &format!("GET {target} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"));
    request("/login?next=https://shop.example.org/needle-in-query-51b2&code=needle-in-query-51b2");
    request("/needle-in-path-51b2/%0d%0aINFO%20forged%1b[31m?needle-in-query-51b2");
    request("/needle-in-path-51b2/\u{202e}\u{85}\u{2028}x");
    request("/static/nothing?needle-in-query-51b2");
    request("https://auth.example.org/login?needle-in-query-51b2");
    let log = app.log();
    assert!(log.contains("needle-in-path-51b2"));
    assert!(!log.contains("needle-in-query-51b2"), "a query is in the log");
    for raw in ['\u{202e}', '\u{85}', '\u{2028}', '\u{1b}', '\r'] {
        assert!(!log.contains(raw), "{raw:?} is in the log");
    }
}

/// N7, RFC 9112 3.2.2: an absolute URL in the request line, as proxies send it, does not replace
/// `Host`.
#[tokio::test]
async fn an_address_in_the_request_line_is_judged_like_the_host() {
    let app = TestApp::start().await;
    for (target, host, status) in [
        ("https://auth.example.org/login", "auth.example.org", "200"),
        ("https://evil.net/login", "auth.example.org", "421"),
        ("https://auth.example.org@evil.net/login", "auth.example.org", "421"),
        ("https://auth.example.org/login", "evil.net", "421"),
    ] {
        let heard =
            talk(&app, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(heard.status(), status, "{target} at {host}: {}", heard.text);
        assert!(!heard.text.contains("evil.net"), "{target} at {host}");
    }
}

/// A client need not normalize a path before it sends it, and an attacker does not.
#[tokio::test]
async fn dots_in_an_address_lead_nowhere() {
    let app = TestApp::start().await;
    for target in [
        "/../login",
        "/./login",
        "/x/../login",
        "/%2e%2e/login",
        "/static/../login",
        "/static/../../etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/..\\..\\etc\\passwd",
        "/healthz/../login",
        "//login",
        "/login//",
    ] {
        let heard = talk(&app, &format!("GET {target} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"));
        assert_eq!((heard.status(), heard.answers()), ("404", 1), "{target}: {}", heard.text);
    }
    let everything = talk(&app, &format!("OPTIONS * HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"));
    assert!(everything.text.starts_with("HTTP/1.1 4"), "{}", everything.text);
    let tunnel = talk(
        &app,
        &format!("CONNECT auth.example.org:443 HTTP/1.1\r\n{HOST}\r\nGET /healthz HTTP/1.1\r\n{HOST}\r\n"),
    );
    assert!(tunnel.text.starts_with("HTTP/1.1 4") && tunnel.answers() == 1, "{}", tunnel.text);
}
