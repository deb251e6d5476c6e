//! N7: links come from the settings, never from a request.

use reqwest::header::{HOST, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};

use crate::support::{PASSWORD, TestApp, logs};

/// The request with another `Host`.
pub fn with_host(request: RequestBuilder, host: &str) -> RequestBuilder {
    request.headers(HeaderMap::from_iter([(HOST, HeaderValue::from_str(host).unwrap())]))
}

#[tokio::test]
async fn a_request_for_another_host_is_misdirected() {
    let app = TestApp::start().await;
    let somebody = app.person();
    for host in [
        "evil.net",
        "example.org",
        "shop.example.org",
        "auth.example.org.evil.net",
        "auth.example.org.",
        "auth.example.org:8443",
        "auth.example.org:80",
        "auth.example.org@evil.net",
        "evil.net, auth.example.org",
        "auth.example.org, evil.net",
        "127.0.0.1",
        "localhost",
        "",
        " ",
    ] {
        for path in ["/", "/login", "/register", "/logout", "/nothing", "//healthz"] {
            let reply = somebody.send(with_host(somebody.request(Method::GET, path), host)).await;
            assert_eq!(reply.status, StatusCode::MISDIRECTED_REQUEST, "{host:?} {path}");
            assert!(reply.cookies().is_empty() && reply.header("location").is_none(), "{host:?} {path}");
            assert!(!reply.text.contains("evil.net"), "{host:?} {path}");
        }
    }
}

#[tokio::test]
async fn our_host_may_be_written_in_capitals() {
    let app = TestApp::start().await;
    let somebody = app.person();
    let reply = somebody.send(with_host(somebody.request(Method::GET, "/login"), "Auth.Example.ORG")).await;
    assert_eq!(reply.status, StatusCode::OK);
}

/// Everybody tries <http://127.0.0.1:8000> first: the page leads on, and looks like ours.
#[tokio::test]
async fn the_page_for_another_host_names_ours_and_has_its_style() {
    let app = TestApp::start().await;
    let somebody = app.person();
    let start = logs::start();
    let get = |path: &str| with_host(somebody.request(Method::GET, path), "127.0.0.1:8000");
    let page = somebody.send(get("/login").header("accept-language", "en")).await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(page.text.contains("This is auth.example.org, and it answers under that name only."));
    assert!(
        page.text.contains("href=\"https://auth.example.org/\">Open auth.example.org</a>"),
        "{}",
        page.text
    );
    let log = logs::since(start);
    assert!(log.contains("127.0.0.1:8000") && log.contains("the host of AUTH_URL is"), "{log}");
    let files: Vec<&str> = page.text.split('"').filter(|part| part.starts_with("/static/")).collect();
    assert!(files.len() >= 2, "a style sheet and an icon: {files:?}");
    for file in files {
        assert_eq!(somebody.send(get(file)).await.status, StatusCode::OK, "{file}");
    }
}

/// Other services and probes use an internal name.
#[tokio::test]
async fn keys_and_health_are_the_same_under_every_name() {
    let app = TestApp::start().await;
    let somebody = app.person();
    for host in ["auth.internal:8000", "127.0.0.1", "evil.net"] {
        for path in ["/healthz", "/readyz", "/.well-known/jwks.json"] {
            let reply = somebody.send(with_host(somebody.request(Method::GET, path), host)).await;
            assert_eq!(reply.status, StatusCode::OK, "{host} {path}");
            assert!(!reply.text.contains(host));
        }
    }
}

/// N7: a proxy's headers are not trusted either.
#[tokio::test]
async fn forwarded_headers_change_no_link_no_cookie_and_no_redirect() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let spoofs = [
        ("x-forwarded-host", "evil.net"),
        ("x-forwarded-server", "evil.net"),
        ("x-host", "evil.net"),
        ("x-original-host", "evil.net"),
        ("x-http-host-override", "evil.net"),
        ("forwarded", "for=1.2.3.4;host=evil.net;proto=http"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-scheme", "http"),
        ("x-forwarded-port", "1234"),
        ("x-forwarded-prefix", "//evil.net"),
        ("x-original-url", "/logout"),
        ("x-rewrite-url", "/logout"),
        ("referer", "https://evil.net/"),
    ];
    let spoofed = |mut request: reqwest::RequestBuilder| {
        for (name, value) in spoofs {
            request = request.header(name, value);
        }
        request
    };
    let ada = app.person();
    let home = ada.send(spoofed(ada.request(Method::GET, "/"))).await;
    assert_eq!(home.location(), "https://auth.example.org/login");
    for path in ["/login", "/register", "/logout", "/nothing"] {
        let reply = ada.send(spoofed(ada.request(Method::GET, path))).await;
        assert!(!reply.text.contains("evil.net") && !reply.text.contains("1234"), "{path}: {}", reply.text);
    }
    let token = ada.get("/login").await.field("csrf_token").unwrap();
    let body = format!("csrf_token={token}&email=ada%40example.org&password={}", PASSWORD.replace(' ', "+"));
    let request = ada
        .request(Method::POST, "/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    let reply = ada.send(spoofed(request)).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/"));
    let access = reply.cookie("__Secure-sso_access").unwrap();
    assert_eq!(access.attribute("domain"), Some("example.org"));
    assert!(reply.cookies().iter().all(|cookie| cookie.has("secure")), "x-forwarded-proto is not believed");
}
