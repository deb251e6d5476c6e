//! Invalid input to the API: X8, X9, I1 to I3, I5, contract "Status codes".

use reqwest::Method;
use serde_json::{Value, json};

use super::csrf::SIBLING;
use crate::support::{PASSWORD, TestApp};

/// Each path, with a document that it accepts.
fn addresses() -> [(&'static str, Value); 4] {
    [
        ("/api/token/", json!({"email": "ada@example.org", "password": PASSWORD})),
        ("/api/token/refresh/", json!({"refresh": "x"})),
        ("/api/token/verify/", json!({"token": "x"})),
        ("/api/token/blacklist/", json!({"refresh": "x"})),
    ]
}

/// I1, I5: invalid JSON is malformed, on every path.
#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let app = TestApp::start().await;
    let program = app.person();
    for (path, document) in addresses() {
        let good = document.to_string();
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let deep = format!("{{\"x\":{}", "[".repeat(10_000));
        for body in [
            Vec::new(),
            b" ".to_vec(),
            b"{".to_vec(),
            b"\0".to_vec(),
            b"email=ada%40example.org&password=x".to_vec(),
            b"<email/>".to_vec(),
            b"{email: 'ada'}".to_vec(),
            [&good.as_bytes()[..good.len() - 3], b"\xff\"}"].concat(),
            good.replace("x\"}", "\n\"}").replace("7\"}", "\n\"}").into_bytes(),
            good.replace("x\"}", "\\ud800\"}").replace("7\"}", "\\ud800\"}").into_bytes(),
            b"NaN".to_vec(),
            utf16,
            format!("\u{feff}{good}").into_bytes(),
            format!("{good}{good}").into_bytes(),
            format!("{good},").into_bytes(),
            good[..good.len() - 1].into(),
        ] {
            program.call_raw(path, body).await.assert_problem(400, "malformed");
        }
        let reply = program.call_raw(path, deep).await;
        assert!([400, 422].contains(&reply.status.as_u16()), "{path}: {}", reply.status);
    }
}

/// I3: JSON of another shape is invalid, on every path. The response repeats no part of it.
#[tokio::test]
async fn json_of_another_shape_is_invalid() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    for (path, document) in addresses() {
        let members = document.as_object().unwrap();
        let values: Vec<&Value> = members.values().collect();
        let mut shapes = vec![
            json!(null),
            json!("x"),
            json!(1),
            json!(true),
            json!({}),
            json!([]),
            // The values in order, without their names.
            json!(values),
            json!([document]),
        ];
        for name in members.keys() {
            for value in [json!(null), json!(1), json!(true), json!(["x"]), json!({"x": 1})] {
                let mut other = document.clone();
                other[name] = value;
                shapes.push(other);
            }
            let mut without = document.clone();
            without.as_object_mut().unwrap().remove(name);
            shapes.push(without.clone());
            without[name.to_uppercase()] = json!("x");
            shapes.push(without);
        }
        for extra in ["is_staff", "csrf_token", "__proto__", "next", ""] {
            let mut more = document.clone();
            more[extra] = json!("squeamish ossifrage");
            shapes.push(more);
        }
        for shape in shapes {
            let reply = program.call(path, &shape).await;
            assert_eq!(reply.status, 422, "{path} {shape}: {}", reply.text);
            reply.assert_problem(422, "invalid");
            assert!(!reply.text.contains("squeamish") && !reply.text.contains("line 1"), "{}", reply.text);
        }
    }
    assert!(app.events("login").await.is_empty());
}

/// I3, J9: a duplicate member, in either order.
#[tokio::test]
async fn a_member_that_comes_twice_is_refused() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    for (path, document) in addresses() {
        let good = document.to_string();
        for (name, value) in document.as_object().unwrap() {
            let same = format!("{},\"{name}\":{value}}}", &good[..good.len() - 1]);
            let other = format!("{{\"{name}\":\"other\",{}", &good[1..]);
            // The same name, written with an escape.
            let escaped = format!(
                "{},\"\\u{:04x}{}\":{value}}}",
                &good[..good.len() - 1],
                name.as_bytes()[0],
                &name[1..]
            );
            for body in [same, other, escaped] {
                program.call_raw(path, body).await.assert_problem(422, "invalid");
            }
        }
    }
    assert!(app.events("login").await.is_empty());
}

