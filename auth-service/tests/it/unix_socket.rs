//! `LISTEN=unix:…`: a socket file for a proxy on the same machine. I6 is about the file, T5 about
//! the proxy's headers.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use auth_service::config::ServeFlags;
use reqwest::Method;

use super::commands::{Program, folder};
use super::session_list::FIREFOX;
use crate::support::{AUTH_HOST, Deployment, PASSWORD, Person, TestApp, Tweaks};

fn socket() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    (folder, path)
}

/// A running process. It is killed on drop if it is still alive.
struct Instance(Child);

impl Instance {
    fn start(mut program: Program) -> Self {
        let mut child = program.0.stderr(Stdio::piped()).spawn().unwrap();
        let (mut log, mut lines) = (BufReader::new(child.stderr.take().unwrap()), String::new());
        while !lines.contains("listening") {
            assert!(log.read_line(&mut lines).unwrap() > 0, "it ended: {lines}");
        }
        // The log must be read, or the service could not write it.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self(child)
    }

    fn stop(&mut self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.0.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.0.wait().unwrap();
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(path: &Path, host: &str) -> String {
    let mut stream = UnixStream::connect(path).unwrap();
    let question = format!("GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// I6
#[test]
fn the_file_is_for_owner_and_group_and_goes_at_the_end() {
    let ((_folder, url), (sockets, path)) = (folder(), socket());
    let listen = format!("unix:{}", path.display());
    let mut service = Instance::start(Program::new(&[]).set_all(&url).set("LISTEN", &listen));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);
    assert!(ask(&path, AUTH_HOST).starts_with("HTTP/1.1 200 "));
    assert!(ask(&path, "evil.net").starts_with("HTTP/1.1 421 "), "the host is judged as ever");
    service.stop("TERM");
    assert_eq!(fs::read_dir(sockets.path()).unwrap().count(), 0);
}

/// I6
#[test]
fn a_living_process_keeps_its_socket_and_a_killed_one_is_followed() {
    let ((_folder, url), (_sockets, path)) = (folder(), socket());
    let listen = format!("unix:{}", path.display());
    let program = || Program::new(&[]).set_all(&url).set("LISTEN", &listen);
    let mut first = Instance::start(program());
    let refused = program().run();
    refused.assert_says(1, &format!("LISTEN: {listen} cannot be listened on: another process listens there"));
    assert!(ask(&path, AUTH_HOST).starts_with("HTTP/1.1 200 "), "the first goes on");
    first.stop("KILL");
    assert!(path.exists() && UnixStream::connect(&path).is_err());
    let _second = Instance::start(program());
    assert!(ask(&path, AUTH_HOST).starts_with("HTTP/1.1 200 "));
}

/// A person behind the proxy at the socket.
async fn behind(path: &Path, proxies: Option<&str>) -> (TestApp, Person) {
    let flags = ServeFlags {
        listen: Some(format!("unix:{}", path.display())),
        trusted_proxies: proxies.map(str::to_owned),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    app.user("ada@example.org", PASSWORD).await;
    let person = app.person().at_socket(path).using(FIREFOX);
    (app, person)
}

/// T5: a process that may open the file is the proxy, without an entry in `TRUSTED_PROXIES`.
#[tokio::test]
async fn the_proxy_at_the_socket_says_where_a_request_came_from() {
    let (_folder, path) = socket();
    let (app, person) = behind(&path, Some("10.0.0.0/8")).await;
    for (forwarded, client) in [
        ("203.0.113.7", Some("203.0.113.7")),
        ("198.51.100.1, 203.0.113.7", Some("203.0.113.7")),
        ("198.51.100.1, 203.0.113.7, 10.1.2.3", Some("203.0.113.7")),
        ("198.51.100.1, garbage", None),
        ("", None),
    ] {
        let browser = person.another().sending("x-forwarded-for", forwarded);
        assert_eq!(browser.log_in("ada@example.org", PASSWORD).await.status, 303, "{forwarded}");
        let session = app.session_of(&browser).await;
        assert_eq!(session.address.as_deref(), client, "{forwarded}");
        let events = app.events("login").await;
        let row = events.into_iter().find(|row| row.session() == Some(session.id.uuid())).unwrap();
        assert_eq!(row.address.as_deref(), client, "{forwarded}");
    }
}

/// X3: although only the proxy can connect, a form may come from any site's page.
#[tokio::test]
async fn other_sites_forms_are_refused_at_the_socket_too() {
    let (_folder, path) = socket();
    let (_app, person) = behind(&path, None).await;
    let form = person.request(Method::POST, "/login").header("origin", "https://evil.net");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("email=a");
    assert_eq!(person.send(form).await.status, 403);
}

#[tokio::test]
async fn forward_auth_believes_the_proxy_at_the_socket() {
    let (_folder, path) = socket();
    let (_app, person) = behind(&path, None).await;
    let question = [
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "wiki.example.org"),
        ("x-forwarded-uri", "/page"),
        ("accept", "text/html"),
    ];
    let request = person.request(Method::GET, "/auth/verify");
    let request = question.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let reply = person.send(request).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    assert!(reply.header("location").unwrap().contains("wiki.example.org"));
}

#[tokio::test]
async fn the_doctor_finds_a_socket_that_nobody_serves_and_one_that_everybody_may_open() {
    let (folder, path) = socket();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let listen = format!("unix:{}", path.display());
    let deployment = Deployment::healthy().await;
    let doctor = || deployment.doctor().set("LISTEN", &listen);
    doctor().examine().await.assert_wrong(&["listen-socket-dead"]);
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).unwrap();
    let well = doctor().examine().await;
    // The exit code is not checked, because it also reflects that the tests' PostgreSQL role is a
    // superuser.
    assert!(well.ids("error").is_empty() && well.ids("warning").is_empty(), "{:#}", well.report);
    assert!(well.ids("ok").contains(&"listen-socket") && well.ids("ok").contains(&"proxy-trusted"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    doctor().examine().await.assert_wrong(&["listen-socket-open-to-all"]);
    drop(listener);
    doctor().examine().await.assert_wrong(&["listen-socket-dead"]);
}
