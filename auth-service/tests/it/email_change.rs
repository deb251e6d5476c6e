//! Change of an account's address: confirmed at the new one, undone from the old one.

use std::time::Duration;

use auth_service::users::{Email, User};
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::support::{PASSWORD, Person, Reply, TestApp, Tweaks, claims};

pub const OLD: &str = "ada@example.org";
pub const NEW: &str = "ada@new.example";
pub const PAGE: &str = "/account/email";
pub const CONFIRM: &str = "/account/email/confirm";
pub const UNDO: &str = "/account/email/undo";

pub async fn logged_in(app: &TestApp, address: &str) -> Person {
    let user = app.user(address, PASSWORD).await;
    let verified = address.to_owned();
    let now = app.clock.clock().estimate();
    app.sql(move |conn| User::verify_email(conn, user.id, &verified, now)).await;
    let person = app.person();
    assert_eq!(person.log_in(address, PASSWORD).await.status, StatusCode::SEE_OTHER);
    person
}

pub async fn ask(person: &Person, to: &str) -> Reply {
    person.fill_in(PAGE, &[("email", to), ("password", PASSWORD)]).await
}

pub async fn has_account(app: &TestApp, address: &str) -> bool {
    let email = Email::parse(address).unwrap();
    app.sql(move |conn| User::by_email(conn, &email)).await.is_some()
}

/// Changes the address with the code of the letter.
pub async fn change(app: &TestApp, person: &Person, to: &str) {
    assert!(ask(person, to).await.location().ends_with(CONFIRM));
    let code = app.letter_to(to).await.code();
    let changed = person.fill_in(CONFIRM, &[("code", &code)]).await;
    assert_eq!(changed.location(), "https://auth.example.org/", "{}", changed.text);
}

