//! `auth-service keys …`

use std::time::Duration;

use auth_service::db::schema::signing_keys;
use auth_service::keyring::State;
use diesel::{ExpressionMethods, RunQueryDsl};
use serde_json::Value;

use super::commands::{Ended, Program, folder};
use crate::support::{PASSWORD, REFRESH, TestApp, Tweaks, header, kids};

#[track_caller]
fn keys(app: &TestApp, arguments: &[&str]) -> Ended {
    Program::new(&[&["keys"], arguments].concat()).set("DATABASE_URL", &app.database.url).run()
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

/// Makes the keys older, because the commands use the real clock.
async fn age_keys(app: &TestApp, by: Duration) {
    let then = app.clock.now() - by;
    app.sql(move |conn| {
        diesel::update(signing_keys::table).set(signing_keys::created_at.eq(then)).execute(conn)
    })
    .await;
}

#[tokio::test]
async fn the_list_says_what_happens_to_each_key_next() {
    let app = TestApp::start().await;
    age_keys(&app, Duration::from_secs(400)).await;
    done(keys(&app, &["rotate"]));
    app.wait(Duration::from_secs(2));
    app.token().await;
    let out = done(keys(&app, &["list"]));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    for (line, words) in lines.iter().zip([
        ["  ES256  active   signs since ", "; hands over to the next key after "],
        ["  ES256  next     published since ", "; services know it from "],
        ["  ES256  retired  signed until ", "; published until "],
    ]) {
        assert!(words.iter().all(|words| line.contains(words)), "{line}");
    }
    let json = done(keys(&app, &["list", "--json"]));
    let states: Vec<Value> =
        json.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["state"].take()).collect();
    assert_eq!(states, ["active", "next", "retired"]);
    assert!(!json.contains("private") && !json.contains("sealed"), "{json}");
}

#[tokio::test]
async fn rotating_hands_over_and_logs_nobody_out() {
    let app = TestApp::start().await;
    let old = app.token().await;
    let ada = app.person();
    ada.log_in("keys@example.org", PASSWORD).await;
    age_keys(&app, Duration::from_secs(306)).await;
    let next = app.kid(State::Next).await;
    let out = done(keys(&app, &["rotate"]));
    assert!(out.starts_with(&format!("{next} signs from now on;")) && out.lines().count() == 1, "{out}");
    app.wait(Duration::from_secs(2));
    let new = app.token().await;
    assert_eq!(header(&new).0, next);
    let jwks = app.jwks().await;
    assert!(app.judge_by(&old, &jwks).is_ok() && app.judge_by(&new, &jwks).is_ok());
    assert_eq!(ada.get("/login?next=https://shop.example.org/").await.status, 303);
}

/// K3: even in a hurry an operator cannot activate a key that services may not have.
#[tokio::test]
async fn rotating_waits_until_services_know_the_next_key() {
    let app = TestApp::start().await;
    let active = app.kid(State::Active).await;
    keys(&app, &["rotate"]).assert_says(1, "services may not know the next key before ");
    assert_eq!(app.kid(State::Active).await, active);
    age_keys(&app, Duration::from_secs(70)).await;
    let shorter = Program::new(&["keys", "rotate"]).set("JWKS_MAX_AGE", "1m");
    done(shorter.set("DATABASE_URL", &app.database.url).run());
    keys(&app, &["rotate"])
        .assert_says(1, "there is no next key yet; a running service makes one within seconds");
}

/// K5
#[tokio::test]
async fn revoking_takes_a_key_out_of_service_at_once() {
    let app = TestApp::start().await;
    let token = app.token().await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    let ada = app.person();
    ada.log_in("keys@example.org", PASSWORD).await;
    let out = done(keys(&app, &["revoke", &active]));
    assert!(
        out.contains("is revoked; services refuse its tokens") && out.contains("stay logged in"),
        "{out}"
    );
    app.wait(Duration::from_secs(2));
    let jwks = app.jwks().await;
    assert!(!kids(&jwks).contains(&active) && kids(&jwks).contains(&next));
    assert!(app.judge_by(&token, &jwks).is_err());
    assert_eq!(ada.get("/login?next=https://shop.example.org/").await.status, 303);
    assert!(ada.cookie(REFRESH).is_some());
    keys(&app, &["revoke", &active]).assert_says(1, &format!("the key {active} is revoked already"));
    keys(&app, &["revoke", "nonsense"])
        .assert_says(1, "there is no key nonsense; see `auth-service keys list`");
    assert!(done(keys(&app, &["list"])).contains("revoked  taken out of service on "));
}

