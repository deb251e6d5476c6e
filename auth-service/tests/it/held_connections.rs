//! Endless connections to the running service. `shared_claims::server` tests the limits in detail.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use shared_claims::server::Limits;

use super::commands::{Program, Serving, folder};
use super::raw_http::{FORM, HOST, listen};
use crate::support::{TestApp, Tweaks};

/// The longest wait for an event that must come.
const PATIENCE: Duration = Duration::from_secs(30);

async fn in_a_hurry() -> TestApp {
    let short = Duration::from_millis(500);
    let limits =
        Limits { head_timeout: short, idle_timeout: short, stall_timeout: short, ..Limits::default() };
    TestApp::start_with(Tweaks { limits: Some(limits), ..Tweaks::default() }).await
}

fn connect(address: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// I7
#[tokio::test]
async fn nobody_holds_a_connection_by_sending_half_of_something() {
    let app = in_a_hurry().await;
    let page = format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n");
    for (name, text) in [
        ("nothing", String::new()),
        ("half a head", format!("GET /login HTTP/1.1\r\n{HOST}X-A: ")),
        ("half a second head", format!("{page}GET /login HTTP/1.1\r\n{HOST}X-A: ")),
        (
            "an unread body",
            format!("POST /nothing HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
        ),
        (
            "an unread body of an API",
            format!("POST /api/token/ HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n"),
        ),
        ("half a form", format!("POST /login HTTP/1.1\r\n{HOST}{FORM}Content-Length: 99\r\n\r\nemail=")),
        (
            "half a body of JSON",
            format!(
                "POST /api/token/ HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
            ),
        ),
        (
            "half a body for forward auth",
            format!("GET /auth/verify HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n5\r\n"),
        ),
        (
            "half a body for a static file",
            format!("GET /static/style.css HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n"),
        ),
        (
            "half a body for the keys",
            format!("GET /.well-known/jwks.json HTTP/1.1\r\n{HOST}Content-Length: 9\r\n\r\n"),
        ),
    ] {
        let mut stream = connect(app.address);
        stream.write_all(text.as_bytes()).unwrap();
        let heard = listen(&mut stream);
        assert!(heard.is_closed, "{name} holds a connection: {}", heard.text);
    }
    assert_eq!(app.person().get("/healthz").await.status, 200);
}

/// I7: a form of 16 KB over a line of 2 KB a second, and a page read at that speed.
#[tokio::test]
async fn a_slow_line_is_good_enough() {
    let app = TestApp::start().await;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut stream = connect(app.address);
            let body = format!("email=ada%40example.org&password={}", "a".repeat(16_000));
            let length = body.len();
            let head = format!(
                "POST /login HTTP/1.1\r\n{HOST}{FORM}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            for piece in body.as_bytes().chunks(512) {
                std::thread::sleep(Duration::from_millis(250));
                stream.write_all(piece).unwrap();
            }
            let heard = listen(&mut stream);
            // The status shows that the whole form arrived: it lacks a CSRF token.
            assert_eq!(heard.status(), "400", "{}", heard.text);
        });
        scope.spawn(|| {
            let mut stream = connect(app.address);
            let ask = format!("GET /login HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n");
            stream.write_all(ask.as_bytes()).unwrap();
            let (mut heard, mut buffer) = (String::new(), [0; 512]);
            loop {
                let length = stream.read(&mut buffer).unwrap();
                if length == 0 {
                    break;
                }
                heard.push_str(&String::from_utf8_lossy(&buffer[..length]));
                std::thread::sleep(Duration::from_millis(250));
            }
            assert!(heard.trim_end().ends_with("</html>"), "{heard}");
        });
    });
}

/// The processor time that a process has used, in hundredths of a second.
fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name in brackets may contain anything.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// I8: without a limit, two of these would keep both cores of a machine busy.
#[cfg(target_os = "linux")]
#[test]
fn who_sends_requests_ahead_and_reads_nothing_costs_no_processor_time() {
    let (_folder, url) = folder();
    let service =
        Serving::start(Program::new(&[]).set_all(&url).set("RUST_LOG", "warn,auth_service::cli::serve=info"));
    let request = format!("GET /login HTTP/1.1\r\n{HOST}\r\n");
    let hostile: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = connect(service.address);
            stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
            let _ = stream.write_all(request.repeat(5000).as_bytes());
            stream
        })
        .collect();
    // At first the kernels' buffers are filled, one response after the other.
    let mut before = ticks(service.id());
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = ticks(service.id());
        if now - before < 20 {
            break;
        }
        before = now;
        assert!(
            hostile.iter().all(|stream| stream.take_error().unwrap().is_none()),
            "it worked until it gave them up"
        );
    }
    let mut other = connect(service.address);
    other.write_all(format!("GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(listen(&mut other).status(), "200");
}
