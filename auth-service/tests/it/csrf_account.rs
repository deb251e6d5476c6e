//! Forged requests to the forms of the account and of letters: X1 to X7.

use reqwest::{Method, StatusCode};

use crate::csrf::{FOREIGN, send_with};
use crate::email_change::{CONFIRM, NEW, OLD, PAGE, UNDO, ask, change, has_account, logged_in};
use crate::support::{PASSWORD, Person, TestApp};

const VERIFY: &str = "/email/verify";

/// Sends a form as another site does, with a good proof of our page and with none.
async fn assert_refused(who: &Person, form: &str, path: &str, fields: &[(&str, &str)]) {
    let token = who.get(form).await.field("csrf_token").expect("a form");
    let with_token = [fields, &[("csrf_token", &token)]].concat();
    for headers in FOREIGN {
        let refused = send_with(who, path, &with_token, headers).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
    }
    let with_another = [fields, &[("csrf_token", "x")]].concat();
    assert_eq!(send_with(who, path, &with_another, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&with_token).finish();
    for method in [Method::GET, Method::HEAD] {
        who.send(who.request(method, &format!("{path}?{query}"))).await;
    }
}

#[tokio::test]
async fn another_site_changes_no_address_and_undoes_no_change() {
    let app = TestApp::start_with_mail().await;
    let ada = logged_in(&app, OLD).await;
    assert_refused(&ada, PAGE, PAGE, &[("email", NEW), ("password", PASSWORD)]).await;
    app.assert_no_letter_to(NEW).await;
    ask(&ada, NEW).await;
    let letter = app.letter_to(NEW).await;
    assert_refused(&ada, CONFIRM, CONFIRM, &[("code", &letter.code())]).await;
    assert_refused(&ada, &letter.link(), CONFIRM, &[("token", &letter.token())]).await;
    assert!(has_account(&app, OLD).await);
    change(&app, &ada, NEW).await;
    let letter = app.letter_to(OLD).await;
    assert_refused(&ada, &letter.link(), UNDO, &[("token", &letter.token())]).await;
    assert!(has_account(&app, NEW).await && ada.is_logged_in().await);
}

#[tokio::test]
async fn another_site_verifies_no_address_and_asks_for_no_letter() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(OLD, PASSWORD).await;
    let letter = app.letter_to(OLD).await;
    assert_refused(&ada, VERIFY, VERIFY, &[("code", &letter.code())]).await;
    assert_refused(&ada, &letter.link(), VERIFY, &[("token", &letter.token())]).await;
    assert_refused(&ada, VERIFY, "/email/verify/again", &[]).await;
    app.assert_no_letter_to(OLD).await;
    assert!(app.events("email_verified").await.is_empty() && !ada.is_logged_in().await);
}

#[tokio::test]
async fn another_site_changes_no_profile() {
    let app = TestApp::start_with_mail().await;
    let ada = logged_in(&app, OLD).await;
    let fields = [("first_name", "Mallory"), ("last_name", ""), ("language", "de")];
    assert_refused(&ada, "/account/profile", "/account/profile", &fields).await;
    assert!(!ada.get("/account/profile").await.text.contains("Mallory"));
    assert!(app.events("profile_changed").await.is_empty());
}
