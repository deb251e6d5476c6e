//! A request that has waited uses the time after the wait: Z10.

use std::time::Duration;

use auth_service::sessions::Session;
use auth_service::users::User;

use crate::support::{ACCESS, Held, PASSWORD, Person, TestApp, claims};

/// Longer than the grace period.
const STALL: Duration = Duration::from_secs(40);

async fn logged_in(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    app.wait(Duration::from_secs(60));
    ada
}

async fn hold_session_of(app: &TestApp, person: &Person) -> Held {
    let (id, operator) = (person.session_id(), app.operator());
    app.hold(move |conn| Session::lock(conn, id, &operator)).await
}

/// Moves the clock while a request waits for the lock, and releases the lock.
async fn stall(app: &TestApp, held: Held) {
    app.until_somebody_waits().await;
    app.wait(STALL);
    tokio::task::spawn_blocking(move || drop(held)).await.unwrap();
}

/// Z10: the rotation has the time at which the lock was obtained, not the time of the request. So
/// another tab that sends the previous token a second later is within the grace period.
#[tokio::test]
async fn a_renewal_that_waited_longer_than_the_grace_makes_nobody_a_thief() {
    let app = TestApp::start().await;
    let ada = logged_in(&app).await;
    let tab = ada.copy();
    let held = hold_session_of(&app, &ada).await;
    let before = app.clock.now();
    let (renewed, ()) = tokio::join!(ada.get("/login?next=https://shop.example.org/"), stall(&app, held));
    assert_eq!(renewed.status, 303);
    let session = app.session_of(&ada).await;
    assert_eq!(session.generation, 2);
    assert!(before + STALL <= session.rotated_at, "{:?} is from before the wait", session.rotated_at);
    let token = claims(&renewed.cookie(ACCESS).unwrap().value);
    assert!((before + STALL).unix_seconds() <= token["iat"].as_i64().unwrap());
    app.wait(Duration::from_secs(1));
    assert_eq!(tab.get("/login?next=https://shop.example.org/").await.status, 303);
    assert!(tab.is_logged_in().await && ada.is_logged_in().await);
    assert!(app.events("refresh_reuse").await.is_empty());
    for row in app.events("renewal").await {
        assert!(before + STALL <= row.at, "{row:?}");
    }
}

/// Z10: a session that expires while its renewal waits is over.
#[tokio::test]
async fn a_renewal_that_waited_beyond_the_end_of_its_session_is_refused() {
    let app = TestApp::start().await;
    let ada = logged_in(&app).await;
    app.wait(app.config.session_limits.idle - Duration::from_secs(70));
    let held = hold_session_of(&app, &ada).await;
    let (renewed, ()) = tokio::join!(ada.get("/login"), stall(&app, held));
    assert_eq!(renewed.status, 200, "the form");
    assert!(!ada.is_logged_in().await);
}

/// Z10: the same for a login, whose session begins when it is stored.
#[tokio::test]
async fn a_login_that_waited_begins_when_it_had_what_it_waited_for() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await.id;
    let ada = app.person();
    let form = ada.get("/login").await;
    let held = app.hold(move |conn| User::lock_row(conn, user)).await;
    let before = app.clock.now();
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let (reply, ()) = tokio::join!(ada.fill_in_on(&form, "/login", &fields), stall(&app, held));
    assert_eq!(reply.status, 303);
    let session = app.session_of(&ada).await;
    assert!(before + STALL <= session.began_at && before + STALL <= session.authenticated_at.unwrap());
    assert!(app.events("login").await.iter().all(|row| before + STALL <= row.at));
}

/// Z10: the same for a logout.
#[tokio::test]
async fn a_logout_that_waited_is_dated_when_it_happened() {
    let app = TestApp::start().await;
    let ada = logged_in(&app).await;
    let (id, page) = (ada.session_id(), ada.get("/logout").await);
    let held = hold_session_of(&app, &ada).await;
    let before = app.clock.now();
    let (reply, ()) = tokio::join!(ada.fill_in_on(&page, "/logout", &[]), stall(&app, held));
    assert_eq!(reply.status, 303);
    assert!(before + STALL <= app.session(id).await.revoked_at.unwrap());
}
