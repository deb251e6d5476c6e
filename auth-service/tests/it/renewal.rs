//! Renewals: their results, their refusals, and what a refusal leaves unchanged.

use auth_service::db::types::Stored;
use std::process::{Command, Stdio};
use std::time::Duration;

use auth_service::db::schema::users;
use auth_service::sessions::Session;
use auth_service::users::User;
use diesel::{QueryDsl, RunQueryDsl};
use reqwest::Method;

use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp};

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    ada
}

/// R9: the login form, without setting or deleting a token.
#[track_caller]
fn assert_refused_quietly(reply: &Reply, why: &str) {
    assert_eq!(reply.status, 200, "{why}");
    assert!(reply.tag("password").contains("password"), "{why}: {}", reply.text);
    let named: Vec<String> = reply.cookies().into_iter().map(|cookie| cookie.name).collect();
    assert!(!named.iter().any(|name| name == REFRESH || name == ACCESS), "{why}: {named:?}");
}

/// R1
#[tokio::test]
async fn a_renewal_replaces_the_refresh_token_and_the_old_one_dies_once_the_new_one_was_shown() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (before, old) = (ada.refresh_token(), ada.copy());
    let renewed = ada.get("/login?next=https%3A%2F%2Fshop.example.org%2Fcart%3Fa%3D1").await;
    assert_eq!((renewed.status.as_u16(), renewed.location()), (303, "https://shop.example.org/cart?a=1"));
    assert_ne!(ada.refresh_token(), before);
    assert_eq!(app.session_of(&ada).await.generation, 2);
    app.wait(Duration::from_secs(31));
    assert!(ada.is_logged_in().await && !old.is_logged_in().await);
    ada.get("/login").await;
    app.wait(Duration::from_secs(31));
    assert!(ada.is_logged_in().await && !old.is_logged_in().await);
    assert_refused_quietly(&old.get("/login").await, "the old token");
}

/// R5: a tab that comes second gets the successor too. Otherwise it would be logged out later.
#[tokio::test]
async fn the_token_before_yields_the_current_one_within_the_grace() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let tab = ada.copy();
    ada.get("/login").await;
    app.wait(Duration::from_secs(25));
    let late = tab.get("/login?next=/logout").await;
    assert_eq!((late.status.as_u16(), late.location()), (303, "https://auth.example.org/logout"));
    assert_eq!(late.cookie(REFRESH).unwrap().value, ada.refresh_token());
    assert!(late.cookie(ACCESS).is_some());
    assert_eq!(app.session_of(&ada).await.generation, 2);
}

/// R5: the account page accepts that tab too, although it does not renew.
#[tokio::test]
async fn the_token_before_is_still_somebody_within_the_grace() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let tab = ada.copy();
    ada.get("/login").await;
    app.wait(Duration::from_secs(25));
    assert!(tab.is_logged_in().await);
    app.wait(Duration::from_secs(10));
    assert!(!tab.is_logged_in().await && ada.is_logged_in().await);
}

/// R4: responses may arrive out of order, and the browser keeps the last one.
#[tokio::test]
async fn the_oldest_answer_may_arrive_last() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (first, second) = (ada.copy(), ada.copy());
    let answers = [first.get("/login").await, second.get("/login").await];
    for late in &answers {
        ada.set_cookie(REFRESH, &late.cookie(REFRESH).unwrap().value);
        assert!(ada.is_logged_in().await);
    }
    // Two renewals in sequence, with the first response arriving last. The next visit repairs it.
    let older = ada.get("/login").await.cookie(REFRESH).unwrap().value;
    let newer = ada.get("/login").await.cookie(REFRESH).unwrap().value;
    ada.set_cookie(REFRESH, &older);
    assert_eq!(ada.get("/login").await.cookie(REFRESH).unwrap().value, newer);
    app.wait(Duration::from_secs(600));
    assert_eq!(ada.get("/login").await.status, 303);
    assert!(ada.is_logged_in().await);
}

