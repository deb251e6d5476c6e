//! Health and keys: what probes and other services ask for.

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

/// Z1: the process lives without its schema, but cannot work.
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

/// K6: what is published is public, and is what a verifier needs.
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

/// K1: the key belongs to the database, so that instances agree.
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
