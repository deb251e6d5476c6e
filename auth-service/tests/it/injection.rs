//! Log injection: a request cannot forge log lines.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::{AUTH_HOST, PASSWORD, TestApp};

const FORGERY: &str = "event=\"login\" user=root forged-by-a-stranger";

/// Asserts that control characters are escaped, and that no line begins with the forgery.
#[track_caller]
fn assert_unforged(app: &TestApp) {
    let log = app.log();
    assert!(!log.lines().any(|line| line.starts_with("event=") || line.starts_with("ok ")), "a forged line");
    let raw = log.chars().find(|c| c.is_control() && *c != '\n' || matches!(c, '\u{202E}' | '\u{2028}'));
    assert_eq!(raw, None, "{}", log.lines().find(|line| line.contains(raw.unwrap())).unwrap());
}

/// L3
#[tokio::test]
async fn line_breaks_and_terminal_codes_in_a_form_reach_no_log_line_raw() {
    let app = TestApp::start().await;
    let person = app.person();
    let evil = format!("x\r\n{FORGERY}\n\u{1b}[2J\u{1b}]0;pwned\u{7}\u{202E}\u{2028}\u{9b}31m");
    person.fill_in("/login", &[("email", &evil), ("password", "wrong")]).await;
    person.fill_in("/login", &[("email", "ada@example.org"), ("password", "wrong"), (&evil, "x")]).await;
    let fields =
        [("first_name", evil.as_str()), ("last_name", &evil), ("email", &evil), ("password", PASSWORD)];
    person.fill_in("/register", &fields).await;
    person.post("/login", &[(&evil, &evil)]).await;
    let agent =
        person.request(reqwest::Method::GET, "/login").header("x-forwarded-for", "1.2.3.4, ok \u{9b}");
    person.send(agent).await;
    assert!(!app.log().contains("forged-by-a-stranger"), "nothing that was typed into a form is in the log");
    assert_unforged(&app);
}

/// L3: as no browser or client library would send it.
#[tokio::test]
async fn line_breaks_and_terminal_codes_in_an_address_reach_no_log_line_raw() {
    let app = TestApp::start().await;
    let address = app.address;
    tokio::task::spawn_blocking(move || {
        for path in [
            "/x%0d%0aok%20forged%1b%5b31m".as_bytes(),
            b"/x\x1b[31mok",
            "/\u{202E}nimda\u{2028}ok \u{9b}31m".as_bytes(),
            b"/x\tok\x0b",
        ] {
            let mut stream = TcpStream::connect(address).unwrap();
            // In one write, because the response may close the connection before a second one.
            let rest = format!(" HTTP/1.1\r\nhost: {AUTH_HOST}\r\nconnection: close\r\n\r\n");
            stream.write_all(&[b"GET ", path, rest.as_bytes()].concat()).unwrap();
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.starts_with(b"HTTP/1.1 4"), "{}", answer.escape_ascii());
        }
    })
    .await
    .unwrap();
    assert_unforged(&app);
}

/// L4: a query may contain where a person goes next, and later perhaps a token.
#[tokio::test]
async fn the_query_of_an_address_is_not_logged() {
    let app = TestApp::start().await;
    app.person().get("/login?next=%2Fa-place-that-nobody-else-asks-for&token=squeamish-ossifrage").await;
    let log = app.log();
    assert!(!log.contains("a-place-that-nobody-else-asks-for") && !log.contains("squeamish-ossifrage"));
}
