//! Requests that a page of another site can make without a preflight: X8, X9.

use reqwest::header::ORIGIN;
use reqwest::{Method, StatusCode};

use super::csrf::{OURS, SIBLING, victim};
use crate::support::TestApp;

/// X8: the content types that a foreign page can send without a preflight.
#[tokio::test]
async fn only_a_plain_form_is_read() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let token = ada.get("/logout").await.field("csrf_token").unwrap();
    for (kind, body) in [
        (Some("text/plain"), format!("csrf_token={token}")),
        (Some("application/json"), format!("{{\"csrf_token\":\"{token}\"}}")),
        (Some("application/json; x=application/x-www-form-urlencoded"), format!("csrf_token={token}")),
        (
            Some("multipart/form-data; boundary=b"),
            format!("--b\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n--b--\r\n"),
        ),
        (Some("application/xml"), "<a/>".to_owned()),
        (Some("application/x-www-form-urlencoded-not"), format!("csrf_token={token}")),
        (Some(""), format!("csrf_token={token}")),
        (None, format!("csrf_token={token}")),
    ] {
        for path in ["/logout", "/login", "/register"] {
            let mut request = ada.request(Method::POST, path).body(body.clone());
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let reply = ada.send(request).await;
            assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {kind:?}");
        }
    }
    assert!(ada.is_logged_in().await);
}

/// X9
#[tokio::test]
async fn no_other_origin_may_read_an_answer() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    for origin in [SIBLING, OURS, "https://evil.net", "null"] {
        for path in ["/", "/login", "/logout", "/register", "/healthz", "/nothing", "/.well-known/jwks.json"]
        {
            let preflight = ada
                .request(Method::OPTIONS, path)
                .header(ORIGIN, origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type,x-csrf-token")
                .header("sec-fetch-site", "same-site");
            let plain = ada.request(Method::GET, path).header(ORIGIN, origin);
            for request in [preflight, plain] {
                let reply = ada.send(request).await;
                let cors = reply.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
                assert_eq!(cors, None, "{path} for {origin}");
            }
        }
    }
}
