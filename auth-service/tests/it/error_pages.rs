//! Error pages in a browser.

use reqwest::Method;

use super::headers::answers;
use crate::support::{PASSWORD, TestApp};

/// Each error has a page with an explanation and a way on, and without internal details.
#[tokio::test]
async fn every_error_is_a_page_with_a_way_on() {
    let app = TestApp::start().await;
    for (name, reply) in answers(&app).await {
        // The form pages themselves are sent with 401, and some with 403 and 422.
        if reply.status.as_u16() < 400 || reply.field("csrf_token").is_some() {
            continue;
        }
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{name}");
        assert!(
            reply.text.starts_with("<!doctype html>") && reply.text.contains("<html lang=\"en\">"),
            "{name}"
        );
        assert_eq!(reply.text.matches("<h1>").count(), 1, "{name}");
        assert!(reply.says(&format!("Error {}", &name[..3])), "{name}");
        if name != "405 trace" {
            assert!(
                reply.text.contains("href=\"https:&#x2F;&#x2F;auth.example.org&#x2F;\"")
                    || reply.text.contains("href=\"https://auth.example.org/\""),
                "{name}: {}",
                reply.text
            );
        }
        let text = reply.text.to_ascii_lowercase();
        for inside in ["panicked", "actix", "diesel", "sqlite", "postgres", "rust", ".rs:", "src/", "stack"] {
            assert!(!text.contains(inside), "{name} tells about {inside}");
        }
    }
}

/// The page does not repeat the address bar's text.
#[tokio::test]
async fn an_error_page_repeats_nothing_of_the_request() {
    let app = TestApp::start().await;
    for path in
        ["/needle-7f3a", "/%3Cscript%3Eneedle-7f3a", "/static/needle-7f3a", "/x?needle-7f3a=needle-7f3a"]
    {
        let reply = app.person().get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text.contains("needle-7f3a"), "{path}: {}", reply.text);
    }
}

/// Whoever is logged in keeps the header with their name, also where nothing is.
#[tokio::test]
async fn an_error_page_names_whoever_is_logged_in() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert!(!ada.get("/nowhere").await.text.contains("class=\"menu\""));
    ada.log_in("ada@example.org", PASSWORD).await;
    for path in ["/nowhere", "/login/done", "/login/too-long", "/cookies"] {
        let page = ada.get(path).await;
        assert!(page.text.contains("<bdi class=\"menu-name\">Ada Lovelace</bdi>"), "{path}: {}", page.text);
    }
    let refused = ada.send(ada.request(Method::POST, "/logout").header("origin", "null")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.says("Ada Lovelace"), "{}", refused.text);
    let after = ada.copy();
    ada.log_out().await;
    assert!(!after.get("/nowhere").await.says("Ada"), "a session that has ended is nobody");
}

#[tokio::test]
async fn the_icon_is_where_browsers_look_for_it() {
    let app = TestApp::start().await;
    let icon = app.person().get("/favicon.ico").await;
    assert_eq!((icon.status.as_u16(), icon.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(icon.header("cache-control"), Some("public, max-age=86400"));
}
