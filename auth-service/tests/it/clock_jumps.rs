//! A clock that somebody sets wrong, and right again: Z13.

use std::time::Duration;

use auth_service::app::App;
use auth_service::audit::{Client, Entry, Event};
use auth_service::db::schema::{audit_events, sessions};
use auth_service::housekeeping;
use auth_service::keyring::State;
use diesel::{QueryDsl, RunQueryDsl};

use crate::support::{PASSWORD, Person, TestApp};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const LEAP: i64 = 400 * 86_400;

/// Another instance on the database of `app`, of which a test makes the rounds. Its first reading is its start.
fn instance(app: &TestApp) -> App {
    App::open(app.config.clone(), app.clock.clock()).unwrap()
}

async fn how_many(app: &TestApp) -> (i64, i64) {
    app.sql(|conn| {
        Ok((sessions::table.count().get_result(conn)?, audit_events::table.count().get_result(conn)?))
    })
    .await
}

/// Somebody who is logged in at a service that has run for some hours.
async fn settled(app: &TestApp, rounds: &App) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    for _ in 0..3 {
        app.wait(HOUR);
        housekeeping::round(rounds).await.unwrap();
        app.jwks().await;
    }
    ada.log_in("ada@example.org", PASSWORD).await;
    ada
}

/// Z13: 400 days ahead for a minute and a half.
#[tokio::test]
async fn a_clock_that_leaps_and_comes_back_deletes_nothing_and_logs_nobody_out_for_good() {
    let app = TestApp::start().await;
    let rounds = instance(&app);
    let ada = settled(&app, &rounds).await;
    let (keys, before) = (app.keys().await, how_many(&app).await);
    app.clock.jump(LEAP);
    for _ in 0..3 {
        housekeeping::round(&rounds).await.unwrap();
        app.jwks().await;
        // Whoever starts now finds nothing wrong with the clock, and takes nothing away for an hour.
        housekeeping::round(&instance(&app)).await.unwrap();
        assert!(
            !ada.is_logged_in().await && ada.get("/login").await.status == 200,
            "for as long as it lasts"
        );
        app.person().log_in("ada@example.org", PASSWORD).await;
        app.wait(Duration::from_secs(31));
    }
    app.clock.jump(-LEAP);
    for _ in 0..3 {
        housekeeping::round(&rounds).await.unwrap();
        app.jwks().await;
        app.wait(MINUTE);
    }
    assert!(ada.is_logged_in().await);
    assert_eq!(ada.get("/login").await.status, 303, "and renews");
    let after = how_many(&app).await;
    assert!(after.0 >= before.0 + 3 && after.1 > before.1, "{before:?} {after:?}");
    assert_eq!(app.keys().await, keys, "no key was handed over, made or dated");
}

/// Z13: what is due in earnest is done, an hour after the clock was wrong.
#[tokio::test]
async fn an_hour_after_a_leap_all_goes_on_as_before() {
    let app = TestApp::start().await;
    let rounds = instance(&app);
    let _ada = settled(&app, &rounds).await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    app.clock.jump(LEAP);
    housekeeping::round(&rounds).await.unwrap();
    app.clock.jump(-LEAP);
    housekeeping::round(&rounds).await.unwrap();
    app.wait(100 * DAY);
    housekeeping::round(&rounds).await.unwrap();
    assert_eq!(app.kid(State::Active).await, next, "a hundred days went by: {active}");
    assert!(app.events("registered").await.is_empty(), "older than AUDIT_RETENTION");
}

/// Z13: a clock that stays where it leapt to, or a service that nobody used for months: it cannot be known which. It
/// becomes less, slowly, and in the end.
#[tokio::test]
async fn far_ahead_of_what_happened_last_one_batch_goes_in_an_hour() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let now = app.clock.now();
    app.sql(move |conn| {
        conn.write(|conn| {
            for _ in 0..1_100 {
                Entry::new(Event::Renewal, &Client::service(), now).record(conn)?;
            }
            Ok(())
        })
    })
    .await;
    app.wait(200 * DAY);
    let rounds = instance(&app);
    let mut left = Vec::new();
    for _ in 0..5 {
        for _ in 0..4 {
            app.wait(15 * MINUTE);
            housekeeping::round(&rounds).await.unwrap();
        }
        left.push(app.events("renewal").await.len());
    }
    // The first hour takes none; the account's own event is among the 1,101.
    assert!(left[0] >= 600 && left[0] - left[1] <= 500 && left[1] - left[2] <= 500, "{left:?}");
    assert!(left[4] == 0, "{left:?}");
}

/// Z13: a key that could not be handed over when its month was up is handed over later.
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
