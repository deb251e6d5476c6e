//! Security headers of every response: H1 to H7.

use reqwest::Method;

use super::host::with_host;
use crate::support::{PASSWORD, Person, Reply, TestApp, Tweaks};
use auth_service::config::ServeFlags;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https://example.org:* \
                      https://*.example.org:*; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// The policy of a page that runs a script of ours.
fn scripted() -> String {
    POLICY.replace(" img-src", " script-src 'self'; img-src")
}

/// The pages below that run one.
const SCRIPTED: [&str; 5] = ["200 login", "200 register", "200 account", "401 wrong password", "422 invalid"];

/// One response of each status that the service can give, with a name for its cause.
pub async fn answers(app: &TestApp) -> Vec<(&'static str, Reply)> {
    app.user("ada@example.org", PASSWORD).await;
    let (stranger, ada) = (app.person(), app.person());
    let form = |who: &Person, path: &str, body: &str| {
        who.request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned())
    };
    let get = |path: &str| stranger.request(Method::GET, path);
    let large = "a".repeat(17_000);
    vec![
        ("200 login", stranger.get("/login").await),
        ("200 register", stranger.get("/register").await),
        ("200 logout", stranger.get("/logout").await),
        ("303 to the login", stranger.get("/").await),
        ("303 registered", app.person().register("new@example.org", PASSWORD).await),
        ("303 logged in", ada.log_in("ada@example.org", PASSWORD).await),
        ("303 renewed", ada.get("/login?next=https://shop.example.org/").await),
        ("200 account", ada.get("/").await),
        ("303 logged out", ada.log_out().await),
        ("400 malformed", stranger.send(form(&stranger, "/login", "a=%zz")).await),
        ("401 wrong password", stranger.log_in("ada@example.org", "wrong wrong wrong").await),
        ("403 stale", stranger.post("/logout", &[("csrf_token", "x")]).await),
        ("403 foreign", stranger.send(form(&stranger, "/logout", "").header("origin", "null")).await),
        ("403 framed", stranger.send(get("/login").header("sec-fetch-dest", "iframe")).await),
        ("404 page", stranger.get("/nothing").await),
        ("404 file", stranger.get("/static/nothing.css").await),
        ("404 deception", stranger.get("/login/x.css").await),
        ("405 put", stranger.send(stranger.request(Method::PUT, "/login")).await),
        ("405 trace", stranger.send(stranger.request(Method::TRACE, "/login")).await),
        ("413 body", stranger.send(form(&stranger, "/login", &large)).await),
        ("415 json", stranger.send(stranger.request(Method::POST, "/login").body("{}")).await),
        ("421 host", stranger.send(with_host(get("/login"), "evil.net")).await),
        ("422 invalid", stranger.log_in("nobody", "").await),
        ("431 headers", stranger.send(get("/login").header("x-large", large.clone())).await),
        ("200 alive", stranger.get("/healthz").await),
        ("200 ready", stranger.get("/readyz").await),
        ("200 keys", stranger.get("/.well-known/jwks.json").await),
        ("200 style", stranger.get("/static/style.css").await),
    ]
}

