//! `REGISTRATION=closed`: the operator creates accounts.

use reqwest::{Method, StatusCode};

use auth_service::i18n::Message;

use super::commands::Program;
use crate::support::{PASSWORD, TestApp, Tweaks, german};

async fn closed() -> TestApp {
    let mut tweaks = Tweaks::default();
    tweaks.flags.registration = Some("closed".to_owned());
    TestApp::start_with(tweaks).await
}

/// O1
#[tokio::test]
async fn nobody_makes_an_account_where_registration_is_closed() {
    let app = closed().await;
    let stranger = app.person();
    let token = stranger.get("/login").await.field("csrf_token").unwrap();
    let form = [
        ("csrf_token", token.as_str()),
        ("first_name", "Mallory"),
        ("last_name", "M"),
        ("email", "boss@example.org"),
        ("password", PASSWORD),
    ];
    for reply in [
        stranger.get("/register").await,
        stranger.get("/register?next=https://shop.example.org/").await,
        stranger.post("/register", &form).await,
        // The body is not even read.
        stranger.send(stranger.request(Method::POST, "/register").body("{}")).await,
    ] {
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.text);
        assert!(reply.says("Whoever runs this site makes its accounts") && !reply.text.contains("<form"));
    }
    assert_eq!(
        stranger.send(stranger.request(Method::HEAD, "/register")).await.status,
        StatusCode::FORBIDDEN
    );
    let known = app.sql(|conn| {
        let email = auth_service::users::Email::parse("boss@example.org").unwrap();
        auth_service::users::User::by_email(conn, &email)
    });
    assert!(known.await.is_none());
}

#[tokio::test]
async fn the_page_leads_to_the_login_and_back_to_where_its_reader_came_from() {
    let app = closed().await;
    let page = app.person().get("/register?next=https://shop.example.org/cart").await;
    assert!(page.says("href=\"/login?next=https%3A%2F%2Fshop.example.org%2Fcart\""), "{}", page.text);
    let page = app.person().sending("accept-language", "de").get("/register").await;
    assert!(page.says(&german(&Message::new("register-closed-title"))), "{}", page.text);
}

/// O1
#[tokio::test]
async fn no_page_leads_to_a_form_that_is_not_there() {
    let app = closed().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    for page in [
        ada.get("/login").await,
        ada.get("/login?next=https://shop.example.org/").await,
        ada.log_in("ada@example.org", "wrong wrong wrong").await,
        ada.get("/logout").await,
        ada.get("/nothing").await,
    ] {
        assert!(!page.text.contains("/register"), "{}", page.text);
    }
    ada.log_in("ada@example.org", PASSWORD).await;
    assert!(!ada.get("/").await.text.contains("/register"));
    assert!(TestApp::start().await.person().get("/login").await.text.contains("href=\"/register\""));
}

#[tokio::test]
async fn the_operator_goes_on_making_accounts() {
    let app = closed().await;
    let made = Program::new(&["users", "create", "ada@example.org", "--password-stdin"])
        .set("DATABASE_URL", &app.database.url)
        .set("REGISTRATION", "closed")
        .run_with(&format!("{PASSWORD}\n"));
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
}
