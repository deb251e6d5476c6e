//! Error pages.

use reqwest::{Method, StatusCode};

use crate::support::{PASSWORD, Reply, TestApp};

#[track_caller]
fn assert_is_page(reply: &Reply, status: StatusCode, title: &str) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.text.starts_with("<!doctype html>") && reply.says(title), "{}", reply.text);
    assert!(reply.text.contains("href=\"https://auth.example.org/\""));
    assert!(reply.header("content-security-policy").is_some());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    for leak in ["actix", "tera", "diesel", "panicked", "src/"] {
        assert!(!reply.text.contains(leak), "{leak}: {}", reply.text);
    }
}

/// E8
#[tokio::test]
async fn an_address_that_is_none_gets_a_page_that_says_so() {
    let app = TestApp::start().await;
    let person = app.person();
    let plain = person.get("/nowhere").await;
    assert_is_page(&plain, StatusCode::NOT_FOUND, "There is nothing here");
    for path in [
        "/admin",
        "/account/x.css",
        "/users/1",
        "/login/",
        "/.env",
        "/static/nothing.css",
        "/static/../base.html",
    ] {
        let reply = person.get(path).await;
        assert_is_page(&reply, StatusCode::NOT_FOUND, "There is nothing here");
        if !path.starts_with("/static") {
            assert_eq!(reply.text, plain.text, "{path}");
        }
    }
    // Only an internal error has a number.
    assert!(!plain.says("Error number"));
}

#[tokio::test]
async fn a_form_from_another_site_gets_a_page_that_says_what_to_do() {
    let app = TestApp::start().await;
    let person = app.person();
    let post = person.request(Method::POST, "/login").header("sec-fetch-site", "cross-site");
    assert_is_page(&person.send(post).await, StatusCode::FORBIDDEN, "This form was sent from another site.");
}

#[tokio::test]
async fn the_wrong_method_the_wrong_kind_and_too_much_get_pages_too() {
    let app = TestApp::start().await;
    let person = app.person();
    let put = person.send(person.request(Method::PUT, "/login")).await;
    assert_is_page(&put, StatusCode::METHOD_NOT_ALLOWED, "That does not work here");
    let json = person.request(Method::POST, "/login").header("content-type", "application/json").body("{}");
    assert_is_page(&person.send(json).await, StatusCode::UNSUPPORTED_MEDIA_TYPE, "We could not read that");
    let much = person.post("/login", &[("email", &"x".repeat(20_000))]).await;
    assert_is_page(&much, StatusCode::PAYLOAD_TOO_LARGE, "That is too much");
    let broken = person.post("/login", &[("surprise", "1")]).await;
    assert_is_page(&broken, StatusCode::BAD_REQUEST, "We could not read that");
}

/// An internal error shows a number, and the log has the cause with it.
#[tokio::test]
async fn a_failure_of_ours_gives_a_number_that_is_in_the_log() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let page = ada.get("/login").await;
    app.sql(|conn| {
        use diesel::RunQueryDsl;
        diesel::sql_query("DROP TABLE sessions").execute(conn)
    })
    .await;
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let failed = ada.fill_in_on(&page, "/login", &fields).await;
    assert_is_page(&failed, StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong");
    assert!(!failed.says("sessions") && !failed.says("ada@example.org"), "{}", failed.text);
    let (_, rest) = failed.text.split_once("Error number: <code>").expect("a number");
    let number = &rest[..rest.find('<').unwrap()];
    let log = app.log();
    let line = log.lines().find(|line| line.contains(number) && line.contains("a request failed"));
    assert!(line.is_some_and(|line| line.contains("sessions")), "{line:?}");
}
