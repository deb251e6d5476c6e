//! Another password for somebody who is logged in.

use std::sync::Arc;

use auth_service::users::User;
use reqwest::{Method, StatusCode};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::password_reset::{ADA, NEW, ada_of, ask, assert_done, can_log_in, follow};
use crate::support::{PASSWORD, Person, REFRESH, Reply, TestApp, Trail, is_long_run};

const PATH: &str = "/account/password";
const SECURITY: &str = "https://auth.example.org/account/security";

async fn change(person: &Person, current: &str, new: &str) -> Reply {
    person.fill_in(PATH, &[("current_password", current), ("password", new)]).await
}

async fn logged_in(app: &TestApp) -> Person {
    let person = app.person();
    assert_eq!(person.log_in(ADA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    person
}

/// P6, S5: the browser stays logged in, and no other does.
#[tokio::test]
async fn the_old_password_sets_a_new_one_and_ends_every_other_login() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let (desk, phone) = (logged_in(&app).await, logged_in(&app).await);
    let reply = change(&desk, PASSWORD, NEW).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, SECURITY));
    let page = desk.get("/account/security").await;
    assert!(page.says("Your password is changed.") && page.says("Password changed"), "{}", page.text);
    assert!(page.text.contains("href=\"/account/password\""));
    assert!(desk.is_logged_in().await && !phone.is_logged_in().await);
    assert!(can_log_in(&app, NEW).await && !can_log_in(&app, PASSWORD).await);
}

/// S1: a copy of the cookies from before is worth nothing, and forms from before are stale.
#[tokio::test]
async fn a_copy_of_the_tokens_from_before_has_no_identity() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let ada = logged_in(&app).await;
    let (thief, open) = (ada.copy(), ada.get(PATH).await);
    let before = ada.cookie(REFRESH);
    change(&ada, PASSWORD, NEW).await;
    assert_ne!(ada.cookie(REFRESH), before);
    assert!(!thief.is_logged_in().await && ada.is_logged_in().await);
    let fields = [("current_password", NEW), ("password", "nine copper owls at noon")];
    let stale = ada.fill_in_on(&open, PATH, &fields).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(can_log_in(&app, NEW).await);
}

/// P6
#[tokio::test]
async fn a_wrong_old_password_changes_nothing() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let (ada, phone) = (logged_in(&app).await, logged_in(&app).await);
    let before = ada.cookie(REFRESH);
    let wrong = change(&ada, "a guess that fails", NEW).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(
        wrong.tag("current_password").contains("aria-invalid=\"true\"")
            && wrong.says("That is not your password.")
    );
    assert!(!wrong.tag("password").contains("aria-invalid"));
    assert_eq!(ada.cookie(REFRESH), before);
    assert!(ada.is_logged_in().await && phone.is_logged_in().await && can_log_in(&app, PASSWORD).await);
    assert_eq!(app.events("password_refused").await.len(), 1);
}

/// P1, P4: each field says what is wrong with it.
#[tokio::test]
async fn a_weak_new_password_is_refused_before_the_old_one_is_checked() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let ada = logged_in(&app).await;
    for weak in ["", "short", "Ada-Lovelace 1815!", "ada@example.org1", "123456789012"] {
        let reply = change(&ada, PASSWORD, weak).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        assert!(reply.tag("password").contains("aria-invalid=\"true\""), "{weak}");
    }
    let empty = change(&ada, "", "short").await;
    assert!(empty.tag("current_password").contains("aria-invalid=\"true\""));
    assert_eq!(change(&ada, "", NEW).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.events("password_refused").await.is_empty() && ada.is_logged_in().await);
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_led_to_the_login_and_back() {
    let app = TestApp::start().await;
    let somebody = app.person();
    let to_login = "https://auth.example.org/login?next=https%3A%2F%2Fauth.example.org%2Faccount%2Fpassword";
    assert_eq!(somebody.get(PATH).await.location(), to_login);
    let form = somebody.get("/register").await;
    let fields = [("current_password", PASSWORD), ("password", NEW)];
    assert_eq!(somebody.fill_in_on(&form, PATH, &fields).await.location(), to_login);
    for method in [Method::GET, Method::HEAD] {
        let reply = somebody.send(somebody.request(method, "/.well-known/change-password")).await;
        assert_eq!(
            (reply.status, reply.location()),
            (StatusCode::SEE_OTHER, "https://auth.example.org/account/password")
        );
    }
}

/// V3, V5: what was sent before does not work any more, and the owner is told.
#[tokio::test]
async fn open_links_are_closed_and_the_owner_is_told() {
    let app = TestApp::start_with_mail().await;
    ada_of(&app).await;
    let ada = logged_in(&app).await;
    ask(&app.person(), ADA).await;
    let letter = app.letter_to(ADA).await;
    change(&ada, PASSWORD, NEW).await;
    assert_eq!(app.person().get(&letter.link()).await.status, StatusCode::GONE);
    assert_eq!(app.letter_to(ADA).await.subject, "Your password for One account was changed");
}

