//! The shutdown of a process, as proxies and people see it. Z3: every test here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use auth_service::db::schema::sessions;
use diesel::{QueryDsl, RunQueryDsl};
use reqwest::{Method, StatusCode};
use tokio::task::JoinSet;

use crate::commands::Program;
use crate::raw_http;
use crate::support::{AUTH_HOST, PASSWORD, Person, REFRESH, ReservedPort, TestDatabase};

/// A delay that is longer than any test. A second signal ends it.
const FOR_EVER: &str = "300s";

/// A running process. It is killed on drop if it is still alive.
pub struct Instance {
    child: Child,
    log: BufReader<ChildStderr>,
    pub address: SocketAddr,
    _port: ReservedPort,
}

impl Instance {
    pub fn start(database: &TestDatabase, delay: &str) -> Self {
        Self::start_as(Program::new(&[]).set_all(&database.url).set("SHUTDOWN_DELAY", delay))
    }

    pub fn start_as(program: Program) -> Self {
        let port = ReservedPort::new();
        let mut program = program.set("LISTEN", &port.address.to_string()).set("BCRYPT_COST", "10");
        let mut child = program.0.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut instance = Self { child, log, address: port.address, _port: port };
        instance.wait_for_line("listening");
        instance
    }

    /// Reads the log up to a line with `words`.
    fn wait_for_line(&mut self, words: &str) {
        let mut lines = String::new();
        while !lines.contains(words) {
            assert!(self.log.read_line(&mut lines).unwrap() > 0, "it ended without {words:?}: {lines}");
        }
    }

    pub fn person(&self) -> Person {
        Person::new(self.address, Arc::default())
    }

    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Sends the signal and returns the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.end().0
    }

    /// Its exit code, and the rest of its log.
    pub fn end(&mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A login form of which the service has the head and one byte.
struct HalfAForm {
    stream: TcpStream,
    rest: String,
}

impl HalfAForm {
    async fn send(instance: &Instance, email: &str) -> Self {
        let browser = instance.person();
        let csrf = browser.get("/login").await.field("csrf_token").unwrap();
        let fields = [("csrf_token", csrf.as_str()), ("email", email), ("password", PASSWORD)];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let (first, rest) = body.split_at(1);
        let mut stream = TcpStream::connect(instance.address).unwrap();
        write!(
            stream,
            "POST /login HTTP/1.1\r\nHost: {AUTH_HOST}\r\nCookie: {}\r\n{}Content-Length: {}\r\n\r\n{first}",
            browser.cookie_header(),
            raw_http::FORM,
            body.len()
        )
        .unwrap();
        // The request has certainly begun once each thread has answered a later connection.
        for _ in 0..8 {
            assert_eq!(instance.person().get("/healthz").await.status, StatusCode::OK);
        }
        Self { stream, rest: rest.to_owned() }
    }

    fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).unwrap();
        self.stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        raw_http::listen(&mut self.stream).text
    }
}

fn refuses_connections(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err()
}

#[tokio::test]
async fn ready_goes_false_first_while_everything_is_still_answered() {
    let database = TestDatabase::create();
    let mut instance = Instance::start(&database, FOR_EVER);
    let probe = instance.person();
    assert_eq!(probe.get("/readyz").await.status, StatusCode::OK);
    instance.signal("TERM");
    instance.wait_for_line("not ready any more");
    let ready = instance.person().get("/readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"));
    assert!(ready.header("retry-after").is_some());
    // New connections are accepted, people can log in, and the process is alive.
    assert_eq!(instance.person().get("/healthz").await.status, StatusCode::OK);
    let ada = instance.person();
    ada.register("ada@example.org", PASSWORD).await;
    assert!(ada.is_logged_in().await);
    let desk = instance.person();
    assert_eq!(desk.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert!(desk.is_logged_in().await);
    instance.signal("TERM");
    let (code, rest) = instance.end();
    assert_eq!(code, Some(0), "{rest}");
    assert!(rest.contains("not waiting for proxies") && rest.contains("stopped"), "{rest}");
}

#[tokio::test]
async fn a_connection_that_a_proxy_keeps_is_closed_with_its_next_answer() {
    let database = TestDatabase::create();
    let mut instance = Instance::start(&database, FOR_EVER);
    let mut kept = TcpStream::connect(instance.address).unwrap();
    let ask = format!("GET /healthz HTTP/1.1\r\nHost: {AUTH_HOST}\r\n\r\n");
    kept.write_all(ask.as_bytes()).unwrap();
    let mut first = [0; 4096];
    let length = kept.read(&mut first).unwrap();
    let first = String::from_utf8_lossy(&first[..length]).to_lowercase();
    assert!(first.starts_with("http/1.1 200") && !first.contains("connection: close"), "{first}");
    instance.signal("TERM");
    instance.wait_for_line("not ready any more");
    kept.write_all(ask.as_bytes()).unwrap();
    kept.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let second = raw_http::listen(&mut kept);
    assert_eq!(second.status(), "200", "{}", second.text);
    assert!(second.text.to_lowercase().contains("connection: close"), "{}", second.text);
    assert!(second.is_closed);
}

