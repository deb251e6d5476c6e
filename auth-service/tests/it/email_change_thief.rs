//! A thief who has the password changes the address, and then tries to close the owner's way back.

use std::time::Duration;

use auth_service::config::Config;
use auth_service::users::{Email, User};
use reqwest::StatusCode;

use crate::commands::Program;
use crate::email_change::{CONFIRM, NEW, OLD, PAGE, ask, change, has_account, logged_in};
use crate::support::{Letter, Mailbox, PASSWORD, Person, Reply, TestApp, Tweaks};

const EVIL: &str = "thief@evil.example";

/// Presses the button behind the link of a letter to a former address.
async fn undo(app: &TestApp, letter: &Letter) -> Reply {
    app.person().fill_in(&letter.link(), &[("token", &letter.token())]).await
}

/// A thief who has changed the address to one of theirs, and the letter to the owner.
async fn stolen(app: &TestApp) -> (Person, Letter) {
    let thief = logged_in(app, OLD).await;
    change(app, &thief, NEW).await;
    (thief, app.letter_to(OLD).await)
}

/// V8: each change has its own way back, and that of a later one closes none of an earlier one.
#[tokio::test]
async fn undoing_a_later_change_leaves_the_way_back_from_the_earlier_one() {
    let app = TestApp::start_with_mail().await;
    let (thief, letter_of_ada) = stolen(&app).await;
    change(&app, &thief, EVIL).await;
    let letter_of_thief = app.letter_to(NEW).await;
    assert_eq!(undo(&app, &letter_of_thief).await.status, StatusCode::SEE_OTHER);
    let undone = undo(&app, &letter_of_ada).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    assert!(has_account(&app, OLD).await && !has_account(&app, NEW).await);
}

/// V8: a former address is kept for its owner as long as the letter works.
#[tokio::test]
async fn nobody_can_register_a_former_address_while_its_owner_may_take_the_account_back() {
    let app = TestApp::start_with_mail().await;
    let (_, letter) = stolen(&app).await;
    app.person().register(OLD, "another long password 9").await;
    assert!(!has_account(&app, OLD).await);
    assert_eq!(app.letter_to(OLD).await.subject, "You already have an account at One account");
    let undone = undo(&app, &letter).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    assert!(has_account(&app, OLD).await);
}

/// V8: the same where addresses need not be verified.
#[tokio::test]
async fn a_former_address_counts_as_taken_where_registration_says_so() {
    let config = Some((|config| config.mail.requires_verified = false) as fn(&mut Config));
    let tweaks = Tweaks { mailbox: Some(Mailbox::new()), config, ..Tweaks::default() };
    let app = TestApp::start_with(tweaks).await;
    let (_, letter) = stolen(&app).await;
    let refused = app.person().register(OLD, "another long password 9").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!has_account(&app, OLD).await);
    assert_eq!(undo(&app, &letter).await.status, StatusCode::SEE_OTHER);
}

/// Later anybody may have it.
#[tokio::test]
async fn after_a_week_a_former_address_can_be_registered_again() {
    let app = TestApp::start_with_mail().await;
    stolen(&app).await;
    app.wait(Duration::from_secs(7 * 24 * 3600 + 1));
    app.person().register(OLD, PASSWORD).await;
    assert!(has_account(&app, OLD).await);
}

/// The thief knows the password, and is faster than the owner, who must wait for a letter.
#[tokio::test]
async fn after_an_undo_the_password_no_longer_works() {
    let app = TestApp::start_with_mail().await;
    let (_, letter) = stolen(&app).await;
    let ada = app.person();
    ada.fill_in(&letter.link(), &[("token", &letter.token())]).await;
    assert_eq!(app.person().log_in(OLD, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    let page = ada.get("/password/forgot").await;
    ada.fill_in_on(&page, "/password/forgot", &[("email", OLD)]).await;
    let code = app.letter_to(OLD).await.code();
    let fields = [("code", code.as_str()), ("password", "a new password of Ada 3")];
    let set = ada.fill_in("/password/reset", &fields).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    assert_eq!(app.person().log_in(OLD, "a new password of Ada 3").await.status, StatusCode::SEE_OTHER);
}

/// What was asked for while an account was in other hands does not work when it is active again.
#[tokio::test]
async fn deactivation_closes_the_letters_that_are_under_way() {
    let app = TestApp::start_with_mail().await;
    let thief = logged_in(&app, OLD).await;
    ask(&thief, NEW).await;
    let letter = app.letter_to(NEW).await;
    for action in ["deactivate", "activate"] {
        let program = Program::new(&["users", action, OLD]).set("DATABASE_URL", &app.database.url);
        assert_eq!(program.run().code, 0);
    }
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::GONE);
    assert_eq!(thief.fill_in(CONFIRM, &[("code", &letter.code())]).await.status, 422);
    assert!(has_account(&app, OLD).await);
}

/// A request that was under way when the owner set a new password asks for nothing.
#[tokio::test]
async fn a_change_that_was_asked_for_with_an_old_password_sends_no_letter() {
    let app = TestApp::start_for_a_race_with_mail().await;
    let thief = logged_in(&app, OLD).await;
    let stranger = app.person();
    stranger.fill_in("/password/forgot", &[("email", OLD)]).await;
    let reset = app.letter_to(OLD).await;
    let (page, form) = (stranger.get(&reset.link()).await, thief.get(PAGE).await);
    let email = Email::parse(OLD).unwrap();
    let ada = app.sql(move |conn| User::by_email(conn, &email)).await.unwrap().id;
    let held = app.hold(move |conn| User::lock_row(conn, ada)).await;
    let token = reset.token();
    let fields = [("token", token.as_str()), ("password", "a new password of Ada 3")];
    let set = stranger.fill_in_on(&page, "/password/reset", &fields);
    let asked = async {
        app.until_somebody_waits().await;
        let fields = [("email", EVIL), ("password", PASSWORD)];
        let asked = thief.fill_in_on(&form, PAGE, &fields);
        let release = async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            drop(held);
        };
        tokio::join!(asked, release).0
    };
    let (set, asked) = tokio::join!(set, asked);
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    assert!(asked.location().contains("/login"), "{} {}", asked.status, asked.location());
    app.assert_no_letter_to(EVIL).await;
}
