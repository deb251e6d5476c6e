//! `GET /api/openapi.json`: the description is correct.

use auth_service::config::ServeFlags;
use reqwest::Method;
use serde_json::Value;

use crate::support::{TestApp, Tweaks};

const PATH: &str = "/api/openapi.json";

/// The contract's paths, with their methods.
const ROUTES: [(&str, &str); 6] = [
    ("/api/token/", "post"),
    ("/api/token/refresh/", "post"),
    ("/api/token/verify/", "post"),
    ("/api/token/blacklist/", "post"),
    ("/api/session/renew", "post"),
    ("/api/openapi.json", "get"),
];

#[tokio::test]
async fn the_document_is_served_and_names_every_address_of_the_api_and_no_other() {
    let app = TestApp::start().await;
    let reply = app.person().get(PATH).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, Some("application/json")));
    assert!(reply.header("cache-control").unwrap().contains("max-age") && reply.cookies().is_empty());
    let document = reply.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["servers"], serde_json::json!([{"url": "https://auth.example.org"}]));
    let mut named: Vec<(&str, &str)> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        named.extend(methods.as_object().unwrap().keys().map(|method| (path.as_str(), method.as_str())));
    }
    named.sort_unstable();
    let mut expected = ROUTES.to_vec();
    expected.sort_unstable();
    assert_eq!(named, expected);
}

/// Every described path exists. The table in `api_input` tests the responses.
#[tokio::test]
async fn every_address_that_it_names_answers() {
    let app = TestApp::start().await;
    let person = app.person();
    for (path, method) in ROUTES {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let status = person.send(person.request(method, path)).await.status.as_u16();
        assert!(![404, 405, 500].contains(&status), "{path}: {status}");
    }
    let head = person.send(person.request(Method::HEAD, PATH)).await;
    assert!(head.status == 200 && head.text.is_empty());
}

/// The server's URL comes from the settings, whatever the request claims.
#[tokio::test]
async fn its_server_is_the_address_of_the_settings() {
    let flags = ServeFlags {
        auth_url: Some("http://auth.sso.localhost:8000".to_owned()),
        cookie_domain: Some("sso.localhost".to_owned()),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let request = reqwest::Client::new()
        .get(format!("http://{}{PATH}", app.address))
        .header("host", "auth.sso.localhost:8000")
        .header("x-forwarded-host", "evil.net");
    let document: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(document["servers"][0]["url"], "http://auth.sso.localhost:8000");
    assert_eq!(document["servers"].as_array().unwrap().len(), 1);
}

/// Every reference has a target, and the list contains every code that the service may answer.
#[tokio::test]
async fn its_references_lead_somewhere() {
    let app = TestApp::start().await;
    let document = app.person().get(PATH).await.json();
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let operations: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let mut unique = operations.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), operations.len());
}
