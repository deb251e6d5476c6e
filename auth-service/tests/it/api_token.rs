//! `POST /api/token/`: a program logs in.

use serde_json::{Value, json};

use super::session_list::{FIREFOX, browser, end, logins};
use crate::support::{PASSWORD, Person, Reply, TestApp, Trail, claims};
use auth_service::sessions::RefreshToken;
use auth_service::users::User;

const PATH: &str = "/api/token/";

async fn log_in(person: &Person, email: &str, password: &str) -> Reply {
    person.call(PATH, &json!({"email": email, "password": password})).await
}

/// The parts of a response that an outsider can compare: status, headers and body.
fn seen(reply: &Reply) -> String {
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    format!("{}\n{}\n\n{}", reply.status, headers.join("\n"), reply.text)
}

/// Contract, "API"
#[tokio::test]
async fn the_right_password_yields_a_pair_of_tokens_and_no_cookie() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    let reply = log_in(&program, "Ada@Example.ORG", PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.cookies().is_empty(), "a program asked, not a browser");
    assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "X9");
    let (access, refresh) = reply.pair();
    let claims = claims(&access);
    let session = app.session(RefreshToken::parse(&refresh).unwrap().session).await;
    assert_eq!(
        (&claims["sub"], &claims["sid"]),
        (&json!(ada.id.to_string()), &json!(session.id.to_string()))
    );
    assert_eq!(claims["auth_time"], session.began_at.unix_seconds());
    assert_eq!((session.user_id, session.generation), (ada.id, 1));
    assert!(program.verifies(&access).await && program.verifies(&refresh).await);
}

/// S3: the session list shows a program like any other login, and can end it.
#[tokio::test]
async fn a_programs_login_is_on_the_page_of_ones_logins() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let desk = browser(&app, "ada@example.org", FIREFOX).await;
    let program = app.person().using("backup-script/1.2 (nightly)");
    let (access, refresh) = program.obtain("ada@example.org", PASSWORD).await;
    let page = desk.get("/account/sessions").await;
    let login = &logins(&page)[1];
    assert!(login.text.contains("backup-script") && login.text.contains("127.0.0.1"), "{}", login.text);
    assert_eq!(end(&desk, &login.id).await.status, 303);
    assert!(!program.verifies(&access).await && !program.verifies(&refresh).await);
}

/// S1: a second login does not affect the first, even from a client that sends a browser's cookies.
#[tokio::test]
async fn a_programs_login_ends_no_other_whatever_cookies_it_sends() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    let desk = browser(&app, "ada@example.org", FIREFOX).await;
    let before = desk.cookie_header();
    let (first, second) =
        (desk.obtain("bob@example.org", PASSWORD).await, desk.obtain("bob@example.org", PASSWORD).await);
    assert_ne!(first.1, second.1);
    assert!(desk.verifies(&first.1).await && desk.verifies(&second.1).await);
    assert_eq!(desk.cookie_header(), before);
    assert!(desk.get("/").await.says("ada@example.org"));
}

/// E1, E2, E3: all failed logins get byte for byte the same response.
#[tokio::test]
async fn an_unknown_address_a_wrong_password_and_an_inactive_account_are_one_answer() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let gone = app.user("gone@example.org", PASSWORD).await.id;
    let odd = app.user("odd@example.org", PASSWORD).await.id;
    app.sql(move |conn| User::set_active(conn, gone, false)).await;
    app.sql(move |conn| {
        use auth_service::db::schema::users;
        use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
        diesel::update(users::table.find(odd)).set(users::password_hash.eq("damaged")).execute(conn)
    })
    .await;
    let program = app.person();
    let wrong = log_in(&program, "ada@example.org", "a password to guess").await;
    wrong.assert_problem(401, "no_active_account");
    assert!(wrong.cookies().is_empty());
    let (long, longer) = ("x".repeat(200), "ü🦀".repeat(500));
    for (email, password) in [
        ("eve@example.org", "a password to guess"),
        ("a.very.long.address.of.nobody@somewhere.else.example.com", PASSWORD),
        ("gone@example.org", PASSWORD),
        ("gone@example.org", "a password to guess"),
        ("odd@example.org", PASSWORD),
        ("ada@example.org", " "),
        ("ada@example.org", "a\0b"),
        ("eve@example.org", "a\0b"),
        ("ada@example.org", &long),
        ("eve@example.org", &long),
        ("ada@example.org", &longer),
        ("eve@example.org", &longer),
    ] {
        assert_eq!(seen(&log_in(&program, email, password).await), seen(&wrong), "{email}");
    }
}

/// L2: the responses are the same, but the trail has a reason for each.
#[tokio::test]
async fn the_trail_tells_refusals_apart_and_the_account_where_there_is_one() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id.uuid();
    let gone = app.user("gone@example.org", PASSWORD).await.id;
    app.sql(move |conn| User::set_active(conn, gone, false)).await;
    let (program, mut trail) = (app.person(), Trail::of(&app).await);
    for (email, password, user, reason) in [
        ("ada@example.org", "a password to guess", Some(ada), "wrong password"),
        ("eve@example.org", PASSWORD, None, "no such account"),
        ("gone@example.org", PASSWORD, Some(gone.uuid()), "inactive"),
        ("gone@example.org", "a password to guess", Some(gone.uuid()), "wrong password"),
    ] {
        log_in(&program, email, password).await.assert_problem(401, "no_active_account");
        let row = trail.one("login_refused").await;
        assert_eq!((row.user(), row.session(), row.detail()), (user, None, reason));
    }
}

/// Contract: invalid input is refused before any hashing.
#[tokio::test]
async fn an_address_that_is_none_and_an_empty_password_are_invalid() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (program, before) = (app.person(), app.trail().await.len());
    for (email, password) in [
        ("", PASSWORD),
        ("ada", PASSWORD),
        ("ada@", PASSWORD),
        ("ada@example.org\0", PASSWORD),
        ("ada@exa\nmple.org", PASSWORD),
        ("ada@example.org,eve@example.org", PASSWORD),
        (&format!("{}@example.org", "x".repeat(300)), PASSWORD),
        ("ada@example.org", ""),
    ] {
        log_in(&program, email, password).await.assert_problem(422, "invalid");
    }
    for document in
        [json!({"email": "ada@example.org", "password": Value::Null}), json!({"email": 1, "password": "x"})]
    {
        program.call(PATH, &document).await.assert_problem(422, "invalid");
    }
    assert_eq!(app.trail().await.len(), before);
}
