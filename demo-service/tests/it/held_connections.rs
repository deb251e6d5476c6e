//! Slow clients and idle connections, on a real socket: `test::init_service` does not run the layer
//! that limits them.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::Duration;

use demo_service::{Database, Service};
use shared_claims::server::{Limits, Listen};
use shared_claims::testing::TestIssuer;

/// The longest wait for something that must happen. No test takes so long.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Starts the service, which listens for as long as the tests run.
fn listening(listen: Listen) -> Option<std::net::SocketAddr> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let service =
                Service::new(TestIssuer::new().login(), Database::open(":memory:").unwrap(), None).unwrap();
            let short = Duration::from_millis(500);
            let limits = Limits {
                head_timeout: short,
                idle_timeout: short,
                stall_timeout: short,
                ..Limits::default()
            };
            let (listener, _socket_file) = listen.bind().unwrap();
            let address = listener.address().unwrap();
            let server = demo_service::server(service, listener, limits).unwrap();
            send.send(address).unwrap();
            server.await.unwrap();
        });
    });
    receive.recv().unwrap()
}

/// Reads until the connection ends, which it must.
fn read_to_end(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let mut heard = Vec::new();
    match stream.read_to_end(&mut heard) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("not closed: {error}"),
        _ => String::from_utf8_lossy(&heard).into_owned(),
    }
}

/// I7
#[test]
fn nobody_holds_a_connection_by_sending_half_of_something() {
    let address = listening("127.0.0.1:0".parse().unwrap()).unwrap();
    let host = "Host: demo.sso.localhost\r\n";
    let page = format!("GET /healthz HTTP/1.1\r\n{host}\r\n");
    for text in [
        String::new(),
        "GET / HT".to_owned(),
        format!("{page}GET / HT"),
        format!("POST /nothing HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
        format!("POST /notes HTTP/1.1\r\n{host}Content-Length: 99\r\n\r\ntext="),
        format!("{page}{page}"),
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let heard = read_to_end(&mut stream);
        assert_eq!(
            heard.matches("HTTP/1.1 200 ").count(),
            text.matches("/healthz").count(),
            "{text}: {heard}"
        );
    }
}

/// I6
#[test]
fn it_listens_on_a_sockets_file_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    assert_eq!(listening(Listen::Unix(path.clone())), None);
    let mut stream = UnixStream::connect(path).unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: demo.sso.localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).unwrap();
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
}
