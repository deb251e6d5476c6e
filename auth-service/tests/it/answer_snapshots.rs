//! Snapshots of problem documents and of cookies, so that a change to them is visible.
//!
//! `INSTA_UPDATE=always cargo test answer_snapshots` accepts the present responses. Read the diff
//! then.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Reply, TestApp, assert_unchanged};

/// Status line, type and document.
fn problem(reply: &Reply) -> String {
    let document: Value = serde_json::from_str(&reply.text).unwrap_or_else(|_| panic!("{}", reply.text));
    format!("{} {}\n{document:#}", reply.status.as_u16(), reply.header("content-type").unwrap())
}

#[tokio::test]
async fn the_problems_that_programs_are_told_are_worded_as_they_were() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    let form =
        |person: &Person| person.request(Method::POST, "/api/token/").header("content-type", "text/plain");
    let wrong = json!({"email": "ada@example.org", "password": "not her password"});
    for (name, reply) in [
        ("nothing-here", program.get("/api/nothing/").await),
        ("another-method", program.get("/api/token/").await),
        ("another-media-type", program.send(form(&program).body("a")).await),
        ("no-json", program.call_raw("/api/token/", "{").await),
        ("another-shape", program.call("/api/token/", &json!({"email": 1})).await),
        ("fields-missing", program.call("/api/token/", &json!({})).await),
        ("too-large", program.call_raw("/api/token/", "x".repeat(100_000)).await),
        ("wrong-password", program.call("/api/token/", &wrong).await),
        ("no-refresh-token", program.refresh("x").await),
        ("no-access-token", program.call("/api/token/verify/", &json!({"token": "x"})).await),
        ("no-token-to-end", program.blacklist("x").await),
    ] {
        assert_unchanged("problems", name, &problem(&reply));
    }
}

/// The `Set-Cookie` lines as sent, without random values.
fn cookies(what: &str, reply: &Reply) -> String {
    let lines = reply.headers.get_all(SET_COOKIE).iter().map(|line| without_chance(line.to_str().unwrap()));
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    format!("{what}\n{}\n", lines.join("\n"))
}

fn without_chance(line: &str) -> String {
    let parts = line.split("; ").enumerate().map(|(n, part)| match part.split_once('=') {
        Some((name, "")) => format!("{name}="),
        Some((name, "1")) if n == 0 => format!("{name}=1"),
        Some((name, _)) if n == 0 => format!("{name}=[value]"),
        // A remaining time may differ by a second.
        Some(("Max-Age", seconds)) => format!("Max-Age={}", (seconds.parse::<u64>().unwrap() + 5) / 10 * 10),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn the_cookies_of_a_session_are_set_and_deleted_as_they_were() {
    let app = TestApp::start().await;
    let ada = app.person();
    let mut seen = vec![cookies("the first page", &ada.get("/register").await)];
    seen.push(cookies("a registration", &ada.register("ada@example.org", PASSWORD).await));
    seen.push(cookies("a logout", &ada.log_out().await));
    seen.push(cookies("a login", &ada.log_in("ada@example.org", PASSWORD).await));
    app.wait(Duration::from_secs(6 * 60));
    seen.push(cookies("a renewal", &ada.get("/login").await));
    assert_unchanged("cookies", "a-session", &seen.join("\n"));
}
