//! Reuse detection: if two parties have a refresh token, the session ends for both.

use auth_service::db::types::Stored;
use std::time::Duration;

use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp};

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    ada
}

fn is_form_without_tokens(reply: &Reply) -> bool {
    reply.status == 200 && reply.cookie(REFRESH).is_none() && reply.cookie(ACCESS).is_none()
}

async fn is_ended_for_reuse(app: &TestApp, person: &Person) -> bool {
    app.session_of(person).await.revoked_because.as_ref().map(Stored::as_str) == Some("refresh_reuse")
}

const LATER: Duration = Duration::from_secs(45);

/// R6
#[tokio::test]
async fn a_token_whose_successor_was_shown_ends_its_session_and_no_other() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (phone, bob) = (app.person(), app.person());
    phone.log_in("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    bob.log_in("bob@example.org", PASSWORD).await;

    let thief = ada.copy();
    for _ in 0..2 {
        ada.get("/login").await;
        app.wait(Duration::from_secs(31));
    }
    assert!(is_form_without_tokens(&thief.get("/login?next=https://shop.example.org/").await));

    assert!(is_ended_for_reuse(&app, &ada).await);
    assert!(!ada.is_logged_in().await);
    assert!(is_form_without_tokens(&ada.get("/login").await));
    assert!(phone.is_logged_in().await && bob.is_logged_in().await);
    assert_eq!(phone.get("/login").await.status, 303);
    let session = ada.session_id().to_string();
    assert!(app.log().lines().any(|line| line.contains("refresh_reuse") && line.contains(&session)));
}

/// A browser that opens many tabs in sequence. Each response arrives before the next request, but
/// one request is slow. That is not reuse.
#[tokio::test]
async fn a_tab_that_was_slow_among_many_stays_logged_in() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let slow = ada.copy();
    for _ in 0..5 {
        ada.get("/login").await;
        app.wait(Duration::from_secs(5));
    }
    assert_eq!(slow.get("/login").await.status, 303);
    assert_eq!(slow.refresh_token(), ada.refresh_token());
    assert!(ada.is_logged_in().await);
}

/// R7: three generations back is reuse at any age, because no request is that slow.
#[tokio::test]
async fn a_token_three_generations_old_ends_the_session_within_the_grace() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let thief = ada.copy();
    for _ in 0..2 {
        ada.get("/login").await;
        app.wait(Duration::from_secs(31));
    }
    ada.get("/login").await;
    assert!(is_form_without_tokens(&thief.get("/login").await));
    assert!(is_ended_for_reuse(&app, &ada).await && !ada.is_logged_in().await);
}

/// R7: the same for an old one.
#[tokio::test]
async fn every_earlier_generation_is_reuse() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for back in 2..=5 {
        let ada = app.person();
        ada.log_in("ada@example.org", PASSWORD).await;
        let mut copies = vec![ada.copy()];
        for _ in 0..5 {
            ada.get("/login").await;
            app.wait(Duration::from_secs(31));
            copies.push(ada.copy());
        }
        let thief = &copies[copies.len() - 1 - back];
        assert!(is_form_without_tokens(&thief.get("/login").await), "{back} back");
        assert!(is_ended_for_reuse(&app, &ada).await, "{back} back");
    }
}

/// R8: the victim comes first. The thief looks like a lost response. From then on, the second to
/// renew reveals that there are two.
#[tokio::test]
async fn a_thief_who_comes_after_the_victim_is_found_out_by_whoever_renews_second() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for thief_is_second in [true, false] {
        let ada = app.person();
        ada.log_in("ada@example.org", PASSWORD).await;
        let thief = ada.copy();
        for person in [&ada, &thief] {
            assert_eq!(person.get("/login").await.status, 303);
            app.wait(LATER);
        }
        assert_ne!(ada.refresh_token(), thief.refresh_token());
        let (first, second) = if thief_is_second { (&ada, &thief) } else { (&thief, &ada) };
        assert_eq!(first.get("/login").await.status, 303);
        app.wait(LATER);
        second.get("/login").await;
        for person in [&ada, &thief] {
            assert!(!person.is_logged_in().await);
            assert!(is_form_without_tokens(&person.get("/login").await));
            assert!(is_ended_for_reuse(&app, person).await);
        }
    }
}

/// R8: a thief whose copy is two generations old is refused at once.
#[tokio::test]
async fn a_thief_with_a_token_whose_successor_was_shown_gets_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let thief = ada.copy();
    for _ in 0..2 {
        assert_eq!(ada.get("/login").await.status, 303);
        app.wait(LATER);
    }
    assert!(is_form_without_tokens(&thief.get("/login").await));
    assert!(is_ended_for_reuse(&app, &ada).await && !ada.is_logged_in().await);
}

/// R8: the thief comes first and keeps renewing. The victim's next visit ends the session.
#[tokio::test]
async fn a_thief_who_comes_before_the_victim_is_found_out_by_the_victims_return() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let thief = ada.copy();
    for _ in 0..3 {
        assert_eq!(thief.get("/login").await.status, 303);
        app.wait(Duration::from_secs(240));
    }
    assert!(thief.is_logged_in().await);
    assert!(is_form_without_tokens(&ada.get("/login").await));
    assert!(!thief.is_logged_in().await);
    assert!(is_form_without_tokens(&thief.get("/login").await));
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    assert!(ada.is_logged_in().await && !thief.is_logged_in().await);
}

/// R8: within the grace period a thief gets the victim's own token. Later, the one that falls
/// behind ends the session.
#[tokio::test]
async fn a_thief_within_the_grace_shares_the_victims_token_and_is_found_out_later() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let thief = ada.copy();
    ada.get("/login").await;
    thief.get("/login").await;
    assert_eq!(ada.refresh_token(), thief.refresh_token());
    app.wait(Duration::from_secs(240));
    for person in [&ada, &thief, &ada] {
        assert_eq!(person.get("/login").await.status, 303);
        app.wait(LATER);
    }
    assert!(is_form_without_tokens(&thief.get("/login").await));
    assert!(is_ended_for_reuse(&app, &ada).await);
}

/// R6: only a renewal detects reuse. A stale token on another page ends no session.
#[tokio::test]
async fn a_stale_token_on_another_page_is_nobody_and_ends_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let stale = ada.copy();
    ada.get("/login").await;
    app.wait(Duration::from_secs(31));
    for path in ["/", "/logout", "/register", "/nowhere"] {
        assert!(!stale.get(path).await.says("ada@example.org"), "{path}");
    }
    assert!(ada.is_logged_in().await);
}

/// The first reason is kept: a replay after the logout is not recorded as reuse.
#[tokio::test]
async fn tokens_of_every_generation_are_dead_after_the_logout_and_the_record_stays() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let mut copies = vec![ada.copy()];
    for _ in 0..3 {
        ada.get("/login").await;
        app.wait(Duration::from_secs(31));
        copies.push(ada.copy());
    }
    ada.log_out().await;
    for copy in &copies {
        assert!(!copy.is_logged_in().await);
        assert!(is_form_without_tokens(&copy.get("/login").await));
    }
    assert_eq!(
        app.session_of(&copies[0]).await.revoked_because.as_ref().map(Stored::as_str),
        Some("logged_out")
    );
    assert_eq!(app.session_of(&copies[0]).await.generation, 4);
}