/// R15: an image, frame or script of another page must not rotate the session.
#[tokio::test]
async fn only_a_navigation_renews() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let before = app.session_of(&ada).await;
    for destination in [
        "image",
        "iframe",
        "frame",
        "script",
        "style",
        "embed",
        "object",
        "empty",
        "audio",
        "worker",
        "fencedframe",
        "Document",
        "document,image",
        "",
        " ",
    ] {
        let request = ada.request(Method::GET, "/login?next=/").header("sec-fetch-dest", destination);
        let reply = ada.send(request).await;
        assert_eq!(reply.status, 403, "{destination}");
        assert!(reply.cookies().is_empty(), "{destination}: {:?}", reply.cookies());
    }
    let head = ada.send(ada.request(Method::HEAD, "/login")).await;
    assert!(head.cookie(REFRESH).is_none() && head.cookie(ACCESS).is_none());
    assert!(app.session_of(&ada).await == before);
    let page = ada.request(Method::GET, "/login").header("sec-fetch-dest", "document");
    assert_eq!(ada.send(page).await.status, 303);
}

/// R9: an unknown token may have lost a race, so the winner's cookies must stay.
#[tokio::test]
async fn a_refusal_takes_no_cookie_away() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let good = ada.refresh_token();
    let unknown = good.replacen(&good[3..25], "AAAAAAAAAAAAAAAAAAAAAA", 1);
    let forged = format!("{}{}", &good[..good.len() - 43], "A".repeat(43));
    for bad in ["nonsense", unknown.as_str(), forged.as_str()] {
        ada.set_cookie(REFRESH, bad);
        assert_refused_quietly(&ada.get("/login").await, bad);
        assert_eq!(ada.refresh_token(), bad);
    }
    let ended = ada.copy();
    ended.set_cookie(REFRESH, &good);
    let over = ended.copy();
    ended.log_out().await;
    assert_refused_quietly(&over.get("/login").await, "after the logout");
}

/// Runs a command on the service's database.
fn command(app: &TestApp, arguments: &[&str], input: &str) {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_auth-service"))
        .arg("users")
        .args(arguments)
        .env_clear()
        .envs([("DATABASE_URL", app.database.url.as_str()), ("BCRYPT_COST", "10")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{arguments:?}");
}

/// R10
#[tokio::test]
async fn somebody_deactivated_gets_the_form_and_is_not_let_in_by_reactivation() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    command(&app, &["deactivate", "ada@example.org"], "");
    assert_refused_quietly(&ada.get("/login").await, "deactivated");
    assert!(!ada.is_logged_in().await);
    assert_eq!(app.session_of(&ada).await.revoked_because.as_ref().map(Stored::as_str), Some("deactivated"));
    command(&app, &["activate", "ada@example.org"], "");
    assert_refused_quietly(&ada.get("/login").await, "activated again");
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
}

/// R10: also if the sessions were not revoked, because a renewal checks the account.
#[tokio::test]
async fn an_inactive_account_is_refused_though_its_session_lives() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let user = app.session_of(&ada).await.user_id;
    app.sql(move |conn| User::set_active(conn, user, false)).await;
    assert_refused_quietly(&ada.get("/login?next=https://shop.example.org/").await, "inactive");
    assert!(!ada.is_logged_in().await);
    assert_eq!(app.session_of(&ada).await.generation, 1);
    let session = ada.session_id().to_string();
    assert!(app.log().lines().any(|line| line.contains("renewal_refused") && line.contains(&session)));
}

/// R10
#[tokio::test]
async fn somebody_deleted_gets_the_form() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (user, session) = (app.session_of(&ada).await.user_id, ada.session_id());
    app.sql(move |conn| diesel::delete(users::table.find(user)).execute(conn)).await;
    assert_refused_quietly(&ada.get("/login").await, "deleted");
    assert!(!ada.is_logged_in().await);
    assert!(app.sql(move |conn| Session::by_id(conn, session)).await.is_none(), "the row went with its user");
    // A person who cannot log in can still log out.
    assert_eq!(ada.log_out().await.status, 303);
}

/// R10
#[tokio::test]
async fn a_changed_password_ends_every_login_that_the_old_one_began() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let phone = app.person();
    phone.log_in("ada@example.org", PASSWORD).await;
    command(&app, &["set-password", "ada@example.org", "--password-stdin"], "amber lantern quartz 93\n");
    for browser in [&ada, &phone] {
        assert_refused_quietly(&browser.get("/login").await, "the password changed");
        assert!(!browser.is_logged_in().await);
        assert_eq!(
            app.session_of(browser).await.revoked_because.as_ref().map(Stored::as_str),
            Some("password_changed")
        );
    }
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 401);
    assert_eq!(ada.log_in("ada@example.org", "amber lantern quartz 93").await.status, 303);
}
