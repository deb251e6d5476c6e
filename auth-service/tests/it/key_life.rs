//! A key's life cycle, as services and people see it. A rotation goes unnoticed.

use std::time::Duration;

use auth_service::keyring::State;
use shared_claims::Rejection;

use crate::support::{PASSWORD, TestApp, header, kids};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// `JWKS_MAX_AGE` and the skew, at their defaults.
const LEAD: Duration = Duration::from_secs(305);
/// The token's lifetime, the skew and `JWKS_MAX_AGE`.
const KEEP: Duration = Duration::from_secs(605);

#[tokio::test]
async fn one_key_signs_and_the_next_one_is_published_beside_it() {
    let app = TestApp::start().await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    assert_eq!(kids(&app.jwks().await), [active.clone(), next]);
    assert_eq!(header(&app.token().await), (active, "ES256".to_owned()));
}

/// K2, K3, K4: for several months. A key set from just before a rotation has the new key, and one
/// from just after it still has the old key.
#[tokio::test]
async fn a_rotation_after_thirty_days_refuses_no_token_and_logs_nobody_out() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for month in 0..4 {
        let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
        let took_over = app.keys().await[0].activated_at.unwrap();
        app.wait(app.clock.now().until(took_over + 30 * DAY) - Duration::from_secs(60));
        let ada = app.person();
        ada.log_in("ada@example.org", PASSWORD).await;
        let before = app.token().await;
        assert_eq!(header(&before).0, active, "month {month}");
        let warm = app.jwks().await;

        app.wait(Duration::from_secs(61));
        let after = app.token().await;
        assert_eq!(header(&after).0, next, "month {month}");
        assert!(app.judge_by(&after, &warm).is_ok(), "the service fetched its keys before the rotation");
        let cold = app.jwks().await;
        assert!(app.judge_by(&before, &cold).is_ok() && app.judge_by(&after, &cold).is_ok());
        assert_eq!(kids(&cold).len(), 3, "active, next, and the one that went");
        assert_eq!(ada.get("/login?next=https://shop.example.org/").await.status, 303, "month {month}");

        app.wait(KEEP - Duration::from_secs(62));
        assert!(kids(&app.jwks().await).contains(&active), "month {month}: its last token may live");
        app.wait(Duration::from_secs(64));
        let late = app.jwks().await;
        assert!(!kids(&late).contains(&active), "month {month}");
        assert_eq!(app.judge_by(&before, &late).unwrap_err(), Rejection::UnknownKey(active));
        assert!(ada.is_logged_in().await, "month {month}: the session does not depend on a key");
    }
}

/// K3: a key created yesterday does not wait another month. One created just now waits until
/// services know it.
#[tokio::test]
async fn a_next_key_signs_only_after_services_had_time_to_fetch_it() {
    let app = TestApp::start().await;
    app.token().await;
    let next = app.kid(State::Next).await;
    let operator = app.operator();
    app.sql(move |conn| {
        auth_service::keyring::revoke(conn, &next, &operator).map_err(|_| diesel::result::Error::NotFound)
    })
    .await;
    app.wait(30 * DAY);
    let active = app.kid(State::Active).await;
    assert_eq!(header(&app.token().await).0, active, "the next one was made just now");
    let next = app.kid(State::Next).await;
    app.wait(LEAD - Duration::from_secs(2));
    assert_eq!(header(&app.token().await).0, active);
    app.wait(Duration::from_secs(3));
    assert_eq!(header(&app.token().await).0, next);
}

#[tokio::test]
async fn with_rotation_off_a_key_signs_for_years() {
    let mut tweaks = crate::support::Tweaks::default();
    tweaks.flags.key_times.key_rotation = Some("0".to_owned());
    let app = TestApp::start_with(tweaks).await;
    let active = app.kid(State::Active).await;
    app.wait(1000 * DAY);
    assert_eq!(header(&app.token().await).0, active);
}

/// K5: the key leaves the set at once, so services refuse its tokens when their copy expires.
/// People renew and stay logged in.
#[tokio::test]
async fn a_revoked_key_is_published_no_more_and_its_people_stay_logged_in() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let token = app.token().await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    let (stolen, operator) = (active.clone(), app.operator());
    app.sql(move |conn| {
        auth_service::keyring::revoke(conn, &stolen, &operator).map_err(|_| diesel::result::Error::NotFound)
    })
    .await;
    app.wait(Duration::from_secs(1));
    let jwks = app.jwks().await;
    assert_eq!(kids(&jwks)[0], next, "the next key took over");
    assert_eq!(kids(&jwks).len(), 2, "and has one to follow it");
    assert_eq!(app.judge_by(&token, &jwks).unwrap_err(), Rejection::UnknownKey(active.clone()));
    let renewed = ada.get("/login?next=https://shop.example.org/").await;
    assert_eq!(renewed.status, 303);
    let token = renewed.cookie(crate::support::ACCESS).unwrap().value;
    assert!(app.judge_by(&token, &jwks).is_ok());

    // It never comes back, and its private key is deleted.
    app.wait(400 * DAY);
    app.token().await;
    let keys = app.keys().await;
    assert!(keys.iter().any(|key| key.kid == active && key.state() == State::Revoked), "{keys:?}");
    assert!(!kids(&app.jwks().await).contains(&active));
}

/// K2: while the database is down, services can fetch the keys, and people are accepted.
#[tokio::test]
async fn the_keys_are_published_while_the_database_does_not_answer() {
    let app = TestApp::start().await;
    let before = app.jwks().await;
    let gone = app.person();
    if app.database.is_postgres() {
        super::database_down::drop_database(&app);
    } else {
        app.sql(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute("ALTER TABLE signing_keys RENAME TO hidden")
        })
        .await;
    }
    for _ in 0..3 {
        app.wait(Duration::from_secs(2));
        let reply = gone.get("/.well-known/jwks.json").await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, before.as_str()));
    }
}

/// K8: the private key is nowhere in plain form: not in the database's file, and not in the log.
#[tokio::test]
async fn no_private_key_stands_in_the_database_or_in_the_log() {
    let app = TestApp::start().await;
    app.token().await;
    // The prefix of every PKCS #8 document of these keys, around the object identifiers.
    let ec = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    for key in app.keys().await {
        let (kid, now) = (key.kid.clone(), app.clock.now());
        assert!(!format!("{key:?}").contains("sealed"), "{key:?}");
        assert!(app.log().contains(&kid), "an event names the key by its id");
        assert!(now >= key.created_at);
    }
    if let Some(path) = app.database.url.strip_prefix("sqlite:") {
        let disk = [std::fs::read(path).unwrap(), std::fs::read(format!("{path}-wal")).unwrap()].concat();
        assert!(!disk.windows(ec.len()).any(|window| window == ec));
        assert!(disk.windows(5).any(|window| window == b"ES256"), "the file was read");
    }
    assert!(!app.log().contains("BEGIN PRIVATE KEY") && !app.log().contains("MIGHAgEAMBMGByqGSM49"));
}
