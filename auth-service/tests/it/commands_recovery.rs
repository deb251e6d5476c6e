//! `auth-service users recovery-link`: a link for a new password, from the operator.

use std::time::Duration;

use auth_service::users::User;
use reqwest::StatusCode;

use crate::commands::{Ended, Program};
use crate::password_reset::{ADA, NEW, ask, assert_done, can_log_in, follow, start};
use crate::support::{PASSWORD, TestApp, Trail};

fn recovery_link(app: &TestApp, who: &str) -> Ended {
    let program = Program::new(&["users", "recovery-link", who]).set("DATABASE_URL", &app.database.url);
    program.set("AUTH_URL", "https://auth.example.org").set("COOKIE_DOMAIN", "example.org").run_with("")
}

/// The path and query of the printed link.
fn printed(app: &TestApp) -> String {
    let made = recovery_link(app, ADA);
    assert_eq!(made.code, 0, "{}", made.err);
    let link = made.out.trim().strip_prefix("https://auth.example.org").expect(&made.out).to_owned();
    assert!(link.starts_with("/password/reset?token=") && !link.contains(char::is_whitespace), "{link}");
    assert!(made.err.contains("Sets a new password for ada@example.org, once, until "), "{}", made.err);
    link
}

/// V1, V3: it works without mail, once, and ends nothing until it is used.
#[tokio::test]
async fn a_link_of_the_operators_sets_a_new_password_without_mail() {
    let app = TestApp::start().await;
    let user = app.user(ADA, PASSWORD).await;
    let ada = app.person();
    ada.log_in(ADA, PASSWORD).await;
    let mut trail = Trail::of(&app).await;
    let link = printed(&app);
    let made = trail.one("recovery_link_made").await;
    assert_eq!((made.user(), made.actor.as_str(), made.detail()), (Some(user.id.uuid()), "operator", ""));
    assert!(ada.is_logged_in().await);
    assert!(ada.get("/account/security").await.says("Link for a new password made by the operator"));
    assert_done(&follow(&app.person(), &link, NEW).await);
    assert!(!ada.is_logged_in().await && can_log_in(&app, NEW).await);
    assert_eq!(app.person().get(&link).await.status, StatusCode::GONE);
    let there = app.sql(move |conn| User::by_id(conn, user.id)).await.unwrap();
    assert!(there.email_verified_at.is_none(), "no letter went to the address");
}

/// V1
#[tokio::test]
async fn it_works_for_an_hour() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let link = printed(&app);
    // On PostgreSQL the command has the server's clock, and the service the test's.
    app.wait(Duration::from_secs(59 * 60));
    assert_eq!(app.person().get(&link).await.status, StatusCode::OK);
    app.wait(Duration::from_secs(2 * 60));
    assert_eq!(app.person().get(&link).await.status, StatusCode::GONE);
}

/// V3: of a letter and a link of the operator's, the later one works.
#[tokio::test]
async fn the_latest_link_works_and_no_other() {
    let app = start().await;
    ask(&app.person(), ADA).await;
    let letter = app.letter_to(ADA).await.link();
    let (first, second) = (printed(&app), printed(&app));
    for older in [&letter, &first] {
        assert_eq!(app.person().get(older).await.status, StatusCode::GONE);
    }
    assert_done(&follow(&app.person(), &second, NEW).await);
    // The owner is told.
    assert_eq!(app.letter_to(ADA).await.subject, "Your password for One account was changed");
}

#[tokio::test]
async fn nobody_gets_one_who_cannot_use_it() {
    let app = TestApp::start().await;
    let user = app.user(ADA, PASSWORD).await;
    let unknown = recovery_link(&app, "eve@example.org");
    assert_eq!((unknown.code, unknown.out.as_str()), (1, ""));
    assert!(unknown.err.contains("there is no user eve@example.org"), "{}", unknown.err);
    app.sql(move |conn| User::set_active(conn, user.id, false)).await;
    let inactive = recovery_link(&app, ADA);
    assert_eq!((inactive.code, inactive.out.as_str()), (1, ""));
    assert!(inactive.err.contains("users activate ada@example.org"), "{}", inactive.err);
    let program = Program::new(&["users", "recovery-link", ADA]).set("DATABASE_URL", &app.database.url);
    let nowhere = program.set("COOKIE_DOMAIN", "example.org").run_with("");
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("AUTH_URL: is not set"), "{}", nowhere.err);
    assert!(app.events("recovery_link_made").await.is_empty());
}
