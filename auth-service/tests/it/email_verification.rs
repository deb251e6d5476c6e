//! Verification of an address by mail: after a registration, at a login, and by a link.

use std::time::Duration;

use auth_service::users::{Email, User};
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::commands::Program;
use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp, claims};

const ADA: &str = "ada@example.org";
const VERIFY: &str = "/email/verify";
const SHOP: &str = "https://shop.example.org/cart";

fn with_next(path: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(SHOP.as_bytes()).collect();
    format!("{path}?next={next}")
}

async fn enter(person: &Person, code: &str) -> Reply {
    person.fill_in(VERIFY, &[("code", code)]).await
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn is_verified(app: &TestApp, address: &str) -> bool {
    let email = Email::parse(address).unwrap();
    app.sql(move |conn| User::by_email(conn, &email)).await.unwrap().email_verified_at.is_some()
}

#[track_caller]
fn assert_sent_to_the_code(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    assert!(reply.location().contains(VERIFY), "{}", reply.location());
    assert!(reply.cookies().iter().all(|cookie| cookie.name != ACCESS && cookie.name != REFRESH));
}

#[tokio::test]
async fn after_registering_the_code_from_the_letter_logs_in_and_leads_on() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    let fields = [("first_name", "Ada"), ("last_name", ""), ("email", ADA), ("password", PASSWORD)];
    let registered = ada.fill_in(&with_next("/register"), &fields).await;
    assert_sent_to_the_code(&registered);
    assert!(!ada.is_logged_in().await && !is_verified(&app, ADA).await);
    let page = ada.get(&with_next(VERIFY)).await;
    assert!(page.says("We sent an email to") && page.text.contains(ADA), "{}", page.text);
    let letter = app.letter_to(ADA).await;
    assert_eq!(letter.subject, "Confirm your email address for One account");
    assert_eq!(letter.from, "no-reply@example.org");
    let entered = ada.fill_in_on(&page, VERIFY, &[("code", &letter.code())]).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, SHOP), "{}", entered.text);
    assert!(ada.is_logged_in().await && is_verified(&app, ADA).await);
    let claims = claims(&ada.access_token());
    assert_eq!((&claims["user_email_verified"], &claims["amr"][0]), (&true.into(), &"pwd".into()));
    let events = app.trail().await.into_iter().map(|row| row.event);
    let events: Vec<String> = events.filter(|event| !event.starts_with("key_")).collect();
    assert_eq!(events, ["registered", "email_verified", "login"]);
    app.assert_no_letter_to(ADA).await;
}

/// People copy codes with the spaces that a mail program puts in.
#[tokio::test]
async fn a_code_may_be_typed_with_spaces_and_dashes() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let code = app.letter_to(ADA).await.code();
    let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
    assert_eq!(enter(&ada, &spaced).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn five_wrong_codes_use_a_letter_up_and_another_one_helps() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let code = app.letter_to(ADA).await.code();
    for left in ["4 more times", "3 more times", "2 more times", "once more"] {
        let wrong = enter(&ada, other_than(&code)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says(left), "{left}: {}", wrong.text);
    }
    for _ in 0..2 {
        let over = enter(&ada, other_than(&code)).await;
        assert!(over.says("This code can no longer be used."), "{}", over.text);
    }
    assert!(enter(&ada, &code).await.says("This code can no longer be used."));
    let page = ada.get(VERIFY).await;
    let again = ada.fill_in_on(&page, "/email/verify/again", &[]).await;
    assert_sent_to_the_code(&again);
    let code = app.letter_to(ADA).await.code();
    assert_eq!(enter(&ada, &code).await.status, StatusCode::SEE_OTHER);
    assert!(ada.is_logged_in().await);
}

#[tokio::test]
async fn nothing_typed_costs_no_try() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let code = app.letter_to(ADA).await.code();
    for _ in 0..6 {
        let empty = enter(&ada, "  ").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.says("Please enter the six digits") && empty.tag("code").contains("aria-invalid"));
    }
    assert_eq!(enter(&ada, &code).await.status, StatusCode::SEE_OTHER);
}

