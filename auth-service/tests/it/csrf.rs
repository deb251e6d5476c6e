//! Forged requests: X1 to X7.

use reqwest::{Method, StatusCode};
use url::form_urlencoded;

use crate::support::{PASSWORD, Person, Reply, TestApp, english};
use auth_service::forms::csrf::STALE;

pub const OURS: &str = "https://auth.example.org";
pub const SIBLING: &str = "https://shop.example.org";
const REFRESH: &str = "__Host-sso_refresh";

/// Sends a form with a valid token, and the test's own headers.
async fn send(who: &Person, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
    let token = who.get(&format!("{path}?x")).await.field("csrf_token").expect("a form");
    send_with(who, path, &[fields, &[("csrf_token", &token)]].concat(), headers).await
}

pub async fn send_with(who: &Person, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = who.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    who.send(request.body(body)).await
}

const MALLORYS: [(&str, &str); 2] = [("email", "mallory@example.org"), ("password", PASSWORD)];

fn new_account() -> Vec<(&'static str, &'static str)> {
    vec![("first_name", "Ada"), ("last_name", "L"), ("email", "new@example.org"), ("password", PASSWORD)]
}

/// A person who is logged in, and an attacker with an account.
pub async fn victim(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    app.user("mallory@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    ada
}

async fn users(app: &TestApp) -> usize {
    app.sql(|conn| auth_service::users::User::list_after(conn, "", 100)).await.len()
}

/// Headers that no page of ours sends.
pub const FOREIGN: &[&[(&str, &str)]] = &[
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "same-site"), ("origin", OURS)],
    &[("sec-fetch-site", "cross-site"), ("origin", OURS)],
    &[("sec-fetch-site", "same-site"), ("origin", SIBLING)],
    &[("sec-fetch-site", "same-origin"), ("origin", SIBLING)],
    &[("sec-fetch-site", "none"), ("origin", SIBLING)],
    &[("sec-fetch-site", "")],
    &[("sec-fetch-site", "SAME-ORIGIN")],
    &[("sec-fetch-site", "same-origin, same-origin")],
    &[("origin", SIBLING)],
    &[("origin", "https://evil.net")],
    &[("origin", "null")],
    &[("origin", "")],
    &[("origin", "http://auth.example.org")],
    &[("origin", "https://auth.example.org:8443")],
    &[("origin", "https://auth.example.org.evil.net")],
    &[("origin", "https://auth.example.org/")],
    &[("origin", "https://auth.example.org, https://evil.net")],
];

/// X1: links, images and previews change nothing.
#[tokio::test]
async fn get_and_head_change_nothing() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let before = ada.cookie(REFRESH);
    let token = ada.get("/logout").await.field("csrf_token").unwrap();
    for path in ["/logout", "/register", "/", "/login"] {
        let query = "email=mallory%40example.org&password=x&first_name=a&last_name=b";
        for method in [Method::GET, Method::HEAD] {
            if path == "/login" && method == Method::GET {
                continue; // Renews, by the contract; R15 guards it.
            }
            let reply =
                ada.send(ada.request(method.clone(), &format!("{path}?{query}&csrf_token={token}"))).await;
            assert_eq!(reply.status, StatusCode::OK, "{method} {path}");
            assert!(reply.cookie(REFRESH).is_none(), "{method} {path}");
        }
    }
    assert_eq!(ada.cookie(REFRESH), before);
    assert!(ada.is_logged_in().await);
    assert_eq!(users(&app).await, 2);
}

/// X1: nor does a GET with the form in its body, or with another method in a header.
#[tokio::test]
async fn a_get_cannot_be_made_to_count_as_a_post() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let token = ada.get("/logout").await.field("csrf_token").unwrap();
    for header in ["x-http-method-override", "x-method-override", "x-http-method"] {
        let request = ada
            .request(Method::GET, &format!("/logout?_method=POST&csrf_token={token}"))
            .header(header, "POST")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("csrf_token={token}&_method=POST"));
        assert_eq!(ada.send(request).await.status, StatusCode::OK);
    }
    assert!(ada.is_logged_in().await);
}

