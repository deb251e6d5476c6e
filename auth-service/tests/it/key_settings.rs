//! Another algorithm, another shared key, another secret: all can be changed without visible
//! effects.

use std::time::Duration;

use auth_service::app::{App, StartError};
use auth_service::config::ServeFlags;
use auth_service::keyring::{KeyringError, State};
use shared_claims::{KeySet, Rejection};

use crate::support::{PASSWORD, REFRESH, TestApp, Tweaks, header, kids};

const SHARED: &str = "3f9a1c5e7b2d4860a1c3e5f7092b4d6e8f0a2c4e6b8d1f3a5c7e9b0d2f4a6c8e1b3d";
const OTHER_SHARED: &str = "b7d2e94f10c85a36e7f1d20b94c83a65f7e1d2c0b9a8475634e5f60718293a4b5c6d";
const SECRET: &str = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";
const OTHER_SECRET: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";
const LEAD: Duration = Duration::from_secs(305);
const KEEP: Duration = Duration::from_secs(605);

fn signing(algorithm: &str) -> Tweaks {
    let shared = (algorithm == "HS512").then_some(SHARED);
    signing_with(algorithm, shared)
}

fn signing_with(algorithm: &str, shared: Option<&str>) -> Tweaks {
    let flags = ServeFlags {
        token_algorithm: Some(algorithm.to_owned()),
        jwt_signing_key: shared.map(str::to_owned),
        ..ServeFlags::default()
    };
    Tweaks { flags, ..Tweaks::default() }
}

/// The key set of a service that has the shared key.
fn with_shared(jwks: &str) -> KeySet {
    KeySet::from_json_with_signing_key(jwks.as_bytes(), SHARED.as_bytes()).unwrap()
}

