//! The limits of a login: the idle limit slides, the absolute one does not, and the grace period
//! can be zero.

use auth_service::db::types::Stored;
use std::time::Duration;

use auth_service::config::ServeFlags;

use crate::support::{PASSWORD, Person, REFRESH, TestApp, Tweaks};

const DAY: Duration = Duration::from_secs(86_400);
const SECOND: Duration = Duration::from_secs(1);

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    ada
}

async fn with_grace(grace: &str) -> TestApp {
    let flags = ServeFlags { refresh_grace: Some(grace.to_owned()), ..ServeFlags::default() };
    TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await
}

#[tokio::test]
async fn somebody_who_stays_away_for_five_days_logs_in_again() {
    let app = TestApp::start().await;
    let (ada, bob) = (ada(&app).await, app.person());
    app.user("bob@example.org", PASSWORD).await;
    bob.log_in("bob@example.org", PASSWORD).await;
    app.wait(5 * DAY - 60 * SECOND);
    assert_eq!(bob.get("/login").await.status, 303);
    app.wait(61 * SECOND);
    assert_eq!(ada.get("/login").await.status, 200);
    assert!(!ada.is_logged_in().await && bob.is_logged_in().await);
    assert_eq!(app.session_of(&ada).await.revoked_because, None, "it ran out, nobody ended it");
}

/// Opening a page does not count as a renewal.
#[tokio::test]
async fn each_renewal_begins_the_five_days_anew_and_nothing_else_does() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for _ in 0..3 {
        app.wait(4 * DAY);
        assert!(ada.is_logged_in().await);
        assert_eq!(ada.get("/login").await.status, 303);
    }
    app.wait(4 * DAY);
    assert!(ada.is_logged_in().await);
    app.wait(DAY + SECOND);
    assert!(!ada.is_logged_in().await);
    assert_eq!(ada.get("/login").await.status, 200);
}

#[tokio::test]
async fn after_thirty_days_even_the_busiest_person_logs_in_again() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for day in 1..30 {
        app.wait(DAY);
        let renewed = ada.get("/login").await;
        assert_eq!(renewed.status, 303, "day {day}");
        let left = (30 - day).min(5) * 86_400;
        let age = renewed.cookie(REFRESH).unwrap().max_age();
        assert!((left - 120..=left).contains(&age), "day {day}: {age} s, not {left}");
    }
    app.wait(DAY - 60 * SECOND);
    assert_eq!(ada.get("/login").await.status, 303);
    app.wait(61 * SECOND);
    assert_eq!(ada.get("/login").await.status, 200);
    assert!(!ada.is_logged_in().await);
}

/// An old token of an expired session is no reuse, because the session is over anyway.
#[tokio::test]
async fn an_old_token_of_a_session_that_ran_out_ends_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let old = ada.copy();
    ada.get("/login").await;
    app.wait(5 * DAY + SECOND);
    assert_eq!(old.get("/login").await.status, 200);
    assert_eq!(app.session_of(&ada).await.revoked_because, None);
}

/// R5 with `REFRESH_GRACE=0`: renewals in sequence work, and a copy is reuse as soon as its
/// successor was used.
#[tokio::test]
async fn without_grace_a_token_whose_successor_was_shown_ends_the_session_at_once() {
    let app = with_grace("0s").await;
    let ada = ada(&app).await;
    for generation in 2..6 {
        assert_eq!(ada.get("/login").await.status, 303);
        assert_eq!(app.session_of(&ada).await.generation, generation);
    }
    let copy = ada.copy();
    for _ in 0..2 {
        ada.get("/login").await;
        app.wait(Duration::from_millis(1));
    }
    assert!(!copy.is_logged_in().await);
    assert_eq!(copy.get("/login").await.status, 200);
    assert_eq!(
        app.session_of(&ada).await.revoked_because.as_ref().map(Stored::as_str),
        Some("refresh_reuse")
    );
    assert!(!ada.is_logged_in().await);
}

#[tokio::test]
async fn the_grace_can_be_five_minutes() {
    let app = with_grace("300s").await;
    let ada = ada(&app).await;
    let copy = ada.copy();
    ada.get("/login").await;
    app.wait(290 * SECOND);
    assert_eq!(copy.get("/login").await.status, 303);
    app.wait(11 * SECOND);
    let copy = ada.copy();
    for _ in 0..2 {
        ada.get("/login").await;
        app.wait(301 * SECOND);
    }
    assert_eq!(copy.get("/login").await.status, 200);
    assert_eq!(
        app.session_of(&ada).await.revoked_because.as_ref().map(Stored::as_str),
        Some("refresh_reuse")
    );
}