/// The login outlives the process that answered it.
#[tokio::test]
async fn a_login_that_has_begun_is_finished_after_the_listener_is_closed() {
    let database = TestDatabase::create();
    let mut instance = Instance::start(&database, "0s");
    instance.person().register("ada@example.org", PASSWORD).await;
    let login = HalfAForm::send(&instance, "ada@example.org").await;
    instance.signal("TERM");
    instance.wait_for_line("no new connections");
    while !refuses_connections(instance.address) {
        tokio::task::yield_now().await;
    }
    let answer = login.finish();
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    let (code, rest) = instance.end();
    assert_eq!(code, Some(0), "{rest}");

    let refresh = answer.split(&format!("{REFRESH}=")).nth(1).unwrap().split(';').next().unwrap();
    let next = Instance::start(&database, "0s");
    let ada = next.person();
    ada.set_cookie(REFRESH, refresh);
    assert!(ada.is_logged_in().await);
}

/// Several clients, each of which checks `/readyz` like a proxy.
#[tokio::test]
async fn no_login_is_dropped_by_an_instance_that_leaves() {
    let database = Arc::new(TestDatabase::create());
    let mut instance = Instance::start(&database, FOR_EVER);
    instance.person().register("ada@example.org", PASSWORD).await;
    let mut clients = JoinSet::new();
    for _ in 0..4 {
        let address = instance.address;
        clients.spawn(async move {
            let mut logins = 0_i64;
            loop {
                let browser = Person::new(address, Arc::default());
                if browser.get("/readyz").await.status != StatusCode::OK {
                    return logins;
                }
                let reply = browser.log_in("ada@example.org", PASSWORD).await;
                assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
                assert!(browser.is_logged_in().await);
                logins += 1;
            }
        });
    }
    // The signal must come while people are logging in.
    let count = {
        let database = database.clone();
        move || {
            let count = |conn: &mut auth_service::db::AnyConnection| {
                sessions::table.count().get_result::<i64>(conn).map_err(auth_service::db::DatabaseError::from)
            };
            database.connect().run_blocking(count).unwrap()
        }
    };
    while count() < 6 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    instance.signal("TERM");
    let logins: i64 = clients.join_all().await.into_iter().sum();
    instance.signal("TERM");
    let (code, rest) = instance.end();
    assert_eq!(code, Some(0), "{rest}");
    let by_registration = 1;
    assert_eq!(count(), by_registration + logins);
}

#[tokio::test]
async fn whoever_is_told_again_does_not_wait_for_what_has_begun_and_says_so() {
    let database = TestDatabase::create();
    for second in ["TERM", "INT"] {
        let mut instance = Instance::start(&database, "0s");
        let never_finished = HalfAForm::send(&instance, "ada@example.org").await;
        instance.signal("TERM");
        instance.wait_for_line("no new connections");
        instance.signal(second);
        let (code, rest) = instance.end();
        assert_eq!(code, Some(1), "{rest}");
        assert!(
            rest.contains("auth-service: second signal received: requests in flight were aborted"),
            "{rest}"
        );
        drop(never_finished);
    }
}

/// After Ctrl-C there is no delay for a proxy.
#[tokio::test]
async fn an_interrupt_skips_the_delay() {
    let database = TestDatabase::create();
    let mut instance = Instance::start(&database, FOR_EVER);
    assert_eq!(
        instance.person().request(Method::GET, "/healthz").send().await.unwrap().status(),
        StatusCode::OK
    );
    instance.signal("INT");
    let (code, rest) = instance.end();
    assert_eq!(code, Some(0), "{rest}");
    assert!(!rest.contains("not ready any more"), "{rest}");
}

/// `Type=notify`: ready when it listens, and stopping from the signal on.
#[tokio::test]
async fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let (database, folder) = (TestDatabase::create(), tempfile::tempdir().unwrap());
    let path = folder.path().join("notify");
    let systemd = UnixDatagram::bind(&path).unwrap();
    systemd.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let hears = || {
        let mut message = [0; 64];
        let length = systemd.recv(&mut message).unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap()
    };
    let program = Program::new(&[]).set_all(&database.url).set("NOTIFY_SOCKET", path.to_str().unwrap());
    let mut instance = Instance::start_as(program);
    assert_eq!(hears(), "READY=1\n");
    instance.signal("TERM");
    assert_eq!(hears(), "STOPPING=1\n");
    assert_eq!(instance.end().0, Some(0));
}

/// SIGHUP, which operators send to have settings reloaded, and a terminal when it closes.
#[tokio::test]
async fn a_hangup_is_answered_in_the_log_and_ends_nothing() {
    let database = TestDatabase::create();
    let mut instance = Instance::start(&database, "0s");
    for _ in 0..2 {
        instance.signal("HUP");
        instance.wait_for_line("SIGHUP: nothing is read again");
        let alive = instance.person().request(Method::GET, "/healthz").send().await.unwrap();
        assert_eq!(alive.status(), StatusCode::OK);
    }
    instance.signal("TERM");
    assert_eq!(instance.end().0, Some(0));
}