/// V1
#[tokio::test]
async fn a_code_lives_ten_minutes_and_a_link_a_day() {
    let app = TestApp::start_with_mail().await;
    let (ada, phone) = (app.person(), app.person());
    ada.register(ADA, PASSWORD).await;
    let letter = app.letter_to(ADA).await;
    app.wait(Duration::from_secs(10 * 60 + 1));
    assert!(enter(&ada, &letter.code()).await.says("This code can no longer be used."));
    app.wait(Duration::from_secs(23 * 3600));
    assert_eq!(phone.get(&letter.link()).await.status, StatusCode::OK);
    app.wait(Duration::from_secs(3600));
    assert_eq!(phone.get(&letter.link()).await.status, StatusCode::GONE);
}

/// V2, V7: a scanner that opens the link changes nothing, and whoever presses the button elsewhere
/// is not logged in.
#[tokio::test]
async fn a_link_shows_a_button_which_verifies_and_logs_in_the_asking_browser_alone() {
    let app = TestApp::start_with_mail().await;
    for asks_here in [false, true] {
        let address = if asks_here { "eve@example.org" } else { ADA };
        let (ada, phone) = (app.person(), app.person());
        ada.register(address, PASSWORD).await;
        let letter = app.letter_to(address).await;
        let opens = if asks_here { &ada } else { &phone };
        for _ in 0..3 {
            let page = opens.get(&letter.link()).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert_eq!(page.header("referrer-policy"), Some("strict-origin"), "the path is in no Referer");
        }
        assert!(!is_verified(&app, address).await);
        let pressed = opens.fill_in(&letter.link(), &[("token", &letter.token())]).await;
        assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.text);
        assert!(is_verified(&app, address).await);
        assert_eq!(opens.is_logged_in().await, asks_here);
        if !asks_here {
            assert!(phone.get("/login").await.says("The email address is confirmed."));
            assert_eq!(ada.log_in(address, PASSWORD).await.location(), "https://auth.example.org/");
        }
    }
}

/// V7
#[tokio::test]
async fn a_link_opened_in_somebody_elses_login_verifies_its_own_account_and_changes_no_login() {
    let app = TestApp::start_with_mail().await;
    let (ada, eve) = (app.person(), app.person());
    eve.register("eve@example.org", PASSWORD).await;
    let code = app.letter_to("eve@example.org").await.code();
    enter(&eve, &code).await;
    ada.register(ADA, PASSWORD).await;
    let letter = app.letter_to(ADA).await;
    eve.fill_in(&letter.link(), &[("token", &letter.token())]).await;
    assert!(is_verified(&app, ADA).await);
    assert!(eve.get("/").await.text.contains("eve@example.org"));
}

/// V3
#[tokio::test]
async fn a_link_works_once_and_a_newer_letter_replaces_it() {
    let app = TestApp::start_with_mail().await;
    let (ada, phone) = (app.person(), app.person());
    ada.register(ADA, PASSWORD).await;
    let first = app.letter_to(ADA).await;
    let page = ada.get(VERIFY).await;
    ada.fill_in_on(&page, "/email/verify/again", &[]).await;
    let second = app.letter_to(ADA).await;
    assert_eq!(phone.get(&first.link()).await.status, StatusCode::GONE);
    assert!(enter(&ada, &first.code()).await.status == 422 || first.code() == second.code());
    phone.fill_in(&second.link(), &[("token", &second.token())]).await;
    let again = phone.get(&second.link()).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.says("This link can no longer be used"));
}