/// X8
#[tokio::test]
async fn only_json_is_read() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    for (path, document) in addresses() {
        for kind in [
            None,
            Some(""),
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=b"),
            Some("text/json"),
            Some("application/jsonp"),
            Some("application/json-patch+json"),
            Some("application/problem+json"),
            Some("text/plain; application/json"),
            Some("text/plain, application/json"),
        ] {
            let mut request = program.request(Method::POST, path).body(document.to_string());
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            program.send(request).await.assert_problem(415, "unsupported_media_type");
        }
        for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
            let request = program.request(Method::POST, path).header("content-type", kind);
            let status = program.send(request.body(document.to_string())).await.status.as_u16();
            assert!([200, 401].contains(&status), "{path} {kind}: {status}");
        }
    }
}

/// I2
#[tokio::test]
async fn more_than_sixteen_kilobytes_are_too_much() {
    let app = TestApp::start().await;
    let program = app.person();
    for (path, document) in addresses() {
        let good = document.to_string();
        let padded = |size: usize| format!("{}{good}", " ".repeat(size - good.len()));
        program.call_raw(path, padded(16 * 1024 + 1)).await.assert_problem(413, "too_large");
        let fits = program.call_raw(path, padded(16 * 1024)).await;
        assert_eq!(fits.status, 401, "{path}: {}", fits.text);
        let request = program.request(Method::POST, path).header("content-type", "application/json");
        let request = request.header("x-large", "x".repeat(17_000)).body(good);
        program.send(request).await.assert_problem(431, "too_large");
    }
}

/// X1, RFC 9110 15.5.6
#[tokio::test]
async fn other_methods_are_told_which_there_is() {
    let app = TestApp::start().await;
    let program = app.person();
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "post"] {
        for (path, document) in addresses() {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = program.request(method.clone(), path).header("content-type", "application/json");
            let reply = program.send(request.body(document.to_string())).await;
            reply.assert_problem(405, "method_not_allowed");
            assert_eq!(reply.header("allow"), Some("POST"), "{method} {path}");
        }
        if method != "GET" {
            let request =
                program.request(Method::from_bytes(method.as_bytes()).unwrap(), "/api/openapi.json");
            let reply = program.send(request).await;
            reply.assert_problem(405, "method_not_allowed");
            assert_eq!(reply.header("allow"), Some("GET, HEAD"), "{method}");
        }
    }
    let head = program.send(program.request(Method::HEAD, "/api/token/")).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (405, ""));
}

/// E8
#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let program = app.person();
    for path in [
        "/api/",
        "/api/token",
        "/api/token/refresh",
        "/api/token/x/",
        "/api/token/refresh/x",
        "/api/session/renew/",
        "/api/session/",
        "/api/users/",
        "/api/openapi.json/x",
    ] {
        program.get(path).await.assert_problem(404, "not_found");
        program.call(path, &json!({})).await.assert_problem(404, "not_found");
    }
}

/// N7: an error of the outer middleware is a problem document too.
#[tokio::test]
async fn another_host_is_told_in_json() {
    let app = TestApp::start().await;
    let program = app.person();
    for (path, document) in addresses() {
        let request = program.request(Method::POST, path).header("content-type", "application/json");
        let (client, request) = request.body(document.to_string()).build_split();
        let mut request = request.unwrap();
        request.headers_mut().insert("host", "evil.net".parse().unwrap());
        let reply = crate::support::Reply::read(client.execute(request).await.unwrap()).await;
        reply.assert_problem(421, "misdirected");
    }
}

/// X3, X4, X9: pages of other origins can neither use these nor read the response. Ours can.
#[tokio::test]
async fn pages_of_other_origins_cannot_use_the_tokens_addresses() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    for (path, document) in addresses() {
        for headers in [
            &[("origin", SIBLING)][..],
            &[("origin", "https://evil.net")],
            &[("origin", "null")],
            &[("origin", "http://auth.example.org")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://auth.example.org")],
        ] {
            let request = program.request(Method::POST, path).header("content-type", "application/json");
            let request =
                headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let reply = program.send(request.body(document.to_string())).await;
            reply.assert_problem(403, "forbidden");
            assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
            let preflight = program
                .request(Method::OPTIONS, path)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type");
            let preflight =
                headers.iter().fold(preflight, |request, (name, value)| request.header(*name, *value));
            let reply = program.send(preflight).await;
            assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
            assert_eq!(reply.status, 405);
        }
        let own = program
            .request(Method::POST, path)
            .header("content-type", "application/json")
            .header("origin", "https://auth.example.org")
            .header("sec-fetch-site", "same-origin");
        let status = program.send(own.body(document.to_string())).await.status.as_u16();
        assert!([200, 401].contains(&status), "{path}: {status}");
    }
    assert_eq!(app.events("login").await.len(), 1);
}