/// X2
#[tokio::test]
async fn a_form_without_our_proof_is_refused_and_shown_again() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let foreign = app.person().get("/login").await.field("csrf_token").unwrap();
    let own = ada.get("/logout").await.field("csrf_token").unwrap();
    let flipped = format!("{}{}", if own.starts_with('A') { "B" } else { "A" }, &own[1..]);
    let zeros = "A".repeat(86);
    for token in ["", "x", "null", &*foreign, &*flipped, &own[1..], &*format!("{own}A"), &*zeros, "\u{fffd}"]
    {
        for (path, fields) in
            [("/logout", vec![]), ("/login", MALLORYS.to_vec()), ("/register", new_account())]
        {
            let reply = send_with(&ada, path, &[&fields[..], &[("csrf_token", token)]].concat(), &[]).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} with {token:?}");
            assert!(reply.says(&english(&STALE)), "{}", reply.text);
            assert!(reply.field("csrf_token").is_some() && reply.cookie(REFRESH).is_none());
        }
    }
    for (path, fields) in [("/logout", vec![]), ("/login", MALLORYS.to_vec()), ("/register", new_account())] {
        assert_eq!(send_with(&ada, path, &fields, &[]).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    assert!(ada.get("/").await.says("ada@example.org"));
    assert_eq!(users(&app).await, 2);
}

/// X2: a token that was read before the login, for example at a shared computer, is invalid
/// afterwards.
#[tokio::test]
async fn a_proof_from_before_the_login_or_logout_is_void() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let before = ada.get("/login").await.field("csrf_token").unwrap();
    ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(ada.post("/logout", &[("csrf_token", &before)]).await.status, StatusCode::FORBIDDEN);
    assert!(ada.is_logged_in().await);

    let during = ada.get("/").await.field("csrf_token").unwrap();
    assert_eq!(ada.log_out().await.status, StatusCode::SEE_OTHER);
    let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("csrf_token", &during)];
    assert_eq!(ada.post("/login", &fields).await.status, StatusCode::FORBIDDEN);
}

/// X2: the token belongs to one browser. Each page has a different one, and all of them work.
#[tokio::test]
async fn every_page_has_a_proof_of_its_own_and_each_works() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let first = ada.get("/").await.field("csrf_token").unwrap();
    let second = ada.get("/").await.field("csrf_token").unwrap();
    assert_ne!(first, second);
    assert_eq!(ada.post("/logout", &[("csrf_token", &first)]).await.status, StatusCode::SEE_OTHER);
}

/// X3, X4: forms of other pages are refused, with a valid token or without.
#[tokio::test]
async fn what_another_origin_sends_is_refused_though_the_proof_is_good() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    for headers in FOREIGN {
        for (path, fields) in [("/logout", vec![]), ("/register", new_account())] {
            let reply = send(&ada, path, &fields, headers).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} with {headers:?}");
            assert!(reply.cookies().is_empty(), "{path} with {headers:?}");
        }
    }
    assert!(ada.is_logged_in().await);
    assert_eq!(users(&app).await, 2);
}

/// X5: clients without `Origin` and `Sec-Fetch-Site` need the token only. All current browsers send
/// both.
#[tokio::test]
async fn old_and_new_browsers_can_log_in() {
    let app = TestApp::start().await;
    app.user("mallory@example.org", PASSWORD).await;
    for headers in [
        &[][..],
        &[("origin", OURS)],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin"), ("origin", OURS), ("sec-fetch-dest", "document")],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
    ] {
        let reply = send(&app.person(), "/login", &MALLORYS, headers).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{headers:?}: {}", reply.text);
    }
}

/// X6: a person is not logged in to another account unnoticed.
#[tokio::test]
async fn an_attackers_page_cannot_log_a_victim_in_to_the_attackers_account() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let before = ada.cookie(REFRESH);
    let mallory = app.person();
    let token = mallory.get("/login").await.field("csrf_token").unwrap();
    let form = [&MALLORYS[..], &[("csrf_token", &*token)]].concat();
    for headers in FOREIGN {
        let reply = send_with(&ada, "/login", &form, headers).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(reply.cookie(REFRESH).is_none() && reply.cookie("__Secure-sso_access").is_none());
    }
    // Even without headers about the sender, the token belongs to another browser.
    assert_eq!(send_with(&ada, "/login", &form, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.cookie(REFRESH), before);
    assert!(ada.get("/").await.says("ada@example.org"));
}

/// X7: a sibling plants its own browser cookie, and cookies with frameworks' names, for the whole
/// domain.
#[tokio::test]
async fn planted_cookies_give_no_proof() {
    let app = TestApp::start().await;
    let ada = victim(&app).await;
    let mallory = app.person();
    let token = mallory.get("/register").await.field("csrf_token").unwrap();
    let browser = mallory.cookie("__Host-sso_browser").unwrap();
    let own = ada.cookie_header();
    for planted in [
        format!("{own}; __Host-sso_browser={browser}"),
        format!("__Host-sso_browser={browser}; {own}"),
        format!("%5F%5FHost-sso_browser={browser}; {own}"),
        format!("\u{a0}__Host-sso_browser={browser}; {own}"),
        format!("__host-sso_browser={browser}; sso_browser={browser}; {own}"),
        format!("csrf={token}; csrf_token={token}; csrftoken={token}; XSRF-TOKEN={token}; {own}"),
    ] {
        let request = ada
            .request(Method::POST, "/logout")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("csrf_token={token}"));
        let (client, request) = request.build_split();
        let mut request = request.unwrap();
        let planted = reqwest::header::HeaderValue::from_bytes(planted.as_bytes()).unwrap();
        request.headers_mut().insert("cookie", planted.clone());
        let status = client.execute(request).await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{planted:?}");
    }
    assert!(ada.is_logged_in().await);
}