/// The code is bound to the browser that asked, so a code that somebody reads off a letter, or
/// guesses, opens nothing elsewhere.
#[tokio::test]
async fn a_code_of_another_browsers_letter_does_not_work() {
    let app = TestApp::start_with_mail().await;
    let (ada, eve) = (app.person(), app.person());
    ada.register(ADA, PASSWORD).await;
    let code = app.letter_to(ADA).await.code();
    eve.register("eve@example.org", PASSWORD).await;
    let own = app.letter_to("eve@example.org").await.code();
    if own != code {
        assert_eq!(enter(&eve, &code).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(!is_verified(&app, ADA).await && !is_verified(&app, "eve@example.org").await);
    let stranger = app.person().get(VERIFY).await;
    assert!(stranger.location().ends_with("/login"));
}

/// R12, E3
#[tokio::test]
async fn an_account_without_a_verified_address_gets_no_tokens_and_is_told_after_the_right_password() {
    let app = TestApp::start_with_mail().await;
    app.user(ADA, PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in(ADA, "a wrong password indeed").await.status, StatusCode::UNAUTHORIZED);
    app.assert_no_letter_to(ADA).await;
    assert_sent_to_the_code(&ada.log_in(ADA, PASSWORD).await);
    let refused =
        app.person().call("/api/token/", &serde_json::json!({"email": ADA, "password": PASSWORD})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("email_not_verified"), "{}", refused.text);
    let code = app.letter_to(ADA).await.code();
    assert_eq!(enter(&ada, &code).await.location(), "https://auth.example.org/");
    assert!(ada.is_logged_in().await);
}

/// R12: the operator turns the requirement on while people are logged in.
#[tokio::test]
async fn a_session_from_before_is_not_renewed_until_the_address_is_verified() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let ada = app.person();
    ada.log_in(ADA, PASSWORD).await;
    let strict = app.another(crate::support::Tweaks {
        mailbox: Some(crate::support::Mailbox::new()),
        ..Default::default()
    });
    let strict = strict.await;
    let ada = ada.at(&strict);
    assert!(!ada.is_logged_in().await);
    let renewed = ada.get(&with_next("/login")).await;
    assert_eq!(renewed.status, StatusCode::OK, "the form, and no redirect");
    assert_sent_to_the_code(&ada.log_in(ADA, PASSWORD).await);
    let code = strict.letter_to(ADA).await.code();
    assert_eq!(enter(&ada, &code).await.status, StatusCode::SEE_OTHER);
    assert!(ada.is_logged_in().await);
}

#[tokio::test]
async fn where_verification_is_not_required_people_are_logged_in_at_once() {
    let app = TestApp::start_with(crate::support::Tweaks {
        mailbox: Some(crate::support::Mailbox::new()),
        config: Some(|config| config.session_limits.verified_only = false),
        ..Default::default()
    })
    .await;
    app.user(ADA, PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in(ADA, PASSWORD).await.location(), "https://auth.example.org/");
    assert_eq!(claims(&ada.access_token())["user_email_verified"], false);
}

/// One of several codes at once is a try each: nobody gets more than five.
#[tokio::test]
async fn codes_that_are_tried_at_the_same_moment_count_each() {
    let app = TestApp::start_for_a_race_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let code = app.letter_to(ADA).await.code();
    let token = ada.get(VERIFY).await.field("csrf_token").unwrap();
    let mut tries = JoinSet::new();
    for n in 0..12 {
        let (ada, token) = (ada.clone(), token.clone());
        let guess = format!("{:06}", (code.parse::<u32>().unwrap() + 1 + n) % 1_000_000);
        tries.spawn(async move { ada.post(VERIFY, &[("csrf_token", &token), ("code", &guess)]).await });
    }
    let replies = tries.join_all().await;
    let counted = replies.iter().filter(|reply| reply.says("not the code in the latest email")).count();
    assert_eq!(counted, 4, "the fifth and all later ones say that it is over");
    assert!(enter(&ada, &code).await.says("This code can no longer be used."));
}

/// Of the right code at several moments one uses it; everybody is told something sensible.
#[tokio::test]
async fn the_right_code_sent_twice_at_once_begins_one_session() {
    let app = TestApp::start_for_a_race_with_mail().await;
    for round in 0..10 {
        let address = format!("ada{round}@example.org");
        let ada = app.person();
        ada.register(&address, PASSWORD).await;
        let code = app.letter_to(&address).await.code();
        let token = ada.get(VERIFY).await.field("csrf_token").unwrap();
        let mut presses = JoinSet::new();
        for _ in 0..4 {
            let (ada, token, code) = (ada.clone(), token.clone(), code.clone());
            presses.spawn(async move { ada.post(VERIFY, &[("csrf_token", &token), ("code", &code)]).await });
        }
        let replies = presses.join_all().await;
        let done = replies.iter().filter(|reply| reply.cookies().iter().any(|one| one.name == REFRESH));
        assert_eq!(done.count(), 1, "round {round}");
        assert!(is_verified(&app, &address).await);
    }
}

/// A form that was open for too long is shown again, and uses nothing up.
#[tokio::test]
async fn a_stale_form_loses_nothing() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let letter = app.letter_to(ADA).await;
    for fields in [[("code", letter.code())], [("token", letter.token())]] {
        let [(name, value)] = &fields;
        let stale = ada.post(VERIFY, &[("csrf_token", "nonsense"), (name, value)]).await;
        assert_eq!(stale.status, StatusCode::FORBIDDEN);
        assert!(stale.field("csrf_token").is_some(), "{}", stale.text);
    }
    assert!(!is_verified(&app, ADA).await);
    assert_eq!(enter(&ada, &letter.code()).await.status, StatusCode::SEE_OTHER);
}

