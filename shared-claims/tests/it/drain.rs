//! Draining: a client that is refused while it is still sending can read the response. On both
//! frameworks, over real sockets.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpServer};
use axum::Router;
use axum::routing::post;
use shared_claims::SharedLogin;
use shared_claims::actix::{SameOrigin, User};
use shared_claims::axum::{SharedLoginLayer, User as AxumUser};
use shared_claims::testing::TestIssuer;

/// How long a client waits for an event that must come.
const TIMEOUT: Duration = Duration::from_secs(60);

async fn axum_service(login: SharedLogin) -> SocketAddr {
    let app = Router::new()
        .route("/private", post(async |_: AxumUser| "in"))
        .route("/unread", post(async || "nobody looked"))
        .route("/read", post(async |body: Bytes| format!("{} bytes", body.len())))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(SharedLoginLayer::new(login));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    actix_web::rt::spawn(async { axum::serve(listener, app).await.unwrap() });
    address
}

async fn actix_service(login: SharedLogin) -> SocketAddr {
    let app = move || {
        App::new()
            .app_data(web::Data::new(login.clone()))
            .app_data(web::PayloadConfig::new(usize::MAX))
            .wrap(SameOrigin)
            .route("/private", web::post().to(async |_: User| "in"))
            .route("/unread", web::post().to(async || "nobody looked"))
            .route("/read", web::post().to(async |body: Bytes| format!("{} bytes", body.len())))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

/// Sends everything before it reads, as proxies do. If either fails, many proxies lose the
/// response.
fn posts(address: SocketAddr, path: &str, headers: &str, bytes: usize) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let framing = match bytes % 2 {
        0 => format!("Content-Length: {bytes}\r\n\r\n"),
        _ => format!("Transfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n"),
    };
    write!(stream, "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}{framing}")?;
    for chunk in vec![b'x'; bytes].chunks(16 * 1024) {
        stream.write_all(chunk)?;
        // As over a network, where the refusal arrives before the body is sent.
        std::thread::sleep(Duration::from_micros(200));
    }
    if bytes % 2 == 1 {
        stream.write_all(b"\r\n0\r\n\r\n")?;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A request from another site, one without a login, and one to a handler that does not read the
/// body.
const REFUSED: [(&str, &str, &str); 3] = [
    ("/private", "Sec-Fetch-Site: same-site\r\n", "403"),
    ("/private", "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n", "401"),
    ("/unread", "Sec-Fetch-Site: same-origin\r\n", "200"),
];

#[actix_web::test]
async fn a_refusal_reaches_who_is_still_sending() {
    let login = TestIssuer::new().login();
    for (framework, address) in
        [("axum", axum_service(login.clone()).await), ("actix", actix_service(login).await)]
    {
        for (path, headers, status) in REFUSED {
            for bytes in [1_000, 500_000, 500_001, 1_000_000, 4_000_001] {
                let answer = web::block(move || posts(address, path, headers, bytes)).await.unwrap();
                let what = format!("{framework} {status} {bytes}");
                let answer = answer.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
            }
        }
    }
}

/// A handler gets the whole body: draining takes no byte of it.
#[actix_web::test]
async fn a_handler_that_reads_gets_everything() {
    let login = TestIssuer::new().login();
    for address in [axum_service(login.clone()).await, actix_service(login).await] {
        for bytes in [0, 1, 500_000, 500_001, 20_000_000] {
            let headers = "Sec-Fetch-Site: same-origin\r\n";
            let answer = web::block(move || posts(address, "/read", headers, bytes)).await.unwrap().unwrap();
            assert!(answer.ends_with(&format!("{bytes} bytes")), "{answer}");
        }
    }
}

/// Draining is limited: it does not wait for an excessive length, or for a client that waits for
/// `100 Continue`.
#[actix_web::test]
async fn nobody_waits_for_what_will_not_be_read() {
    let address = axum_service(TestIssuer::new().login()).await;
    for framing in ["Content-Length: 500000000\r\n", "Expect: 100-continue\r\nContent-Length: 500000\r\n"] {
        let answer = web::block(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let from = "Sec-Fetch-Site: same-site\r\n";
            write!(stream, "POST /private HTTP/1.1\r\nHost: a\r\n{from}{framing}\r\n").unwrap();
            let mut status = [0; 12];
            stream.read_exact(&mut status).unwrap();
            stream.shutdown(Shutdown::Both).unwrap();
            String::from_utf8_lossy(&status).into_owned()
        });
        assert_eq!(answer.await.unwrap(), "HTTP/1.1 403", "{framing}");
    }
}

/// A handler may respond while it is still reading, like an echo. Then nothing is drained.
#[actix_web::test]
async fn an_answer_may_be_made_of_what_is_still_being_sent() {
    let echo = Router::new()
        .route("/echo", post(async |request: axum::extract::Request| request.into_body()))
        .layer(SharedLoginLayer::new(TestIssuer::new().login()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    actix_web::rt::spawn(async { axum::serve(listener, echo).await.unwrap() });
    let heard = web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let from = "Sec-Fetch-Site: same-origin\r\n";
        write!(stream, "POST /echo HTTP/1.1\r\nHost: a\r\n{from}Transfer-Encoding: chunked\r\n\r\n").unwrap();
        stream.write_all(b"5\r\nfirst\r\n").unwrap();
        let mut heard = Vec::new();
        let mut byte = [0];
        while !heard.ends_with(b"first") {
            stream.read_exact(&mut byte).unwrap();
            heard.push(byte[0]);
        }
        stream.write_all(b"6\r\nsecond\r\n0\r\n\r\n").unwrap();
        while !heard.ends_with(b"second") {
            stream.read_exact(&mut byte).unwrap();
            heard.push(byte[0]);
        }
        heard
    });
    assert!(heard.await.unwrap().starts_with(b"HTTP/1.1 200 "));
}
