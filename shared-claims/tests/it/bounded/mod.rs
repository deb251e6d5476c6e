//! `BoundedServer` on real sockets, with short limits. I7 to I9: clients that send or read too
//! little, and how much is buffered for them.

mod connection_limits;
mod hostile;
mod shutdown;
mod slow_clients;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Payload};
use actix_web::{App, HttpResponse};
use futures_core::Stream;
use shared_claims::server::{BoundedServer, Limits};

/// The size of `/page`. A few of these fill the kernel's buffers.
const PAGE_BYTES: usize = 64 * 1024;

/// How long a client waits for an event that must come. Every wait here is shorter.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Long enough for every honest client here, and short enough to see the end.
fn limits() -> Limits {
    Limits {
        head_timeout: Duration::from_millis(600),
        idle_timeout: Duration::from_millis(600),
        stall_timeout: Duration::from_millis(600),
        min_progress: 16,
        max_discarded: 64 * 1024,
        ..Limits::default()
    }
}

/// Counts what the handlers have done.
#[derive(Default)]
struct Seen {
    pages: AtomicUsize,
    waiting: AtomicUsize,
}

struct Service {
    address: SocketAddr,
    handle: ServerHandle,
    seen: Arc<Seen>,
}

impl Service {
    fn start() -> Self {
        Self::with(limits())
    }

    fn with(limits: Limits) -> Self {
        let seen = Arc::new(Seen::default());
        let data = web::Data::from(seen.clone());
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap();
                let app = move || App::new().app_data(data.clone()).configure(pages);
                let server = BoundedServer::new(app).limits(limits).disable_signals().shutdown_timeout(20);
                let server = server.listen(listener).unwrap();
                send.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = receive.recv().unwrap();
        Self { address, handle, seen }
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        Client(stream)
    }

    fn pages(&self) -> usize {
        self.seen.pages.load(Ordering::SeqCst)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn pages(services: &mut web::ServiceConfig) {
    services
        .route("/", web::get().to(|| async { "hello" }))
        .route("/", web::head().to(|| async { "hello" }))
        .route("/page", web::get().to(page))
        .route("/download", web::get().to(|| async { "a".repeat(20 << 20) + "the end" }))
        .route("/moved", web::get().to(|| async { HttpResponse::SeeOther().finish() }))
        .route("/form", web::post().to(|body: Bytes| async move { format!("{} bytes", body.len()) }))
        .route("/patient", web::get().to(patient_handler))
        .route("/ticking", web::get().to(|| async { HttpResponse::Ok().streaming(Ticks::new(8)) }))
        .route("/other-protocol", web::get().to(other_protocol));
}

async fn page(seen: web::Data<Seen>) -> Vec<u8> {
    seen.pages.fetch_add(1, Ordering::SeqCst);
    vec![b'a'; PAGE_BYTES]
}

/// Runs longer than any limit, and counts how many requests are running.
async fn patient_handler(seen: web::Data<Seen>) -> &'static str {
    struct Working(web::Data<Seen>);
    impl Drop for Working {
        fn drop(&mut self) {
            self.0.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }
    seen.waiting.fetch_add(1, Ordering::SeqCst);
    let _working = Working(seen);
    tokio::time::sleep(limits().stall_timeout * 4).await;
    "done"
}

/// A response that arrives in pieces, for longer than any limit.
struct Ticks(usize, tokio::time::Interval);

impl Ticks {
    fn new(count: usize) -> Self {
        Self(count, tokio::time::interval(limits().stall_timeout / 2))
    }
}

impl Stream for Ticks {
    type Item = Result<Bytes, actix_web::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::ready!(self.1.poll_tick(context));
        if self.0 == 0 {
            return None.into();
        }
        self.0 -= 1;
        Some(Ok(Bytes::from_static(b"tick "))).into()
    }
}

/// Echoes the input, like a WebSocket.
async fn other_protocol(body: Payload) -> HttpResponse {
    HttpResponse::SwitchingProtocols().upgrade("websocket").streaming(body)
}

struct Client(TcpStream);

impl Client {
    fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).unwrap();
    }

    /// Sends as many requests as the service accepts before it requires the client to read.
    fn send_without_reading(&mut self, text: &str) {
        self.0.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
        let _ = self.0.write_all(text.as_bytes());
    }

    /// Reads until `end` arrives.
    fn hear(&mut self, end: &str) -> String {
        let (mut heard, mut buffer) = (String::new(), vec![0; 64 * 1024]);
        while !heard.contains(end) {
            let length = self.0.read(&mut buffer).unwrap();
            assert!(length > 0, "closed before {end:?}: {heard}");
            heard.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        heard
    }

    /// Reads until the connection is closed. It may be reset if bytes of ours were still unread.
    fn hear_all(&mut self) -> String {
        let mut heard = Vec::new();
        match self.0.read_to_end(&mut heard) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("not closed: {error}"),
            _ => String::from_utf8_lossy(&heard).into_owned(),
        }
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}
