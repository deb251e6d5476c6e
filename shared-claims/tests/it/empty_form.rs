//! Forms without named fields: such a button has no body, and is kept like any other form.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;

use shared_claims::testing::TestIssuer;

/// The ways in which browsers, proxies and programs send an empty body.
const NOTHING: [&str; 5] = [
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n",
    "Content-Type: application/x-www-form-urlencoded\r\n\r\n",
    "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Content-Length: 0\r\n\r\n",
    "\r\n",
];

/// Sends a form of this service over a connection of its own, and reads the whole response.
fn press(service: SocketAddr, path: &str, cookies: &str, rest: &str) -> String {
    let mut stream = TcpStream::connect(service).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: demo.sso.localhost:8001\r\nConnection: close\r\nCookie: {cookies}\r\n\
         Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n{rest}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// With the guard, and below `/bare` with a check of the service's own.
pub fn on_actix(issuer: &TestIssuer) -> SocketAddr {
    use actix_web::middleware::{Condition, from_fn};
    use actix_web::{App, HttpServer, web};
    use shared_claims::actix::{Fresh, SameOrigin, User};

    use crate::origin_checked::vouch_for;

    let login = issuer.login();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let scope = |path, guarded| {
                    web::scope(path)
                        .wrap(Condition::new(guarded, SameOrigin))
                        .wrap(Condition::new(!guarded, from_fn(vouch_for)))
                        .route("/delete", web::post().to(async |_: User| "deleted"))
                        .route("/read", web::post().to(async |body: web::Bytes, _: User| format!("{body:?}")))
                        .route("/delete-all", web::post().to(async |_: Fresh<600>| "all deleted"))
                };
                App::new()
                    .app_data(web::Data::new(login.clone()))
                    .service(scope("/bare", false))
                    .service(scope("", true))
            };
            let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
            send.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    receive.recv().unwrap()
}

pub fn on_axum(issuer: &TestIssuer) -> SocketAddr {
    use axum::Router;
    use axum::routing::post;
    use shared_claims::axum::{Fresh, SharedLoginLayer, User};
    let app = Router::new()
        .route("/delete", post(async |_: User| "deleted"))
        .route("/read", post(async |_: User, body: axum::body::Bytes| format!("{body:?}")))
        .route("/delete-all", post(async |_: Fresh<600>| "all deleted"))
        .layer(SharedLoginLayer::new(issuer.login()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async move {
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), app).await.unwrap();
        });
    });
    address
}

#[test]
fn a_button_pressed_too_late_is_kept_however_nothing_was_sent() {
    let issuer = TestIssuer::new();
    let mut claims = issuer.claims_for("ada@example.org");
    claims.auth_time -= 3600;
    let long_ago = issuer.cookie(&claims);
    let (actix, axum) = (on_actix(&issuer), on_axum(&issuer));
    for rest in NOTHING {
        for (service, path) in [
            (actix, "/delete"),
            (actix, "/read"),
            (actix, "/delete-all"),
            (actix, "/bare/delete"),
            (actix, "/bare/delete-all"),
            (axum, "/delete"),
            (axum, "/read"),
            (axum, "/delete-all"),
        ] {
            for cookies in ["a=1", &long_ago].into_iter().take(if path.ends_with("-all") { 2 } else { 1 }) {
                let page = press(service, path, cookies, rest);
                assert!(page.starts_with("HTTP/1.1 401 "), "{path} {rest:?}: {page}");
                assert!(page.contains("There is nothing to type again"), "{path} {rest:?}: {page}");
                let form = format!("<form method=\"post\" action=\"http://demo.sso.localhost:8001{path}\"");
                assert!(
                    page.contains(&form) && page.contains(">Send again</button>"),
                    "{path} {rest:?}: {page}"
                );
                assert!(!page.contains("could not be kept"), "{path} {rest:?}: {page}");
            }
        }
    }
}

#[test]
fn the_handler_gets_nothing_where_nothing_was_sent() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for service in [on_actix(&issuer), on_axum(&issuer)] {
        for rest in NOTHING {
            assert!(press(service, "/read", &ada, rest).ends_with("b\"\""), "{rest:?}");
            assert!(press(service, "/delete", &ada, rest).ends_with("deleted"), "{rest:?}");
        }
    }
}

/// A body without a content type is not a form, and its type is not guessed.
#[test]
fn a_body_of_no_known_kind_is_not_taken_for_nothing() {
    let issuer = TestIssuer::new();
    for service in [on_actix(&issuer), on_axum(&issuer)] {
        let page = press(service, "/delete", "a=1", "Content-Length: 3\r\n\r\na=b");
        assert!(page.starts_with("HTTP/1.1 401 ") && page.contains("could not be kept here"), "{page}");
    }
}