/// V8
#[tokio::test]
async fn an_address_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told() {
    let app = TestApp::start_with_mail().await;
    let ada = logged_in(&app, OLD).await;
    assert!(ada.get("/").await.text.contains("/account/email"));
    let asked = ask(&ada, NEW).await;
    assert!(asked.location().ends_with(CONFIRM), "{}", asked.text);
    assert!(has_account(&app, OLD).await && !has_account(&app, NEW).await, "nothing changes before");
    let page = ada.get(CONFIRM).await;
    assert!(page.text.contains(NEW));
    let letter = app.letter_to(NEW).await;
    app.assert_no_letter_to(OLD).await;
    let changed = ada.fill_in_on(&page, CONFIRM, &[("code", &letter.code())]).await;
    assert_eq!(changed.location(), "https://auth.example.org/", "{}", changed.text);
    assert!(ada.get("/").await.says("Your email address is now ada@new.example."));
    let claims = claims(&ada.access_token());
    assert_eq!((&claims["user_email"], &claims["user_email_verified"]), (&NEW.into(), &true.into()));
    let notice = app.letter_to(OLD).await;
    assert_eq!(notice.subject, "Your email address at One account was changed");
    assert!(notice.text.contains(NEW));
    assert_eq!(app.person().log_in(OLD, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.person().log_in(NEW, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let security = ada.get("/account/security").await;
    assert!(security.says("Email address changed") && security.says("Another email address asked for"));
}

/// V8
#[tokio::test]
async fn for_a_week_the_old_address_takes_the_account_back_and_logs_everybody_out() {
    let app = TestApp::start_with_mail().await;
    let thief = logged_in(&app, OLD).await;
    change(&app, &thief, NEW).await;
    let undo = app.letter_to(OLD).await;
    // The thief sets a password of their own, and moves on.
    change(&app, &thief, "thief@evil.example").await;
    let undo_of_thief = app.letter_to(NEW).await;
    app.wait(Duration::from_secs(7 * 24 * 3600 - 60));
    let ada = app.person();
    for _ in 0..2 {
        let page = ada.get(&undo.link()).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains(OLD));
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    }
    assert!(!has_account(&app, OLD).await, "opening the link changes nothing");
    let undone = ada.fill_in(&undo.link(), &[("token", &undo.token())]).await;
    assert!(undone.location().ends_with("/password/forgot"), "{}", undone.text);
    let forgot = ada.get("/password/forgot").await;
    assert!(forgot.says("The account has its former email address again"));
    assert_eq!(forgot.field("email").as_deref(), Some(OLD));
    assert!(has_account(&app, OLD).await && !thief.is_logged_in().await);
    for old in [&undo, &undo_of_thief] {
        assert_eq!(app.person().get(&old.link()).await.status, StatusCode::GONE);
    }
}

#[tokio::test]
async fn after_a_week_the_link_to_the_old_address_is_too_old() {
    let app = TestApp::start_with_mail().await;
    let ada = logged_in(&app, OLD).await;
    change(&app, &ada, NEW).await;
    let undo = app.letter_to(OLD).await;
    app.wait(Duration::from_secs(7 * 24 * 3600));
    let page = app.person().get(&undo.link()).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(has_account(&app, NEW).await);
}

/// A thief who has changed the address changes the password next.
#[tokio::test]
async fn a_new_password_leaves_the_way_back_open_and_closes_all_else() {
    let app = TestApp::start_with_mail().await;
    let thief = logged_in(&app, OLD).await;
    change(&app, &thief, NEW).await;
    let undo = app.letter_to(OLD).await;
    ask(&thief, "third@new.example").await;
    let third = app.letter_to("third@new.example").await;
    let stranger = app.person();
    stranger.fill_in("/password/forgot", &[("email", NEW)]).await;
    let reset = app.letter_to(NEW).await;
    let fields = [("token", reset.token()), ("password", "a password of the thief".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let changed = stranger.fill_in_on(&stranger.get(&reset.link()).await, "/password/reset", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    assert_eq!(app.person().get(&third.link()).await.status, StatusCode::GONE);
    assert_eq!(app.person().get(&undo.link()).await.status, StatusCode::OK);
}

/// S7
#[tokio::test]
async fn a_change_needs_the_password_a_valid_address_and_another_one() {
    let app = TestApp::start_with_mail().await;
    let ada = logged_in(&app, OLD).await;
    for (email, password, status, says) in [
        (NEW, "a wrong password indeed", 401, "That is not your password. Check it, and Caps Lock."),
        (NEW, "", 401, "That is not your password. Check it, and Caps Lock."),
        ("nowhere", PASSWORD, 422, "Please enter an email address"),
        ("Ada@Example.ORG", PASSWORD, 422, "This is your email address already."),
    ] {
        let refused = ada.fill_in(PAGE, &[("email", email), ("password", password)]).await;
        assert_eq!(refused.status.as_u16(), status, "{email} {}", refused.text);
        assert!(refused.says(says), "{says}: {}", refused.text);
        assert_eq!(refused.field("email").as_deref(), Some(email), "what was typed is kept");
    }
    let stale = ada.post(PAGE, &[("csrf_token", "x"), ("email", NEW), ("password", PASSWORD)]).await;
    assert_eq!((stale.status, stale.field("email").as_deref()), (StatusCode::FORBIDDEN, Some(NEW)));
    app.assert_no_letter_to(NEW).await;
    assert!(app.person().get(PAGE).await.location().contains("/login?next="));
}

/// E4: who asks for an address that has an account sees what anybody sees.
#[tokio::test]
async fn an_address_that_is_taken_looks_like_any_other_and_its_owner_is_told() {
    let app = TestApp::start_with_mail().await;
    app.user("eve@new.example", PASSWORD).await;
    let ada = logged_in(&app, OLD).await;
    let mut seen = Vec::new();
    for to in ["eve@new.example", NEW] {
        let asked = ask(&ada, to).await;
        let page = ada.get(CONFIRM).await;
        let wrong = ada.fill_in_on(&page, CONFIRM, &[("code", "abcdef")]).await;
        let texts = [&page, &wrong].map(|reply| {
            reply.text.replace(&reply.field("csrf_token").unwrap(), "(token)").replace(to, "(address)")
        });
        seen.push((asked.status, asked.location().to_owned(), texts));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(app.letter_to("eve@new.example").await.subject, "You already have an account at One account");
    assert!(app.letter_to(NEW).await.text.contains("token="));
}

#[tokio::test]
async fn an_address_that_somebody_took_in_the_meantime_is_told_when_it_is_confirmed() {
    let app = TestApp::start_with_mail().await;
    let ada = logged_in(&app, OLD).await;
    ask(&ada, NEW).await;
    let letter = app.letter_to(NEW).await;
    app.user(NEW, PASSWORD).await;
    let refused = ada.fill_in(CONFIRM, &[("code", &letter.code())]).await;
    assert_eq!(refused.status, StatusCode::GONE);
    assert!(refused.says("another account has got this email address"), "{}", refused.text);
    assert!(has_account(&app, OLD).await && ada.is_logged_in().await);
}

/// V7: the link works on the phone, and logs nobody in there.
#[tokio::test]
async fn the_link_changes_the_address_from_any_browser_and_logs_nobody_in() {
    let app = TestApp::start_with_mail().await;
    let (ada, phone) = (logged_in(&app, OLD).await, app.person());
    ask(&ada, NEW).await;
    let letter = app.letter_to(NEW).await;
    let pressed = phone.fill_in(&letter.link(), &[("token", &letter.token())]).await;
    assert!(pressed.location().ends_with("/login"), "{}", pressed.text);
    assert!(!phone.is_logged_in().await && ada.get("/").await.text.contains(NEW));
    assert_eq!(phone.get(&letter.link()).await.status, StatusCode::GONE);
}

/// Two confirmations of two accounts for one address at the same moment.
#[tokio::test]
async fn of_several_accounts_that_confirm_one_address_at_once_one_has_it() {
    let app = TestApp::start_for_a_race_with_mail().await;
    for round in 0..8 {
        let to = format!("shared{round}@new.example");
        let mut ready = Vec::new();
        for n in 0..3 {
            let person = logged_in(&app, &format!("ada{round}-{n}@example.org")).await;
            ask(&person, &to).await;
            let code = app.letter_to(&to).await.code();
            ready.push((person.get(CONFIRM).await, person, code));
        }
        let mut confirmations = JoinSet::new();
        for (page, person, code) in ready {
            confirmations
                .spawn(async move { person.fill_in_on(&page, CONFIRM, &[("code", &code)]).await.status });
        }
        let statuses = confirmations.join_all().await;
        let done = statuses.iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
        assert_eq!(done, 1, "round {round}: {statuses:?}");
        assert!(statuses.iter().all(|status| [303, 410].contains(&status.as_u16())), "{statuses:?}");
        app.wait(Duration::from_secs(3600));
    }
}

/// The undo and the change of a thief at the same moment: the owner's link wins or is still there.
#[tokio::test]
async fn an_undo_that_races_another_change_does_not_lose_the_account() {
    let app = TestApp::start_for_a_race_with_mail().await;
    for round in 0..6 {
        let (old, new) = (format!("ada{round}@example.org"), format!("a{round}@evil.example"));
        let thief = logged_in(&app, &old).await;
        change(&app, &thief, &new).await;
        let undo = app.letter_to(&old).await;
        let third = format!("b{round}@evil.example");
        ask(&thief, &third).await;
        let code = app.letter_to(&third).await.code();
        let page = thief.get(CONFIRM).await;
        let ada = app.person();
        let button = ada.get(&undo.link()).await;
        let token = undo.token();
        let (undo, change) = ([("token", token.as_str())], [("code", code.as_str())]);
        let (undone, _) =
            tokio::join!(ada.fill_in_on(&button, UNDO, &undo), thief.fill_in_on(&page, CONFIRM, &change),);
        assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
        assert!(has_account(&app, &old).await, "round {round}");
        assert!(!thief.is_logged_in().await, "round {round}");
    }
}

#[tokio::test]
async fn without_mail_the_page_says_who_can_change_an_address() {
    let app = TestApp::start_with(Tweaks::default()).await;
    let ada = logged_in(&app, OLD).await;
    let page = ada.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Whoever runs it can change yours.") && page.field("email").is_none());
}
