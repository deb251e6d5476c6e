//! Logging in.

use reqwest::StatusCode;

use crate::support::{PASSWORD, TestApp};

const HOME: &str = "https://auth.example.org/";
const WRONG: &str = "That email and password don’t match.";
const INACTIVE: &str = "This account is inactive.";

#[tokio::test]
async fn whoever_registers_can_log_in_and_sees_their_account() {
    let app = TestApp::start().await;
    let ada = app.person();
    let registered = ada.register("Ada@Example.org", PASSWORD).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER, "{}", registered.text);
    ada.log_out().await;

    let welcome = ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!((welcome.status, welcome.location()), (StatusCode::SEE_OTHER, HOME));
    let account = ada.get("/").await;
    assert!(account.says("ada@example.org") && account.says("Lovelace"));
}

#[tokio::test]
async fn the_form_asks_for_an_address_and_a_password() {
    let app = TestApp::start().await;
    let page = app.person().get("/login").await;
    assert_eq!(page.status, StatusCode::OK);
    let (email, password) = (page.tag("email"), page.tag("password"));
    assert!(email.contains(" type=\"email\"") && email.contains(" autocomplete=\"username\""), "{email}");
    assert!(email.contains(" autofocus"), "{email}");
    assert!(password.contains(" type=\"password\""), "{password}");
    assert!(password.contains(" autocomplete=\"current-password\""), "{password}");
    assert_eq!(page.text.matches(" autofocus").count(), 1);
    assert!(page.text.contains("href=\"/register\"") && page.field("next").is_none());
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_address_kept() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let refused = ada.log_in("ada@example.org", "something else entirely").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.says(WRONG) && refused.text.contains("role=\"alert\""));
    assert_eq!(refused.field("email").as_deref(), Some("ada@example.org"));
    assert_eq!(refused.field("password"), None);
    assert!(!refused.text.contains("something else"));
    // The address is kept, so the focus is on the password.
    assert!(refused.tag("password").contains(" autofocus"));
    // Neither field is marked as wrong.
    assert!(!refused.text.contains("aria-invalid"));
    assert!(!ada.is_logged_in().await);
}

#[tokio::test]
async fn what_is_missing_is_told_at_its_field_and_nothing_is_checked() {
    let app = TestApp::start().await;
    let ada = app.person();
    for (email, password, name, message) in [
        ("", PASSWORD, "email", "Please enter your email address, such as ada@example.org."),
        ("not an address", PASSWORD, "email", "Please enter your email address, such as ada@example.org."),
        ("ada@example.org", "", "password", "Please enter your password."),
    ] {
        let refused = ada.fill_in("/login", &[("email", email), ("password", password)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:?}");
        assert!(refused.says(message), "{}", refused.text);
        let tag = refused.tag(name);
        assert!(tag.contains(" aria-invalid=\"true\"") && tag.contains(" autofocus"), "{tag}");
        assert!(tag.contains(&format!("aria-describedby=\"{name}-error\"")), "{tag}");
        assert!(refused.text.contains(&format!(" id=\"{name}-error\"")));
        assert_eq!(refused.text.matches(" autofocus").count(), 1);
        assert!(!refused.text.contains(PASSWORD));
    }
}

#[tokio::test]
async fn the_address_may_be_spelt_in_any_case() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for spelling in ["ADA@EXAMPLE.ORG", " Ada@example.org ", "ada@Example.Org"] {
        let welcome = app.person().log_in(spelling, PASSWORD).await;
        assert_eq!(welcome.status, StatusCode::SEE_OTHER, "{spelling}");
    }
    // A password is case-sensitive.
    let shouted = app.person().log_in("ada@example.org", &PASSWORD.to_uppercase()).await;
    assert_eq!(shouted.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_password_counts_to_its_last_space() {
    let app = TestApp::start().await;
    let padded = format!(" {PASSWORD} ");
    let ada = app.person();
    let registered = ada.register("ada@example.org", &padded).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER, "{}", registered.text);
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.person().log_in("ada@example.org", &padded).await.status, StatusCode::SEE_OTHER);
}

/// E3: only the correct password reveals that the account is inactive.
#[tokio::test]
async fn an_inactive_account_is_told_so_after_the_right_password_alone() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    app.sql(move |conn| auth_service::users::User::set_active(conn, user.id, false)).await;
    let ada = app.person();
    let guessed = ada.log_in("ada@example.org", "some other password").await;
    assert!(guessed.says(WRONG) && !guessed.says(INACTIVE));
    let right = ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(right.status, StatusCode::UNAUTHORIZED);
    assert!(right.says(INACTIVE) && !right.says(WRONG));
    assert_eq!(right.field("email").as_deref(), Some("ada@example.org"));
    assert!(right.cookie("__Secure-sso_access").is_none() && !ada.is_logged_in().await);
}

/// N3, N5
#[tokio::test]
async fn whoever_is_logged_in_already_goes_straight_on() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let on = ada.get("/login").await;
    assert_eq!((on.status, on.location()), (StatusCode::SEE_OTHER, HOME));
    let on = ada.get("/login?next=https%3A%2F%2Fshop.example.org%2Fcart").await;
    assert_eq!((on.status, on.location()), (StatusCode::SEE_OTHER, "https://shop.example.org/cart"));
    let on = ada.get("/login?next=https%3A%2F%2Fevil.net%2F").await;
    assert_eq!((on.status, on.location()), (StatusCode::SEE_OTHER, HOME));
}

#[tokio::test]
async fn a_login_form_that_lay_open_too_long_can_be_sent_again() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let page = ada.get("/login?next=%2Flogout").await;
    ada.forget_cookie("__Host-sso_browser");
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let stale = ada.fill_in_on(&page, "/login", &fields).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(stale.says("open for too long") && stale.says("Log in"), "{}", stale.text);
    assert_eq!(stale.field("email").as_deref(), Some("ada@example.org"));
    assert_eq!(stale.field("next").as_deref(), Some("https://auth.example.org/logout"));
    assert!(!stale.text.contains(PASSWORD) && stale.cookie("__Host-sso_refresh").is_none());
    let second = ada.fill_in_on(&stale, "/login", &fields).await;
    assert_eq!(
        (second.status, second.location()),
        (StatusCode::SEE_OTHER, "https://auth.example.org/logout")
    );
}

#[tokio::test]
async fn a_login_is_noted_in_the_account() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    assert_eq!(user.last_login, None);
    let begun = app.clock.now();
    app.person().log_in("ada@example.org", "not the password").await;
    let row = app.sql(move |conn| auth_service::users::User::by_id(conn, user.id)).await.unwrap();
    assert_eq!(row.last_login, None);
    app.person().log_in("ada@example.org", PASSWORD).await;
    let row = app.sql(move |conn| auth_service::users::User::by_id(conn, user.id)).await.unwrap();
    assert!(row.last_login.is_some_and(|moment| moment >= begun));
}
