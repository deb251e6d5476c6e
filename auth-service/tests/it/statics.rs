//! Style sheet and icon.

use reqwest::StatusCode;

use crate::support::TestApp;

/// The URL on the pages has a hash of the content and may be cached for ever. Any other may not.
#[tokio::test]
async fn files_are_kept_for_good_only_under_the_address_that_names_their_content() {
    let app = TestApp::start().await;
    let browser = app.person();
    let page = browser.get("/login").await;
    for name in ["style.css", "icon.svg", "forms.js"] {
        let start = page
            .text
            .find(&format!("/static/{name}?v="))
            .or_else(|| page.text.find(&format!("&#x2F;static&#x2F;{name}?v=")))
            .unwrap();
        let address =
            page.text[start..].split('"').next().unwrap().replace("&#x2F;", "/").replace("&#x3D;", "=");
        let named = browser.get(&address).await;
        assert_eq!(named.status, StatusCode::OK, "{address}");
        assert_eq!(named.header("cache-control"), Some("public, max-age=31536000, immutable"), "{address}");
        for other in
            ["", "?v=", "?v=0000000000000000", "?x", &format!("?{}&x", address.split('?').nth(1).unwrap())]
        {
            let reply = browser.get(&format!("/static/{name}{other}")).await;
            assert_eq!(reply.header("cache-control"), Some("public, max-age=300"), "{name}{other}");
            assert_eq!(reply.text, named.text);
        }
    }
}

#[tokio::test]
async fn files_say_what_they_are() {
    let app = TestApp::start().await;
    let browser = app.person();
    let script = "text/javascript; charset=utf-8";
    for (name, kind) in [
        ("style.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("forms.js", script),
        ("frame.js", script),
        ("times.js", script),
    ] {
        let reply = browser.get(&format!("/static/{name}")).await;
        assert_eq!(reply.header("content-type"), Some(kind));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        // A picture may be opened as a page, and an operator's may hold a script.
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert!(!reply.text.contains("<script"), "{name}");
    }
}

/// Only our files are served, however the path is written.
#[tokio::test]
async fn nothing_else_is_served() {
    let app = TestApp::start().await;
    let browser = app.person();
    for path in [
        "/static/nothing.css",
        "/static/",
        "/static/base.html",
        "/static/..%2fbase.html",
        "/static/..%2f..%2fCargo.toml",
        "/static/%2e%2e%2fbase.html",
        "/static/%2e%2e/base.html",
        "/static/..%5cbase.html",
        "/static/%252e%252e%252fbase.html",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/./style.css/..%2f..%2f..%2fetc%2fpasswd",
        "/static/style.css%00",
        "/static/style.css%00.html",
        "/static/style.css/",
        "/static/style.css.map",
        "/static/STYLE.CSS",
        "/static/style.css%20",
        "/static/%73tyle.css%ff",
    ] {
        let reply = browser.get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert!(!reply.text.contains("root:") && !reply.text.contains("{% block"), "{path}");
    }
}
