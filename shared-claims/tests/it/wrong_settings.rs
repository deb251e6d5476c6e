//! Warnings about settings that are valid and wrong. Strangers' requests cannot repeat them.

use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::{Settings, SharedLogin};

use crate::logs::Log;
use crate::support_web::{ask, calls, opens};

const HINT: &str = "set SERVICE_URL to the address that they open";

/// What a service with this `SERVICE_URL` logs about requests that name these hosts.
async fn log_of(service_url: &str, requests: Vec<TestRequest>) -> String {
    let issuer = match service_url.starts_with("https") {
        true => TestIssuer::new().for_domain("https://auth.example.org", "example.org"),
        false => TestIssuer::new(),
    };
    let login = issuer.for_service(service_url).login();
    let (log, guard) = Log::of_this_thread();
    for request in requests {
        ask(&login, request).await;
    }
    drop(guard);
    log.text()
}

fn by(host: &str) -> TestRequest {
    opens("/").insert_header(("Host", host))
}

#[actix_web::test]
async fn a_host_that_is_not_that_of_service_url_is_told_once_with_both() {
    for (host, service_url) in [
        ("my.sso.localhost:8002", "http://demo.sso.localhost:8001"),
        ("my.sso.localhost:8002", "http://my.sso.localhost:8003"),
        ("MY.sso.localhost", "http://demo.sso.localhost"),
        ("my.example.org", "https://shop.example.org"),
    ] {
        let log = log_of(service_url, vec![by(host), by(host), by("other.sso.localhost")]).await;
        assert_eq!(log.matches(HINT).count(), 1, "{host}: {log}");
        assert!(log.contains("WARN") && log.contains(host) && log.contains(service_url), "{log}");
    }
}

/// Health checks and proxies use addresses and names that nobody opens.
#[actix_web::test]
async fn a_host_that_says_nothing_of_what_people_open_is_passed_over() {
    let forwarded = |name, value| by("inner.example.org").insert_header((name, value));
    let quiet = vec![
        by("shop.example.org"),
        by("SHOP.example.org"),
        by("shop.example.org:443"),
        by("shop.example.org:8080"),
        by("127.0.0.1:8001"),
        by("[::1]:8001"),
        by("10.1.2.3"),
        by("localhost:8001"),
        by("shop"),
        by("shop.internal:8001"),
        by("evil.example.com"),
        by("shop.example.org.evil.net"),
        by("a b.example.org"),
        by(""),
        forwarded("X-Forwarded-Host", "shop.example.org"),
        forwarded("X-Forwarded-Host", "shop.example.org:443, proxy"),
        forwarded("Forwarded", "for=192.0.2.1;host=\"shop.example.org\";proto=https"),
        calls("/").insert_header(("Host", "inner.example.org")),
        TestRequest::get().uri("/").insert_header(("Host", "inner.example.org")),
        opens("/").insert_header(("Host", "inner.example.org")).append_header(("Host", "shop.example.org")),
    ];
    let log = log_of("https://shop.example.org", quiet).await;
    assert!(!log.contains(HINT), "{log}");
    let log =
        log_of("http://my.sso.localhost:8002", vec![by("my.sso.localhost:8002"), by("my.sso.localhost")]);
    assert!(!log.await.contains(HINT));
}

#[actix_web::test]
async fn the_layer_of_axum_tells_of_the_host_too() {
    use tower::ServiceExt;
    let login = TestIssuer::new().login();
    let app = axum::Router::new().layer(shared_claims::axum::SharedLoginLayer::new(login));
    let (log, guard) = Log::of_this_thread();
    let request = axum::http::Request::get("/").header("host", "my.sso.localhost:8002");
    let request = request.header("sec-fetch-mode", "navigate").body(axum::body::Body::empty()).unwrap();
    app.oneshot(request).await.unwrap();
    drop(guard);
    assert!(log.text().contains(HINT), "{}", log.text());
}

/// Two auth-services below one domain, or `AUTH_JWKS` of another one.
#[actix_web::test]
async fn a_key_that_is_not_among_those_of_auth_jwks_is_told_once_with_its_id() {
    let (ours, other) = (TestIssuer::new(), TestIssuer::new());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), ours.jwks()).unwrap();
    let jwks = file.path().to_str().unwrap();
    let settings = Settings::from_lookup(|name| match name {
        "AUTH_JWKS" => Some(jwks.to_owned()),
        "AUTH_URL" => Some("http://auth.sso.localhost:8000".to_owned()),
        "COOKIE_DOMAIN" => Some("sso.localhost".to_owned()),
        "SERVICE_URL" => Some("http://demo.sso.localhost:8001".to_owned()),
        _ => None,
    });
    let login = SharedLogin::new(settings.unwrap()).unwrap();
    let ada = |issuer: &TestIssuer| issuer.cookie(&issuer.claims_for("ada@example.org"));
    let (log, guard) = Log::of_this_thread();
    assert_eq!(ask(&login, opens("/private").insert_header(("Cookie", ada(&ours)))).await.status, 200);
    for _ in 0..3 {
        assert_eq!(ask(&login, opens("/private").insert_header(("Cookie", ada(&other)))).await.status, 303);
    }
    drop(guard);
    let text = log.text();
    let told: Vec<_> = text.lines().filter(|line| line.contains("not in AUTH_JWKS")).collect();
    assert_eq!(told.len(), 1, "{text}");
    assert!(told[0].contains("WARN") && told[0].contains(other.key_id()) && told[0].contains(jwks), "{text}");
}
