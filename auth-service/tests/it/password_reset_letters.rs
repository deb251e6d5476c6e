//! How long a link and a code for a new password work, how often, where, and for whom: V1, V3, V4.

use std::time::Duration;

use auth_service::users::{Email, User};
use reqwest::StatusCode;

use crate::commands::Program;
use crate::password_reset::{ADA, NEW, RESET, ask, assert_done, can_log_in, follow, start, type_code};
use crate::support::PASSWORD;

/// V3
#[tokio::test]
async fn a_link_works_once_and_so_does_its_code() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    let open = app.person();
    let page = open.get(&letter.link()).await;
    assert_done(&type_code(&ada, &letter.code(), NEW).await);
    // The page with the link was open before.
    let fields = [("token", letter.token()), ("password", "nine copper owls at noon".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let late = open.fill_in_on(&page, RESET, &fields).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.says("This link no longer works") && late.text.contains("href=\"/password/forgot\""));
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::GONE);
    // This browser awaits no letter any more.
    assert_eq!(ada.get(RESET).await.location(), "https://auth.example.org/password/forgot");
    assert!(can_log_in(&app, NEW).await);
}

/// V3
#[tokio::test]
async fn an_older_link_or_code_does_not_work_after_a_newer_letter() {
    let app = start().await;
    let (first, second) = (app.person(), app.person());
    ask(&first, ADA).await;
    let older = app.letter_to(ADA).await;
    ask(&second, ADA).await;
    let newer = app.letter_to(ADA).await;
    assert_eq!(app.person().get(&older.link()).await.status, StatusCode::GONE);
    let refused = type_code(&first, &older.code(), NEW).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("This code no longer works") && refused.says("Ask for another email"));
    assert_done(&type_code(&second, &newer.code(), NEW).await);
}

/// V1
#[tokio::test]
async fn a_code_works_for_ten_minutes_and_a_link_for_thirty() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    app.wait(Duration::from_secs(10 * 60 + 1));
    assert!(type_code(&ada, &letter.code(), NEW).await.says("This code no longer works"));
    app.wait(Duration::from_secs(19 * 60));
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::OK);
    app.wait(Duration::from_secs(60));
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::GONE);
    assert!(can_log_in(&app, PASSWORD).await);
}

/// A guess is one of five, and the right code comes too late after those.
#[tokio::test]
async fn after_five_wrong_codes_the_right_one_does_not_work_either() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    let wrong = if letter.code() == "000000" { "000001" } else { "000000" };
    for left in ["4 more tries", "3 more tries", "2 more tries", "one more try"] {
        let reply = type_code(&ada, wrong, NEW).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.says(left), "{left}: {}", reply.text);
    }
    assert!(type_code(&ada, wrong, NEW).await.says("This code no longer works"));
    assert!(type_code(&ada, &letter.code(), NEW).await.says("This code no longer works"));
    // The link is none that anybody guesses.
    assert_done(&follow(&app.person(), &letter.link(), NEW).await);
}

/// A code belongs to the browser that asked, so a code that somebody else read out is worth nothing.
#[tokio::test]
async fn the_code_of_another_browsers_letter_does_not_work() {
    let app = start().await;
    let (ada, mallory) = (app.person(), app.person());
    assert_eq!(mallory.get(RESET).await.location(), "https://auth.example.org/password/forgot");
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    ask(&mallory, "mallory@example.org").await;
    let refused = type_code(&mallory, &letter.code(), NEW).await;
    assert!(refused.says("That is not the code. You have 4 more tries."), "{}", refused.text);
    assert_done(&type_code(&ada, &letter.code(), NEW).await);
}

/// V3: what was sent before a change of the password does not work after it.
#[tokio::test]
async fn a_link_from_before_a_new_password_does_not_work() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    let program = Program::new(&["users", "set-password", ADA, "--password-stdin"]);
    let done = program.set("DATABASE_URL", &app.database.url).set("BCRYPT_COST", "10").run_with(NEW);
    assert_eq!(done.code, 0);
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::GONE);
    assert!(type_code(&ada, &letter.code(), "nine copper owls at noon").await.says("no longer works"));
    assert!(can_log_in(&app, NEW).await);
}

#[tokio::test]
async fn an_account_that_became_inactive_gets_no_new_password() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    let page = app.person().get(&letter.link()).await;
    assert_eq!(page.status, StatusCode::OK);
    app.sql(|conn| {
        let user = User::by_email(conn, &Email::parse(ADA).unwrap())?.unwrap();
        User::set_active(conn, user.id, false)
    })
    .await;
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::GONE);
    assert!(type_code(&ada, &letter.code(), NEW).await.says("This code no longer works"));
    assert!(app.events("password_changed").await.is_empty());
}

/// V4: whatever host a request names, the link has ours.
#[tokio::test]
async fn the_link_leads_to_our_own_host() {
    let app = start().await;
    for header in ["x-forwarded-host", "forwarded", "x-original-url"] {
        ask(&app.person().sending(header, "host=evil.example"), ADA).await;
        let letter = app.letter_to(ADA).await;
        assert!(letter.text.contains("https://auth.example.org/password/reset?token="));
        assert!(!letter.source.contains("evil"));
    }
}
