//! Methods that a path accepts, and the response to others.

use reqwest::{Method, StatusCode};

use crate::support::{PASSWORD, TestApp};

const PAGES: [&str; 4] = ["/", "/login", "/logout", "/register"];
const FORMS: [&str; 3] = ["/login", "/logout", "/register"];
const FACTS: [&str; 4] = ["/healthz", "/readyz", "/.well-known/jwks.json", "/static/style.css"];

/// X1, RFC 9110 9.3.2: HEAD responds like GET, without the body.
#[tokio::test]
async fn every_address_that_can_be_read_answers_head() {
    let app = TestApp::start().await;
    let somebody = app.person();
    for path in PAGES.iter().chain(&FACTS) {
        let head = somebody.send(somebody.request(Method::HEAD, path)).await;
        let get = somebody.get(path).await;
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.header("cache-control"), get.header("cache-control"), "{path}");
        assert!(head.text.is_empty(), "{path}");
    }
}

/// X1: with a login too, HEAD rotates no session and uses up no message.
#[tokio::test]
async fn head_renews_no_login_and_logs_nobody_out() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let before = ada.cookie("__Host-sso_refresh");
    for path in ["/login?next=/logout", "/logout", "/", "/register", "/login"] {
        let reply = ada.send(ada.request(Method::HEAD, path)).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert!(
            reply.cookie("__Host-sso_refresh").is_none() && reply.cookie("__Secure-sso_access").is_none()
        );
    }
    assert_eq!(ada.cookie("__Host-sso_refresh"), before);
    assert!(ada.is_logged_in().await);
}

/// X1, RFC 9110 15.5.6: other methods get a page, and a header with the allowed ones.
#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_refused_with_those_it_takes() {
    let app = TestApp::start().await;
    let ada = app.person();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get"] {
        // A load balancer's request, which tests/it/health.rs tests.
        let is_probe = |path: &str| method == "OPTIONS" && path == "/";
        for path in PAGES.iter().chain(&FACTS).filter(|path| !is_probe(path)) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let reply = ada.send(ada.request(method.clone(), path)).await;
            assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            let allowed = reply.header("allow").unwrap_or_else(|| panic!("{method} {path} has no Allow"));
            assert!(allowed.contains("GET"), "{method} {path}: {allowed}");
            assert_eq!(allowed.contains("POST"), FORMS.contains(path), "{method} {path}: {allowed}");
            assert!(reply.says("That does not work here"), "{method} {path}: {}", reply.text);
        }
    }
}

/// X1: read-only paths accept no form.
#[tokio::test]
async fn nothing_can_be_posted_to_what_is_only_to_be_read() {
    let app = TestApp::start().await;
    let ada = app.person();
    let token = ada.get("/login").await.field("csrf_token").unwrap();
    for path in FACTS.iter().chain(&["/"]) {
        let reply = ada.post(path, &[("csrf_token", &token)]).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

/// H6: TRACE would give a script the cookies that it may not read.
#[tokio::test]
async fn trace_is_refused_everywhere() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let secret = ada.cookie("__Host-sso_refresh").unwrap();
    for path in PAGES.iter().chain(&FACTS).chain(&["/nothing"]) {
        let reply = ada.send(ada.request(Method::TRACE, path)).await;
        assert_eq!(reply.header("allow"), Some("GET, HEAD, POST"), "{path}");
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(!reply.text.contains(&secret), "{path}");
    }
}