#[tokio::test]
async fn revoking_the_next_key_makes_another_one_follow() {
    let app = TestApp::start().await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    assert!(done(keys(&app, &["revoke", &next])).contains("publishes another next key within seconds"));
    app.wait(Duration::from_secs(2));
    app.token().await;
    assert_eq!(app.kid(State::Active).await, active);
    assert_ne!(app.kid(State::Next).await, next);
}

/// Its only possible successor is another setting.
#[tokio::test]
async fn a_shared_key_is_neither_rotated_nor_revoked_by_a_command() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.token_algorithm = Some("HS512".to_owned());
    let shared = "3f9a1c5e7b2d4860a1c3e5f7092b4d6e8f0a2c4e6b8d1f3a5c7e9b0d2f4a6c8e";
    tweaks.flags.jwt_signing_key = Some(shared.to_owned());
    let app = TestApp::start_with(tweaks).await;
    let active = app.kid(State::Active).await;
    for arguments in [&["rotate"][..], &["revoke", &active]] {
        keys(&app, arguments).assert_says(1, "the active key is JWT_SIGNING_KEY, which has no next");
    }
    let out = done(keys(&app, &["list"]));
    assert!(
        out.contains("  HS512  active   signs since ")
            && out.contains("stays until the settings name another")
    );
    assert!(!out.contains(shared));
}

#[test]
fn without_a_database_there_is_nothing_to_list() {
    let (_folder, url) = folder();
    let ended = Program::new(&["keys", "list"]).set("DATABASE_URL", &url).run();
    ended.assert_says(1, "there is no database yet at sqlite:");
    assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    let ended = Program::new(&["keys", "list"]).set("DATABASE_URL", &url).run();
    assert_eq!(ended.out, "There are no keys yet: the service makes them at its first start.\n");
    let ended = Program::new(&["keys", "rotate"]).set("DATABASE_URL", &url).set("KEY_ROTATION", "1h").run();
    ended.assert_says(2, "KEY_ROTATION: must be between 2h and 365d");
}

/// Ids are base64url, so one in 64 begins with a hyphen.
#[tokio::test]
async fn a_key_whose_id_begins_with_a_hyphen_can_be_revoked() {
    let app = TestApp::start().await;
    keys(&app, &["revoke", "-Kq3X9dUeRkVt3mBz7QwYhLn2sJaF8Ho"]).assert_says(1, "there is no key ");
}

/// Z13: a key that was created while the clock said 2040 does not block rotation, and the output
/// says what to do.
#[tokio::test]
async fn a_next_key_with_a_date_that_is_yet_to_come_is_dated_anew_on_the_operators_word() {
    let app = TestApp::start().await;
    let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
    let later = app.clock.now() + Duration::from_secs(14 * 365 * 86_400);
    app.sql(move |conn| {
        diesel::update(signing_keys::table).set(signing_keys::created_at.eq(later)).execute(conn)
    })
    .await;
    assert!(done(keys(&app, &["list"])).contains("has a date that is yet to come"));
    keys(&app, &["rotate"]).assert_says(1, "the next key is dated ");
    let redated = keys(&app, &["rotate", "--clock-is-right"]);
    assert_eq!(redated.code, 1, "{redated:?}");
    for kid in [&active, &next] {
        assert!(redated.out.contains(&format!("{kid} had a date that is yet to come")), "{redated:?}");
    }
    assert!(redated.err.contains("services may not know the next key before"), "{redated:?}");
    assert_eq!(app.events("key_redated").await.len(), 2);
    age_keys(&app, Duration::from_secs(400)).await;
    assert!(done(keys(&app, &["rotate"])).contains(&next));
}
