//! Logging in.

use reqwest::StatusCode;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn whoever_registers_can_log_in_and_sees_their_account() {
    let app = TestApp::start().await;
    let ada = app.person();
    let registered = ada.register("Ada@Example.org", PASSWORD).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER, "{}", registered.text);
    assert_eq!(registered.location(), "https://auth.example.org/login");
    let login = ada.get("/login").await;
    assert!(login.says("Your account was created. Please log in now."), "{}", login.text);

    let welcome = ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!((welcome.status, welcome.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/"));
    let account = ada.get("/").await;
    assert!(account.says("ada@example.org") && account.says("Lovelace"));
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_address_kept() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let refused = ada.log_in("ada@example.org", "something else entirely").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.says("Please enter a correct email and password."));
    assert_eq!(refused.field("email").as_deref(), Some("ada@example.org"));
    assert_eq!(refused.field("password"), None);
    assert!(!ada.is_logged_in().await);
}
