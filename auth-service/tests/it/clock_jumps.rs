//! A clock that is set wrong, and right again: Z13.

use std::sync::Arc;
use std::time::Duration;

use auth_service::app::App;
use auth_service::audit::{AuditEvent, EventKind};
use auth_service::background_tasks;
use auth_service::keyring::State;

use shared_claims::Claims;

use crate::support::{ACCESS, PASSWORD, Person, TestApp, TestClock, TestDatabase, Tweaks};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const LEAP: i64 = 400 * 86_400;

/// A person who is logged in to a service that has run for some hours.
async fn settled(app: &TestApp, rounds: &App) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    for _ in 0..3 {
        app.wait(HOUR);
        background_tasks::run_once(rounds).await.unwrap();
        app.jwks().await;
    }
    ada.log_in("ada@example.org", PASSWORD).await;
    ada
}

/// Z13: 400 days ahead for a minute and a half.
#[tokio::test]
async fn a_clock_that_leaps_and_comes_back_deletes_nothing_and_logs_nobody_out_for_good() {
    let app = TestApp::start().await;
    let rounds = app.instance();
    let ada = settled(&app, &rounds).await;
    let (keys, before) = (app.keys().await, app.how_many().await);
    app.clock.jump(LEAP);
    for _ in 0..3 {
        background_tasks::run_once(&rounds).await.unwrap();
        app.jwks().await;
        // An instance that starts now cannot notice the jump, and deletes nothing for an hour.
        background_tasks::run_once(&app.instance()).await.unwrap();
        assert!(
            !ada.is_logged_in().await && ada.get("/login").await.status == 200,
            "for as long as it lasts"
        );
        app.person().log_in("ada@example.org", PASSWORD).await;
        app.wait(Duration::from_secs(31));
    }
    app.clock.jump(-LEAP);
    for _ in 0..3 {
        background_tasks::run_once(&rounds).await.unwrap();
        app.jwks().await;
        app.wait(MINUTE);
    }
    assert!(ada.is_logged_in().await);
    assert_eq!(ada.get("/login").await.status, 303, "and renews");
    let after = app.how_many().await;
    assert!(after.0 >= before.0 + 3 && after.1 > before.1, "{before:?} {after:?}");
    assert_eq!(app.keys().await, keys, "no key was handed over, made or dated");
}

/// Z13: an hour after the clock was wrong, expired rows are deleted.
#[tokio::test]
async fn an_hour_after_a_leap_all_goes_on_as_before() {
    let app = TestApp::start().await;
    let rounds = app.instance();
    let _ada = settled(&app, &rounds).await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    app.clock.jump(LEAP);
    background_tasks::run_once(&rounds).await.unwrap();
    app.clock.jump(-LEAP);
    background_tasks::run_once(&rounds).await.unwrap();
    app.wait(100 * DAY);
    background_tasks::run_once(&rounds).await.unwrap();
    assert_eq!(app.kid(State::Active).await, next, "a hundred days went by: {active}");
    assert!(app.events("registered").await.is_empty(), "older than AUDIT_RETENTION");
}

/// Z13: a clock that stays ahead looks like a service that was unused for months. So expired rows
/// are deleted slowly, batch by batch.
#[tokio::test]
async fn far_ahead_of_what_happened_last_one_batch_goes_in_an_hour() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let now = app.clock.now();
    let service = app.service();
    app.sql(move |conn| {
        conn.write(|conn| {
            for _ in 0..1_100 {
                AuditEvent::new(EventKind::Renewal, &service.at(now)).record(conn)?;
            }
            Ok(())
        })
    })
    .await;
    app.wait(200 * DAY);
    let rounds = app.instance();
    let mut left = Vec::new();
    for _ in 0..5 {
        for _ in 0..4 {
            app.wait(15 * MINUTE);
            background_tasks::run_once(&rounds).await.unwrap();
        }
        left.push(app.events("renewal").await.len());
    }
    // Nothing is deleted in the first hour. The account's own event is one of the 1,101.
    assert!(left[0] >= 600 && left[0] - left[1] <= 500 && left[1] - left[2] <= 500, "{left:?}");
    assert!(left[4] == 0, "{left:?}");
}

/// Z13: a key that could not rotate when it was due rotates later.
#[tokio::test]
async fn a_leap_hands_over_no_key_and_dates_none() {
    let app = TestApp::start().await;
    let active = app.kid(State::Active).await;
    for _ in 0..3 {
        app.wait(HOUR);
        app.jwks().await;
    }
    let before = app.keys().await;
    for _ in 0..3 {
        app.clock.jump(LEAP);
        app.jwks().await;
        app.wait(Duration::from_secs(95));
        app.jwks().await;
        app.clock.jump(-LEAP);
        app.wait(Duration::from_secs(2));
        app.jwks().await;
        assert_eq!(app.keys().await, before);
    }
    app.wait(31 * DAY);
    app.jwks().await;
    assert_ne!(app.kid(State::Active).await, active, "a month later");
}