/// T6: the fourth letter within an hour is not sent, and looks as if it was.
#[tokio::test]
async fn three_letters_an_hour_are_sent_and_the_answer_is_the_same_beyond() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let mut pages = Vec::new();
    for _ in 0..4 {
        let page = ada.get(VERIFY).await;
        let again = ada.fill_in_on(&page, "/email/verify/again", &[]).await;
        assert_sent_to_the_code(&again);
        pages.push(ada.get(VERIFY).await.text.len());
    }
    assert!(pages.iter().all(|length| *length == pages[0]), "{pages:?}");
    for _ in 0..3 {
        app.letter_to(ADA).await;
    }
    app.assert_no_letter_to(ADA).await;
    app.wait(Duration::from_secs(3601));
    ada.log_in(ADA, PASSWORD).await;
    let code = app.letter_to(ADA).await.code();
    assert_eq!(enter(&ada, &code).await.status, StatusCode::SEE_OTHER);
}

/// T6: who asks too often is sent nothing more, and types the code of the last letter.
#[tokio::test]
async fn beyond_the_limit_the_last_code_goes_on_working_in_the_browser_that_asks() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    ada.register(ADA, PASSWORD).await;
    let page = ada.get(VERIFY).await;
    for _ in 0..2 {
        ada.fill_in_on(&page, "/email/verify/again", &[]).await;
    }
    app.letter_to(ADA).await;
    app.letter_to(ADA).await;
    let code = app.letter_to(ADA).await.code();
    assert_sent_to_the_code(&ada.fill_in_on(&page, "/email/verify/again", &[]).await);
    assert_sent_to_the_code(&ada.log_in(ADA, PASSWORD).await);
    app.assert_no_letter_to(ADA).await;
    assert_eq!(enter(&ada, &code).await.location(), "https://auth.example.org/");
}

/// A browser that has only given a password of before must not be logged in by a letter of later.
#[tokio::test]
async fn after_a_new_password_a_browser_that_asked_before_asks_in_vain() {
    let app = TestApp::start_with_mail().await;
    let eve = app.person();
    eve.register(ADA, PASSWORD).await;
    let before = app.letter_to(ADA).await;
    let page = eve.get(VERIFY).await;
    let program = Program::new(&["users", "set-password", ADA, "--password-stdin"]);
    let program = program.set("DATABASE_URL", &app.database.url).set("BCRYPT_COST", "10");
    assert_eq!(program.run_with("nine copper owls at noon").code, 0);
    assert_eq!(enter(&eve, &before.code()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sent_to_the_code(&eve.fill_in_on(&page, "/email/verify/again", &[]).await);
    app.assert_no_letter_to(ADA).await;
    assert!(!eve.is_logged_in().await && !is_verified(&app, ADA).await);
}
