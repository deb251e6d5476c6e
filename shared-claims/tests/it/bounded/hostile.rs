//! Hostile clients, which hold connections or keep a worker busy for nothing.

use super::*;

/// I7: this includes every later head.
#[test]
fn each_head_of_a_connection_has_a_deadline() {
    let service = Service::start();
    for rounds in 0..3 {
        let mut client = service.connect();
        for _ in 0..rounds {
            client.send(&get("/"));
            client.hear("hello");
        }
        client.send("GET / HTTP/1.1\r\nHost:");
        client.hear_all();
    }
}

/// I7: sending a byte now and then does not extend the deadline.
#[test]
fn a_head_that_comes_byte_by_byte_is_given_up() {
    let service = Service::start();
    let mut client = service.connect();
    client.send(&get("/"));
    client.hear("hello");
    client.send("GET / HTTP/1.1\r\nX-A: ");
    while client.0.write_all(b"a").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// I7
#[test]
fn an_idle_connection_ends() {
    let service = Service::start();
    service.connect().hear_all();
    let mut client = service.connect();
    client.send(&get("/"));
    assert!(client.hear_all().ends_with("hello"));
    // Blank lines before a request do not count as one.
    let mut client = service.connect();
    client.send("\r\n\r\n\r\n");
    client.hear_all();
}

/// I7: the request was answered without its body.
#[test]
fn a_body_that_nobody_reads_is_not_waited_for() {
    let service = Service::start();
    for body in [
        "Transfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        "Content-Length: 10\r\n\r\nab",
        "Content-Length: 10\r\n\r\n",
    ] {
        let mut client = service.connect();
        client.send(&format!("POST /nothing HTTP/1.1\r\nHost: a\r\n{body}"));
        let heard = client.hear_all();
        assert!(heard.starts_with("HTTP/1.1 404 "), "{body:?}: {heard}");
    }
}

/// I8: neither for ever, nor in any amount.
#[test]
fn little_is_read_of_a_body_that_nobody_wants() {
    let service = Service::start();
    let mut client = service.connect();
    client.send("POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.hear("\r\n\r\n");
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    let mut sent = 0;
    while client.0.write_all(chunk.as_bytes()).is_ok() {
        sent += chunk.len();
        assert!(sent < 64 << 20, "it reads on for ever");
    }
}

/// I7: the handler reads the body.
#[test]
fn a_body_that_stands_still_is_given_up() {
    let service = Service::start();
    for framing in ["Content-Length: 1000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3e8\r\n"] {
        let mut client = service.connect();
        client.send(&format!("POST /form HTTP/1.1\r\nHost: a\r\n{framing}abc"));
        assert_eq!(client.hear_all(), "");
        let mut client = service.connect();
        client.send(&format!("POST /form HTTP/1.1\r\nHost: a\r\n{framing}abc"));
        while client.0.write_all(b"a").is_ok() {
            std::thread::sleep(limits().stall_timeout / 4);
        }
    }
}

/// I7
#[test]
fn an_answer_that_nobody_takes_is_given_up() {
    let service = Service::start();
    let mut client = service.connect();
    client.send_without_reading(&get("/page").repeat(200));
    // The bytes do not matter: a failing write shows that the connection was closed.
    let mut gone = false;
    for _ in 0..600 {
        std::thread::sleep(Duration::from_millis(50));
        gone = client.0.take_error().unwrap().is_some()
            || client.0.write(b"\r\n").is_err_and(|error| error.kind() != ErrorKind::WouldBlock);
        if gone {
            break;
        }
    }
    assert!(gone, "the connection is held");
}

/// I8: one request is handled at a time, however many were sent.
#[test]
fn who_sends_requests_ahead_and_reads_nothing_is_not_served_ahead() {
    let service = Service::with(Limits { stall_timeout: TIMEOUT, ..limits() });
    for page in ["/page", "/moved"] {
        let mut client = service.connect();
        client.send_without_reading(&get(page).repeat(5000));
        let heard = client.0.read(&mut [0; 12]).unwrap();
        assert_eq!(heard, 12);
    }
    // Both kernels buffer a few megabytes at most. All responses together have 320.
    assert!(service.pages() < 500, "{} pages were made for nobody", service.pages());
    let mut other = service.connect();
    other.send(&get("/"));
    other.hear("hello");
}

/// I9
#[test]
fn http_2_is_not_spoken() {
    let service = Service::start();
    let mut client = service.connect();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(client.hear_all().starts_with("HTTP/1.1 400 "));
    let mut client = service.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
    assert!(client.hear("hello").starts_with("HTTP/1.1 200 "));
}