/// The claims that a service accepts, after a check that the token's times do not contradict each
/// other.
async fn accepted(app: &TestApp, token: &str) -> Claims {
    let claims = app.judge_by(token, &app.jwks().await).unwrap();
    assert!(
        claims.auth_time <= claims.iat && claims.iat == claims.nbf && claims.iat < claims.exp,
        "{claims:?}"
    );
    claims
}

/// Z13: without a correction, a clock that is eight seconds ahead would lock people out of all
/// services until that time.
#[tokio::test]
async fn whoever_logged_in_while_the_clock_was_ahead_is_let_in_when_it_is_right_again() {
    for ahead in [8, 7200, LEAP] {
        let app = TestApp::start().await;
        app.user("ada@example.org", PASSWORD).await;
        let (browser, program) = (app.person(), app.person());
        app.clock.jump(ahead);
        browser.log_in("ada@example.org", PASSWORD).await;
        let (_, refresh) = program.obtain("ada@example.org", PASSWORD).await;
        app.clock.jump(-ahead);
        let renewed = browser.get("/login").await;
        assert_eq!(renewed.status, 303, "{ahead}");
        let by_page = accepted(&app, &renewed.cookie(ACCESS).unwrap().value).await;
        let by_program = accepted(&app, &program.refresh(&refresh).await.pair().0).await;
        // The time of the password is unknown, so it must not become the present time.
        let is_fresh = |claims: &Claims| claims.iat - claims.auth_time < 600;
        assert_eq!((is_fresh(&by_page), is_fresh(&by_program)), (ahead == 8, ahead == 8), "{ahead}");
        assert_eq!(browser.get("/login?max_age=600").await.status == 303, ahead == 8, "{ahead}");
        if ahead > 8 {
            let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
            let proven = browser.fill_in("/login?max_age=600", &fields).await;
            assert!(is_fresh(&accepted(&app, &proven.cookie(ACCESS).unwrap().value).await));
            assert_eq!(browser.get("/login?max_age=600").await.status, 303);
        }
    }
}

/// Z13, R11: otherwise a copy of the cookie would be valid for another year.
#[tokio::test]
async fn a_login_of_a_clock_that_was_ahead_ends_a_month_after_the_next_renewal() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    app.clock.jump(LEAP);
    ada.log_in("ada@example.org", PASSWORD).await;
    app.clock.jump(-LEAP);
    assert_eq!(ada.get("/login").await.status, 303);
    for _ in 0..7 {
        app.wait(4 * DAY);
        assert_eq!(ada.get("/login").await.status, 303);
    }
    app.wait(3 * DAY);
    assert_eq!(ada.get("/login").await.status, 200, "31 days");
}

/// Z13: also in the last second of a login.
#[tokio::test]
async fn a_token_that_is_handed_out_at_the_very_end_of_a_login_expires_after_it_was_issued() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let (id, end) = (ada.session_id(), app.clock.now() + Duration::from_millis(3_000));
    app.sql(move |conn| {
        use auth_service::db::schema::sessions;
        use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
        diesel::update(sessions::table.find(id)).set(sessions::expires_at.eq(end)).execute(conn)
    })
    .await;
    let mut accepted_ones = 0;
    loop {
        let renewed = ada.get("/login").await;
        let Some(token) = renewed.cookie(ACCESS) else { break };
        accepted(&app, &token.value).await;
        accepted_ones += 1;
        app.wait(Duration::from_millis(250));
    }
    assert!(accepted_ones > 0, "it lived for three seconds");
}

const YEARS: i64 = 14 * 365 * 86_400;

/// A service whose keys were created while the clock said 2040, and is right now.
async fn with_keys_of_2040() -> TestApp {
    let (database, clock) = (Arc::new(TestDatabase::create()), TestClock::default());
    clock.jump(YEARS);
    let app = TestApp::start_on(database, clock, Tweaks::default()).await;
    app.jwks().await;
    app.clock.jump(-YEARS);
    app
}

/// Z13: otherwise no key would rotate until 2040.
#[tokio::test]
async fn keys_of_a_clock_that_was_years_ahead_are_told_of_and_go_on_rotating() {
    let app = with_keys_of_2040().await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    // An instance that starts now has not seen the clock change.
    let later = app.second_instance().await;
    for _ in 0..4 {
        app.wait(15 * MINUTE - Duration::from_secs(30));
        app.jwks().await;
        later.jwks().await;
        assert!(app.keys().await.iter().all(|key| app.clock.now() + 365 * DAY < key.created_at));
    }
    assert!(app.log().contains("a signing key has a date that is yet to come"));
    app.wait(3 * MINUTE);
    app.jwks().await;
    later.jwks().await;
    assert!(app.keys().await.iter().all(|key| key.created_at <= app.clock.now()), "{:?}", app.keys().await);
    let mut told: Vec<String> =
        app.events("key_redated").await.iter().map(|row| row.detail().to_owned()).collect();
    let mut both = [active.clone(), next.clone()];
    told.sort();
    both.sort();
    assert_eq!(told, both, "each once, by one of the two");
    assert_eq!(app.kid(State::Active).await, active);
    app.wait(31 * DAY);
    app.jwks().await;
    later.jwks().await;
    assert_eq!(app.kid(State::Active).await, next, "a month later");
}
