//! The service as people meet it. No auth-service runs: `shared_claims::testing` stands in for it.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum_example::app;
use http_body_util::BodyExt;
use serde_json::Value;
use shared_claims::Claims;
use shared_claims::testing::TestIssuer;
use tower::ServiceExt;

const AUTH: &str = "http://auth.sso.localhost:8000";

async fn opens(issuer: &TestIssuer, path: &str, cookie: &str) -> Response<Body> {
    asks(issuer, path, cookie, "navigate", "document").await
}

async fn asks(issuer: &TestIssuer, path: &str, cookie: &str, mode: &str, dest: &str) -> Response<Body> {
    let request = Request::get(path).header("sec-fetch-mode", mode).header("sec-fetch-dest", dest);
    let request = request.header("cookie", cookie).body(Body::empty()).unwrap();
    app(issuer.login()).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn the_open_page_is_for_everybody() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for (cookie, words) in [("", "Open to all."), (&ada, "and you are logged in")] {
        let page = opens(&issuer, "/", cookie).await;
        assert_eq!(
            (page.status(), &page.headers()["cache-control"]),
            (StatusCode::OK, &"no-store".parse().unwrap())
        );
        assert!(text(page).await.contains(words));
    }
}

#[tokio::test]
async fn the_private_page_sends_strangers_to_the_login_and_greets_the_others() {
    let issuer = TestIssuer::new();
    let answer = opens(&issuer, "/private?a=b", "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let back = "http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate%3Fa%3Db";
    assert_eq!(answer.headers()["location"], format!("{AUTH}/login?next={back}"));
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    assert_eq!(text(opens(&issuer, "/private", &ada).await).await, "Hello, Test Person.");
}

#[tokio::test]
async fn a_script_learns_who_is_logged_in_or_where_to_renew() {
    let issuer = TestIssuer::new();
    let claims = issuer.claims_for("ada@example.org");
    let answer = asks(&issuer, "/api/me", &issuer.cookie(&claims), "cors", "empty").await;
    assert_eq!(serde_json::from_str::<Claims>(&text(answer).await).unwrap(), claims);
    let answer = asks(&issuer, "/api/me", "", "cors", "empty").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let problem: Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!(problem["renew_url"], format!("{AUTH}/api/session/renew"));
}

/// A WebSocket opens by `GET`, from any page.
#[tokio::test]
async fn only_our_own_page_opens_a_websocket() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for (origin, status) in [
        ("http://demo.sso.localhost:8001", StatusCode::OK),
        ("http://evil.sso.localhost:8001", StatusCode::FORBIDDEN),
    ] {
        let request = Request::get("/api/me").header("upgrade", "websocket").header("origin", origin);
        let request = request.header("cookie", ada.clone()).body(Body::empty()).unwrap();
        assert_eq!(app(issuer.login()).oneshot(request).await.unwrap().status(), status, "{origin}");
    }
}

#[tokio::test]
async fn health_needs_no_login_and_the_script_is_served() {
    let issuer = TestIssuer::new();
    assert_eq!(text(opens(&issuer, "/healthz", "").await).await, "ok");
    assert_eq!(
        opens(&issuer, "/sso.js", "").await.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
}