#[tokio::test]
async fn each_algorithm_signs_what_services_verify() {
    for algorithm in ["ES256", "EdDSA", "HS512"] {
        let app = TestApp::start_with(signing(algorithm)).await;
        let token = app.token().await;
        assert_eq!(header(&token).1, algorithm);
        let jwks = app.jwks().await;
        let claims = if algorithm == "HS512" {
            assert_eq!(jwks, r#"{"keys":[]}"#, "a shared key is never published");
            app.judge(&token, &with_shared(&jwks))
        } else {
            app.judge_by(&token, &jwks)
        };
        assert_eq!(claims.unwrap().user_email, "keys@example.org", "{algorithm}");
    }
}

/// Changing the algorithm is a rotation: services know the new key before it signs, and tokens of
/// the old key verify until they expire.
#[tokio::test]
async fn another_algorithm_takes_over_like_any_next_key() {
    let mut app = TestApp::start_with(signing("ES256")).await;
    for (before, after) in [("ES256", "EdDSA"), ("EdDSA", "HS512"), ("HS512", "ES256")] {
        let ada = app.person();
        app.token().await;
        ada.log_in("keys@example.org", PASSWORD).await;
        let changed = app.another(signing(after)).await;
        app = changed;
        let here = app.person();
        here.set_cookie(REFRESH, &ada.refresh_token());
        let old = app.token().await;
        assert_eq!(header(&old).1, before, "services cannot know the new key yet");
        let warm = with_shared(&app.jwks().await);
        app.wait(LEAD - Duration::from_secs(5));
        assert_eq!(header(&app.token().await).1, before);
        app.wait(Duration::from_secs(6));
        let new = app.token().await;
        assert_eq!(header(&new).1, after);
        assert!(app.judge(&new, &warm).is_ok(), "{before} to {after}: a warm service knows it");
        let cold = with_shared(&app.jwks().await);
        // The old token is five minutes old and may have expired.
        assert!(matches!(app.judge(&old, &cold), Ok(_) | Err(Rejection::Expired)), "{before} to {after}");
        assert_eq!(here.get("/login?next=https://shop.example.org/").await.status, 303);
        app.wait(KEEP + Duration::from_secs(1));
        let left = with_shared(&app.jwks().await);
        let gone = app.judge(&old, &left).unwrap_err();
        let is_gone = matches!(gone, Rejection::UnknownKey(_)) || before == "HS512";
        assert!(is_gone, "{before} to {after}: {gone}");
    }
}

/// A shared key is replaced by another one. There is no other way to rotate it.
#[tokio::test]
async fn another_shared_key_is_a_rotation_too() {
    let app = TestApp::start_with(signing("HS512")).await;
    let old = app.token().await;
    let other = app.another(signing_with("HS512", Some(OTHER_SHARED))).await;
    assert_eq!(header(&other.token().await).0, header(&old).0);
    app.wait(LEAD + Duration::from_secs(1));
    let new = other.token().await;
    assert_ne!(header(&new).0, header(&old).0);
    let keys = KeySet::of_signing_key(OTHER_SHARED.as_bytes()).unwrap();
    assert!(other.judge(&new, &keys).is_ok());
    // The instance with the old setting signs with the database's active key.
    assert_eq!(header(&app.token().await).0, header(&new).0);
}

/// While instances are restarted one by one, the old and the new settings are both in use.
#[tokio::test]
async fn instances_with_old_and_new_settings_do_not_undo_each_other() {
    let old = TestApp::start_with(signing("ES256")).await;
    let new = old.another(signing("EdDSA")).await;
    let next = old.kid(State::Next).await;
    for _ in 0..5 {
        old.wait(Duration::from_secs(20));
        old.token().await;
        new.token().await;
        assert_eq!(old.kid(State::Next).await, next);
    }
    old.wait(LEAD);
    assert_eq!(header(&old.token().await).1, "EdDSA");
    assert_eq!(header(&new.token().await).1, "EdDSA");
}

/// A shared key that was revoked is refused, and not restored.
#[tokio::test]
async fn a_revoked_shared_key_refuses_the_start() {
    let app = TestApp::start_with(signing("HS512")).await;
    let revoked = app.kid(State::Active).await;
    let _replaced = app.another(signing_with("HS512", Some(OTHER_SHARED))).await;
    let (kid, operator) = (revoked.clone(), app.operator());
    app.sql(move |conn| {
        auth_service::keyring::revoke(conn, &kid, &operator).map_err(|_| diesel::result::Error::NotFound)
    })
    .await;
    app.wait(Duration::from_secs(2));
    assert_ne!(header(&app.token().await).0, revoked, "at once, known or not");
    let refused = App::open(app.config.clone(), app.clock.clock());
    let Err(error) = refused else { panic!("it started") };
    assert!(matches!(error, StartError::Keyring(KeyringError::SharedKeyRevoked)), "{error}");
}

fn secrets(current: &str, previous: Option<&str>) -> Tweaks {
    let flags = ServeFlags {
        secret_key: Some(current.to_owned()),
        secret_key_previous: previous.map(str::to_owned),
        ..ServeFlags::default()
    };
    Tweaks { flags, ..Tweaks::default() }
}

/// With a new `SECRET_KEY`, logins, keys and open forms stay valid.
#[tokio::test]
async fn another_secret_loses_nothing_while_the_one_before_is_known() {
    let old = TestApp::start_with(secrets(SECRET, None)).await;
    old.user("ada@example.org", PASSWORD).await;
    let ada = old.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let form = ada.get("/logout").await;
    let keys = kids(&old.jwks().await);

    let both = old.another(secrets(OTHER_SECRET, Some(SECRET))).await;
    assert_eq!(kids(&both.jwks().await), keys);
    let here = ada.at(&both);
    assert!(here.is_logged_in().await);
    let renewed = here.get("/login?next=https://shop.example.org/").await;
    assert_eq!(renewed.status, 303);
    assert!(here.is_logged_in().await);

    // Keys are sealed with the new secret by now, and browsers that have visited have new cookies.
    let new = old.another(secrets(OTHER_SECRET, None)).await;
    assert!(here.at(&new).is_logged_in().await);
    assert_eq!(kids(&new.jwks().await), keys);
    let out = here.at(&both);
    assert_eq!(
        out.fill_in_on(&form, "/logout", &[]).await.status,
        303,
        "a form from before the change is sent"
    );
    assert!(!out.is_logged_in().await);
}

/// A browser that has not visited since still has a token of the old secret.
#[tokio::test]
async fn without_the_secret_before_its_tokens_are_nobodys() {
    let old = TestApp::start_with(secrets(SECRET, None)).await;
    old.user("ada@example.org", PASSWORD).await;
    let ada = old.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let both = old.another(secrets(OTHER_SECRET, Some(SECRET))).await;
    let new = old.another(secrets(OTHER_SECRET, None)).await;
    assert!(!ada.at(&new).is_logged_in().await);
    assert!(ada.at(&both).is_logged_in().await, "and nothing was taken away");
}

/// With several instances, each first gets the new secret as the previous one. Then the two are
/// exchanged.
#[tokio::test]
async fn a_secret_can_be_changed_instance_by_instance() {
    let first = TestApp::start_with(secrets(SECRET, Some(OTHER_SECRET))).await;
    first.user("ada@example.org", PASSWORD).await;
    let ada = first.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let second = first.another(secrets(OTHER_SECRET, Some(SECRET))).await;
    for round in 0..6 {
        let app = if round % 2 == 0 { &second } else { &first };
        let here = ada.at(app);
        app.wait(Duration::from_secs(40));
        assert_eq!(here.get("/login?next=https://shop.example.org/").await.status, 303, "round {round}");
        ada.set_cookie(REFRESH, &here.refresh_token());
        assert!(app.judge_by(&app.token().await, &first.jwks().await).is_ok());
    }
}
