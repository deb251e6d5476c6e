//! Error pages in a browser.

use super::headers::answers;
use crate::support::TestApp;

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
