//! One's names, and the language of one's emails.

use reqwest::StatusCode;

use crate::support::{Mailbox, PASSWORD, Person, TestApp, Tweaks, claims};

const ADA: &str = "ada@example.org";
const PAGE: &str = "/account/profile";

async fn logged_in(app: &TestApp) -> Person {
    app.user(ADA, PASSWORD).await;
    let ada = app.person();
    ada.log_in(ADA, PASSWORD).await;
    ada
}

#[tokio::test]
async fn names_are_changed_and_stand_in_the_next_token() {
    let app = TestApp::start().await;
    let ada = logged_in(&app).await;
    let page = ada.get(PAGE).await;
    assert_eq!(page.field("first_name").as_deref(), Some("Ada"));
    let fields = [("first_name", "Augusta Ada"), ("last_name", "King"), ("language", "de")];
    let saved = ada.fill_in_on(&page, PAGE, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let claims = claims(&ada.access_token());
    assert_eq!(
        (&claims["user_first_name"], &claims["user_last_name"]),
        (&"Augusta Ada".into(), &"King".into())
    );
    let page = ada.get(PAGE).await;
    assert!(page.says("Your profile was saved.") && page.text.contains(" value=\"de\" selected"));
    assert!(ada.get("/").await.says("Augusta Ada King"));
    assert!(ada.get("/account/security").await.says("Name or language changed"));
}

#[tokio::test]
async fn what_cannot_be_a_name_or_a_language_is_told_and_nothing_is_lost() {
    let app = TestApp::start().await;
    let ada = logged_in(&app).await;
    for (name, value, says) in [
        ("first_name", " ", "Please enter a name."),
        ("first_name", "a\u{200b}b", "with visible characters"),
        ("last_name", &"x".repeat(151), "150"),
        ("language", "tlh", "Please choose one of the languages."),
    ] {
        let mut fields = [("first_name", "Ada"), ("last_name", "King"), ("language", "en")];
        fields.iter_mut().find(|(field, _)| *field == name).unwrap().1 = value;
        let refused = ada.fill_in(PAGE, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {value:?}");
        assert!(refused.tag(name).contains("aria-invalid=\"true\""), "{}", refused.text);
        assert!(refused.says(says), "{says}: {}", refused.text);
    }
    let stale = [("csrf_token", "x"), ("first_name", "Grace"), ("last_name", ""), ("language", "de")];
    let stale = ada.post(PAGE, &stale).await;
    assert_eq!((stale.status, stale.field("first_name").as_deref()), (StatusCode::FORBIDDEN, Some("Grace")));
    assert!(ada.get("/").await.says("Ada Lovelace"));
    assert!(app.person().get(PAGE).await.location().contains("/login?next="));
}

#[tokio::test]
async fn emails_come_in_the_language_that_was_chosen() {
    let app = TestApp::start_with(Tweaks {
        mailbox: Some(Mailbox::new()),
        config: Some(|config| config.session_limits.verified_only = false),
        ..Tweaks::default()
    })
    .await;
    let ada = logged_in(&app).await;
    let fields = [("first_name", "Ada"), ("last_name", ""), ("language", "de")];
    ada.fill_in(PAGE, &fields).await;
    app.person().fill_in("/password/forgot", &[("email", ADA)]).await;
    let letter = app.letter_to(ADA).await;
    assert!(letter.subject.contains("Passwort"), "{}", letter.subject);
}