/// H1 to H4, H6: every response has the same set.
#[tokio::test]
async fn every_answer_carries_the_headers_that_make_a_browser_careful() {
    let app = TestApp::start().await;
    for (name, reply) in answers(&app).await {
        assert_eq!(reply.status.as_str(), &name[..3], "{name}: {}", reply.text);
        let policy = if SCRIPTED.contains(&name) { scripted() } else { POLICY.to_owned() };
        for (header, value) in [
            ("content-security-policy", policy.as_str()),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("origin-agent-cluster", "?1"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(reply.header(header), Some(value), "{name}: {header}");
            assert_eq!(reply.headers.get_all(header).iter().count(), 1, "{name}: {header}");
        }
        // A page that a proxy shows under a service's name loads the style sheet from here.
        let readers = if name == "200 style" { "same-site" } else { "same-origin" };
        assert_eq!(reply.header("cross-origin-resource-policy"), Some(readers), "{name}");
        assert!(reply.header("permissions-policy").is_some_and(|policy| policy.contains("camera=()")));
        for teller in ["server", "x-powered-by", "via", "x-runtime"] {
            assert_eq!(reply.header(teller), None, "{name}: {teller}");
        }
    }
}

/// H4, H7: personal responses are never stored. Public ones may be.
#[tokio::test]
async fn only_keys_and_files_may_be_kept() {
    let app = TestApp::start().await;
    for (name, reply) in answers(&app).await {
        let caching = reply.header("cache-control").unwrap();
        if matches!(name, "200 keys" | "200 style") {
            assert_eq!(caching, "public, max-age=300", "{name}");
            assert!(reply.cookies().is_empty(), "{name}: a cookie in a public answer would go to everybody");
        } else {
            assert_eq!(caching, "no-store", "{name}");
            let vary = reply.header("vary").unwrap();
            assert!(vary.contains("Cookie") && vary.contains("Sec-Fetch-Site"), "{name}: {vary}");
        }
        assert_eq!(reply.headers.get_all("cache-control").iter().count(), 1, "{name}");
    }
}

/// H5: a page runs no script but a file of ours, and loads nothing from elsewhere.
#[tokio::test]
async fn no_page_has_anything_inline() {
    let app = TestApp::start().await;
    for (name, reply) in answers(&app).await {
        if !reply.header("content-type").unwrap_or_default().starts_with("text/html") {
            continue;
        }
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{name}");
        let mut text = reply.text.to_ascii_lowercase();
        if let Some((before, rest)) = text.split_once("<script src=\"/static/") {
            let (address, after) = rest.split_once("\" defer></script>").unwrap();
            assert!(SCRIPTED.contains(&name) && !address.contains(['"', '<', ' ']), "{name}: {address}");
            text = format!("{before}{after}");
        }
        for forbidden in [
            "<script",
            "<style",
            " style=",
            " onclick=",
            " onload=",
            " onerror=",
            " onpaste=",
            "javascript:",
            "<iframe",
            "<base",
            "http-equiv",
        ] {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        assert!(!text.contains("src=\"http") && !text.contains("href=\"http:"), "{name}");
    }
}

/// H7: a file name below a page's path does not lead to that page.
#[tokio::test]
async fn a_file_name_behind_a_pages_address_is_nothing() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    for path in [
        "/account/x.css",
        "/login/x.css",
        "/logout/a.js",
        "/x.css",
        "/login.css",
        "/login;x.css",
        "/login%2fx.css",
        "/login%00.css",
        "/login%0a",
        "/login/",
        "//login",
        "//",
        "/LOGIN",
        "/index.html",
        "/static",
        "/static/",
        "/.env",
        "/.git/config",
        "/.well-known/",
    ] {
        let reply = ada.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert!(!reply.text.contains("ada@example.org"), "{path}");
    }
}

/// H3: over plain http, in development, there is no HSTS.
#[tokio::test]
async fn in_development_https_is_not_promised_and_the_policy_names_http() {
    let flags = ServeFlags {
        auth_url: Some("http://auth.sso.localhost:8000".to_owned()),
        cookie_domain: Some("sso.localhost".to_owned()),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let ada = app.person();
    let request = with_host(ada.request(Method::GET, "/login"), "auth.sso.localhost:8000");
    let reply = ada.send(request).await;
    assert_eq!((reply.status.as_u16(), reply.header("strict-transport-security")), (200, None));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' http://sso.localhost:* http://*.sso.localhost:*;"),
        "{policy}"
    );
}

/// N8, H1: with listed origins the policy allows forms to lead to those only.
#[tokio::test]
async fn with_listed_origins_the_policy_names_only_those() {
    let flags = ServeFlags {
        allowed_origins: Some("https://shop.example.org,https://wiki.example.org:8443".to_owned()),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let reply = app.person().get("/login").await;
    let policy = reply.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://shop.example.org https://wiki.example.org:8443;"),
        "{policy}"
    );
}
