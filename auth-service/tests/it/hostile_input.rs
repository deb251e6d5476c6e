//! Forms that no page of ours sends: I1 to I3, I5.

use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use url::form_urlencoded;

use crate::support::{PASSWORD, Person, Reply, TestApp};
use auth_service::users::{Email, User};

/// Sends `body` unchanged.
async fn send_raw(who: &Person, path: &str, body: impl Into<Vec<u8>>) -> Reply {
    let request = who
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.into());
    who.send(request).await
}

fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn token(who: &Person) -> String {
    who.get("/register").await.field("csrf_token").unwrap()
}

pub async fn find(app: &TestApp, email: &'static str) -> Option<User> {
    app.sql(move |conn| User::by_email(conn, &Email::parse(email).unwrap())).await
}

pub async fn how_many(app: &TestApp) -> i64 {
    use auth_service::db::schema::users;
    app.sql(|conn| users::table.count().get_result(conn)).await
}

/// I1, I5: in every form, and on both databases.
#[tokio::test]
async fn a_body_that_is_not_quite_a_form_is_refused() {
    let app = TestApp::start().await;
    let ada = app.person();
    let token = token(&ada).await;
    let rest = encode(&[("csrf_token", &token), ("password", PASSWORD)]);
    for start in [
        "email=%00",
        "email=a%00b",
        "e%00mail=a",
        "email=\0",
        "email=%",
        "email=%4",
        "email=%zz",
        "email=%ff",
        "email=%C3%28",
        "email=%ED%A0%80",
        "email=%F4%90%80%80",
        "email=%C0%80",
        "email",
        "&",
        "email=a&&x=1",
        "=",
        "=a",
        "email[]=a",
        "email[0]=a",
        "email.x=a",
        "{\"email\":\"a\"}",
        "<email>a</email>",
        "email%3Da",
        "Email=a",
        " email=a",
        "email =a",
        "%EF%BB%BFemail=a",
    ] {
        for path in ["/login", "/register", "/logout"] {
            let reply = send_raw(&ada, path, format!("{start}&{rest}")).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} {start:?}: {}", reply.text);
        }
    }
    for body in [&b"email=\xff"[..], b"\xff\xfe=a", b"email=a\x80", b"", b"\0", b"%"] {
        assert_eq!(send_raw(&ada, "/login", body).await.status, StatusCode::BAD_REQUEST, "{body:?}");
    }
    assert_eq!(how_many(&app).await, 0);
}

/// I3
#[tokio::test]
async fn a_field_that_comes_twice_or_is_not_ours_is_refused() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let token = token(&ada).await;
    let login = encode(&[("csrf_token", &token), ("email", "ada@example.org"), ("password", PASSWORD)]);
    for more in [
        "email=ada%40example.org",
        "password=x",
        "csrf_token=x",
        "next=/&next=/",
        "is_staff=1",
        "user_id=1",
        "id=1",
        "silent=1",
        "remember=on",
        "__proto__=1",
        "_method=DELETE",
    ] {
        for body in [format!("{login}&{more}"), format!("{more}&{login}")] {
            let reply = send_raw(&ada, "/login", body).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{more}");
            assert!(reply.cookie("__Host-sso_refresh").is_none(), "{more}");
        }
    }
    for missing in ["email", "password"] {
        let fields: Vec<_> = [("csrf_token", &*token), ("email", "ada@example.org"), ("password", PASSWORD)]
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .collect();
        assert_eq!(ada.post("/login", &fields).await.status, StatusCode::BAD_REQUEST, "without {missing}");
    }
}

/// I3: a form cannot give rights.
#[tokio::test]
async fn extra_fields_give_nobody_rights() {
    let app = TestApp::start().await;
    let eve = app.person();
    for extra in [
        "is_staff",
        "is_superuser",
        "is_active",
        "id",
        "user_uuid",
        "roles",
        "email_verified_at",
        "password_hash",
        "is_staff[]",
        "user[is_staff]",
    ] {
        let token = token(&eve).await;
        let fields = [
            ("csrf_token", &*token),
            ("first_name", "Eve"),
            ("last_name", "E"),
            ("email", "eve@example.org"),
            ("password", PASSWORD),
            (extra, "1"),
        ];
        assert_eq!(eve.post("/register", &fields).await.status, StatusCode::BAD_REQUEST, "{extra}");
        assert!(find(&app, "eve@example.org").await.is_none(), "{extra}");
    }
    // Fields in the query are ignored, because they are not part of the form.
    let token = token(&eve).await;
    let body = encode(&[
        ("csrf_token", &*token),
        ("first_name", "Eve"),
        ("last_name", "E"),
        ("email", "eve@example.org"),
        ("password", PASSWORD),
    ]);
    let reply = send_raw(&eve, "/register?is_staff=1&is_superuser=true&email_verified_at=now", body).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    let user = find(&app, "eve@example.org").await.unwrap();
    assert!(!user.is_staff && !user.is_superuser && user.email_verified_at.is_none());
}

/// I2
#[tokio::test]
async fn sixteen_kilobytes_are_read_and_one_byte_more_is_not() {
    let app = TestApp::start().await;
    let ada = app.person();
    let token = token(&ada).await;
    let start = encode(&[("csrf_token", &token), ("email", "ada@example.org"), ("password", "")]);
    let filled = |size: usize| format!("{start}{}", "x".repeat(size - start.len()));
    assert_eq!(send_raw(&ada, "/login", filled(16 * 1024)).await.status, StatusCode::UNAUTHORIZED);
    for path in ["/login", "/register", "/logout"] {
        let reply = send_raw(&ada, path, filled(16 * 1024 + 1)).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}

/// I2
#[tokio::test]
async fn more_than_64_fields_are_refused_before_they_are_looked_at() {
    let app = TestApp::start().await;
    let ada = app.person();
    let token = token(&ada).await;
    for count in [65, 1000, 5000] {
        let body = format!("csrf_token={token}{}", "&a=".repeat(count - 1));
        assert_eq!(send_raw(&ada, "/login", body).await.status, StatusCode::BAD_REQUEST, "{count}");
    }
}

/// I2: in one field, in many, or in the query.
#[tokio::test]
async fn a_head_of_more_than_sixteen_kilobytes_is_refused() {
    let app = TestApp::start().await;
    let ada = app.person();
    let one = ada.request(Method::GET, "/login").header("x-large", "x".repeat(16 * 1024));
    let many = (0..60).fold(ada.request(Method::GET, "/login"), |request, number| {
        request.header(format!("x-{number}"), "x".repeat(300))
    });
    let address = ada.request(Method::GET, &format!("/login?next=/{}", "x".repeat(16 * 1024)));
    let keys = ada.request(Method::GET, "/.well-known/jwks.json").header("x-large", "x".repeat(16 * 1024));
    for request in [one, many, address, keys] {
        let reply = ada.send(request).await;
        assert_eq!(reply.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        assert!(reply.says("That is too much"));
    }
    let fits = ada.request(Method::GET, "/login").header("x-large", "x".repeat(15 * 1024));
    assert_eq!(ada.send(fits).await.status, StatusCode::OK);
}

/// I2: other sites' cookies are removed before sizes are checked, so many planted ones do not lock
/// people out.
#[tokio::test]
async fn cookies_that_a_sibling_planted_lock_nobody_out() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let bomb: Vec<String> = (0..15).map(|number| format!("bomb{number}={}", "x".repeat(4000))).collect();
    ada.set_cookie("bombs", &format!("0; {}", bomb.join("; ")));
    assert!(ada.is_logged_in().await);
}