/// L2
#[tokio::test]
async fn the_trail_says_who_changed_it_and_how_many_logins_ended() {
    let app = TestApp::start().await;
    let user = app.user(ADA, PASSWORD).await.id.uuid();
    let (ada, _phone) = (logged_in(&app).await, logged_in(&app).await);
    let mut trail = Trail::of(&app).await;
    change(&ada, PASSWORD, NEW).await;
    let news = trail.news().await;
    assert_eq!(
        news.iter().map(|row| &*row.event).collect::<Vec<_>>(),
        ["password_proven", "password_changed"]
    );
    assert_eq!((news[1].user(), news[1].detail()), (Some(user), "by owner; 1 session(s) ended"));
}

/// X3
#[tokio::test]
async fn another_site_cannot_send_the_form() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let ada = logged_in(&app).await;
    let token = ada.get(PATH).await.field("csrf_token").unwrap();
    let body = format!(
        "current_password=violet+harbour+kites+7&password=seven+tin+boats+at+dusk&csrf_token={token}"
    );
    let request = ada.request(Method::POST, PATH).header("sec-fetch-site", "same-site");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    assert_eq!(ada.send(request).await.status, StatusCode::FORBIDDEN);
    assert!(can_log_in(&app, PASSWORD).await);
}

/// P6: of a change and a reset at once, the last one's password is the account's, and a change that
/// checked the former password is not stored after the reset.
#[tokio::test]
async fn a_change_and_a_reset_at_once_leave_one_password_and_no_other_login() {
    let app = TestApp::start_for_a_race_with_mail().await;
    ada_of(&app).await;
    let mut old = PASSWORD.to_owned();
    for round in 0..if is_long_run() { 40 } else { 8 } {
        // So that the limits of letters leave room.
        app.wait(std::time::Duration::from_secs(24 * 3600 + 1));
        let ada = app.person();
        assert_eq!(ada.log_in(ADA, &old).await.status, StatusCode::SEE_OTHER, "round {round}");
        ask(&app.person(), ADA).await;
        let mut letter = app.letter_to(ADA).await;
        while !letter.text.contains("token=") {
            letter = app.letter_to(ADA).await;
        }
        let (changed, reset) = (format!("{NEW} {round}"), format!("nine copper owls {round}"));
        let (start, link) = (Arc::new(Barrier::new(2)), letter.link());
        let form = ada.get(PATH).await;
        let other = app.person();
        let page = other.get(&link).await;
        let (token, secret) = (page.field("csrf_token").unwrap(), page.field("token").unwrap());
        let mut both = JoinSet::new();
        both.spawn({
            let (ada, start, old, changed) = (ada.clone(), start.clone(), old.clone(), changed.clone());
            async move {
                start.wait().await;
                let fields = [("current_password", old.as_str()), ("password", &changed)];
                let reply = ada.fill_in_on(&form, PATH, &fields).await;
                (true, reply.status == StatusCode::SEE_OTHER && reply.location() == SECURITY)
            }
        });
        both.spawn({
            let reset = reset.clone();
            async move {
                start.wait().await;
                let fields = [("csrf_token", token.as_str()), ("token", &secret), ("password", &reset)];
                let reply = other.post("/password/reset", &fields).await;
                (false, reply.status == StatusCode::SEE_OTHER)
            }
        });
        let mut outcomes = both.join_all().await;
        outcomes.sort();
        let [(_, reset_won), (_, change_won)] = outcomes[..] else { panic!("two") };
        // Whichever was first closed the way of the other.
        assert!(reset_won != change_won, "round {round}: {outcomes:?}");
        old = if reset_won { reset } else { changed };
        assert!(can_log_in(&app, &old).await, "round {round}");
        assert_eq!(ada.is_logged_in().await, change_won, "round {round}");
    }
}

/// Two tabs: one changes the password, the other one's form is refused and changes nothing.
#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    let app = TestApp::start_for_a_race_with_mail().await;
    let user = ada_of(&app).await;
    for round in 0..if is_long_run() { 40 } else { 8 } {
        let ada = logged_in(&app).await;
        let start = Arc::new(Barrier::new(2));
        let mut both = JoinSet::new();
        for n in 0..2 {
            let tab = ada.copy();
            let (form, start) = (tab.get(PATH).await, start.clone());
            both.spawn(async move {
                start.wait().await;
                let new = format!("{NEW} {n}");
                let reply =
                    tab.fill_in_on(&form, PATH, &[("current_password", PASSWORD), ("password", &new)]).await;
                (new, reply.status == StatusCode::SEE_OTHER && reply.location() == SECURITY)
            });
        }
        let outcomes = both.join_all().await;
        assert!(outcomes.iter().filter(|(_, is_done)| *is_done).count() <= 1, "round {round}: {outcomes:?}");
        let mut working = 0;
        for (new, is_done) in &outcomes {
            let works = can_log_in(&app, new).await;
            assert_eq!(works, *is_done, "round {round}");
            working += usize::from(works);
        }
        assert_eq!(working == 0, can_log_in(&app, PASSWORD).await, "round {round}");
        let hash = user.password_hash.clone();
        app.sql(move |conn| User::set_password(conn, user.id, &hash)).await;
    }
}

/// A link that somebody opened while logged in works as well.
#[tokio::test]
async fn a_logged_in_person_can_use_a_link_too() {
    let app = TestApp::start_with_mail().await;
    ada_of(&app).await;
    let ada = logged_in(&app).await;
    ask(&ada, ADA).await;
    assert_done(&follow(&ada, &app.letter_to(ADA).await.link(), NEW).await);
    assert!(!ada.is_logged_in().await);
}
