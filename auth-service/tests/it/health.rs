//! Health and keys, for probes and other services.

use diesel::RunQueryDsl;
use reqwest::StatusCode;

use crate::support::TestApp;

/// Z1
#[tokio::test]
async fn health_tells_no_more_than_yes() {
    let app = TestApp::start().await;
    let probe = app.person();
    for (path, text) in [("/healthz", "alive\n"), ("/readyz", "ready\n")] {
        let reply = probe.get(path).await;
        assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, text));
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert!(reply.cookies().is_empty(), "a probe needs no cookie");
    }
}

/// Z1: without its schema the process is alive, but not ready.
#[tokio::test]
async fn without_its_schema_the_service_is_alive_but_not_ready() {
    let app = TestApp::start().await;
    let probe = app.person();
    app.sql(|conn| diesel::sql_query("DELETE FROM __diesel_schema_migrations").execute(conn)).await;
    let ready = probe.get("/readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"));
    assert_eq!(probe.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(probe.get("/.well-known/jwks.json").await.status, StatusCode::OK, "keys are in memory");
}

/// K6: the published set has only public parts, and all that a verifier needs.
#[tokio::test]
async fn the_published_keys_show_nothing_private() {
    let app = TestApp::start().await;
    let reply = app.person().get("/.well-known/jwks.json").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
    let set: serde_json::Value = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(set.as_object().unwrap().keys().collect::<Vec<_>>(), ["keys"]);
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "the one that signs, and the one that follows it");
    for key in keys {
        let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&key["use"], &key["alg"]), (&"sig".into(), &"ES256".into()));
    }
    shared_claims::KeySet::from_json(reply.text.as_bytes()).expect("consumers take this set");
}

/// K1: the key is in the database, so all instances use it.
#[tokio::test]
async fn two_instances_on_one_database_publish_the_same_key() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    let (one, two) = (
        app.person().get("/.well-known/jwks.json").await,
        other.person().get("/.well-known/jwks.json").await,
    );
    assert_eq!(one.text, two.text);
}

/// Sends a request byte for byte, and returns the whole response.
fn ask(app: &TestApp, request: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(app.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Z1: HAProxy's `option httpchk`, and other probes with a host of their own.
#[tokio::test]
async fn a_load_balancer_that_was_told_nothing_learns_whether_we_are_ready() {
    let app = TestApp::start().await;
    let probes = [
        "OPTIONS / HTTP/1.0\r\n\r\n",
        "OPTIONS / HTTP/1.1\r\nHost: 10.0.0.7\r\nConnection: close\r\n\r\n",
        "OPTIONS / HTTP/1.1\r\nHost: auth.example.org\r\nConnection: close\r\n\r\n",
    ];
    for probe in probes {
        let answer = ask(&app, probe);
        assert!(answer.split_whitespace().nth(1) == Some("204"), "{probe}: {answer}");
        assert!(answer.to_lowercase().contains("\r\nallow: get, head, options\r\n"), "{answer}");
        assert!(!answer.to_lowercase().contains("access-control-"), "no word to pages of others: {answer}");
    }
    let elsewhere = ask(&app, "OPTIONS /login HTTP/1.0\r\n\r\n");
    assert!(elsewhere.contains(" 421 "), "{elsewhere}");
    app.sql(|conn| diesel::sql_query("DELETE FROM __diesel_schema_migrations").execute(conn)).await;
    for probe in probes {
        assert!(ask(&app, probe).contains(" 503 "), "{probe}");
    }
}
