//! An attacker who can write to the database, but does not know `SECRET_KEY`, can sign for no
//! person. K9.

use std::time::Duration;

use auth_service::config::SecretKey;
use auth_service::db::schema::signing_keys;
use auth_service::keyring::State;
use auth_service::sessions::{Amr, AuthMethod, RefreshKey, Session};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use shared_claims::Rejection;

use crate::support::{PASSWORD, REFRESH, TestApp, TestDatabase, Tweaks, header, kids};

/// The attacker's own service, whose keys are valid under its secret.
async fn theirs() -> TestApp {
    let mut tweaks = Tweaks::default();
    tweaks.flags.secret_key = Some("Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E".to_owned());
    TestApp::start_on(std::sync::Arc::new(TestDatabase::create()), Default::default(), tweaks).await
}

/// Copies the attacker's active key into our table, in this state.
async fn plant(app: &TestApp, attacker: &TestApp, state: &'static str) -> String {
    use signing_keys as k;
    let columns = (k::kid, k::algorithm, k::public_jwk, k::sealed_private_key);
    let row: (String, String, Option<String>, Vec<u8>) =
        attacker.sql(move |conn| k::table.filter(k::state.eq("active")).select(columns).first(conn)).await;
    let (kid, now) = (row.0.clone(), app.clock.now());
    app.sql(move |conn| {
        diesel::insert_into(k::table)
            .values((
                k::kid.eq(row.0),
                k::algorithm.eq(row.1),
                k::state.eq(state),
                k::public_jwk.eq(row.2),
                k::sealed_private_key.eq(row.3),
                k::created_at.eq(now),
                k::activated_at.eq(now),
                k::retired_at.eq((state == "retired").then_some(now)),
            ))
            .execute(conn)
    })
    .await;
    kid
}

/// K9: it is not published, `/auth/verify` and `token/verify` do not accept it, and it is reported
/// once.
#[tokio::test]
async fn a_planted_key_is_not_published_and_verifies_nothing() {
    let (app, attacker) = (TestApp::start().await, theirs().await);
    app.user("ada@example.org", PASSWORD).await;
    let forged = attacker.token().await;
    let genuine = app.token().await;
    let planted = plant(&app, &attacker, "retired").await;
    assert_eq!(header(&forged).0, planted);
    for _ in 0..3 {
        app.wait(Duration::from_secs(2));
        let jwks = app.jwks().await;
        assert!(!kids(&jwks).contains(&planted), "{jwks}");
        assert_eq!(app.judge_by(&forged, &jwks).unwrap_err(), Rejection::UnknownKey(planted.clone()));
        assert!(app.judge_by(&genuine, &jwks).is_ok());
        let person = app.person();
        for (token, status) in [(&forged, 401), (&genuine, 200)] {
            let request = person.request(reqwest::Method::GET, "/auth/verify");
            let request = request.header("cookie", format!("__Secure-sso_access={token}"));
            assert_eq!(person.send(request).await.status, status);
        }
        assert!(!person.verifies(&forged).await && person.verifies(&genuine).await);
    }
    let told = app.events("key_refused").await;
    assert_eq!(told.len(), 1);
    assert!(told[0].detail().starts_with(&planted), "{told:?}");
    // A start with it in the table is an ordinary start.
    let again = app.second_instance().await;
    assert!(!kids(&again.jwks().await).contains(&planted));
}

/// K9: as the next key it never signs, and does not stop the others from signing.
#[tokio::test]
async fn a_planted_next_key_never_signs() {
    let (app, attacker) = (TestApp::start().await, theirs().await);
    let active = header(&app.token().await).0;
    let next = app.kid(State::Next).await;
    app.sql(move |conn| diesel::delete(signing_keys::table.find(next)).execute(conn)).await;
    let planted = plant(&app, &attacker, "next").await;
    for days in [0, 31, 31] {
        app.wait(Duration::from_secs(days * 86_400 + 2));
        assert_eq!(header(&app.token().await).0, active);
        assert_eq!(kids(&app.jwks().await), std::slice::from_ref(&active));
    }
    assert_eq!(header(&app.second_instance().await.token().await).0, active, "it starts, too");
    // The operator deletes it, and rotation continues.
    let operator = app.operator();
    app.sql(move |conn| {
        auth_service::keyring::revoke(conn, &planted, &operator).map_err(|_| diesel::result::Error::NotFound)
    })
    .await;
    app.wait(Duration::from_secs(2));
    assert_eq!(kids(&app.jwks().await).len(), 2);
}

/// K9: the parts of a row belong together: the attacker's public key with our id and seal is
/// refused.
#[tokio::test]
async fn a_public_half_that_was_exchanged_is_not_published() {
    let (app, attacker) = (TestApp::start().await, theirs().await);
    let forged = attacker.token().await;
    let next = app.kid(State::Next).await;
    let theirs: Option<String> = attacker
        .sql(|conn| {
            let active = signing_keys::table.filter(signing_keys::state.eq("active"));
            active.select(signing_keys::public_jwk).first(conn)
        })
        .await;
    let (kid, row) = (header(&forged).0, next.clone());
    app.sql(move |conn| {
        let row = diesel::update(signing_keys::table.find(row));
        row.set(signing_keys::public_jwk.eq(theirs)).execute(conn)
    })
    .await;
    app.wait(Duration::from_secs(2));
    let published = kids(&app.jwks().await);
    assert!(!published.contains(&kid) && !published.contains(&next), "{published:?}");
}

/// K9: a revoked key that is restored with its seal is refused, by an instance that saw it revoked,
/// and by one that starts while the trail still has the event.
#[tokio::test]
async fn a_revoked_key_that_is_put_back_stays_out() {
    let app = TestApp::start().await;
    let stolen = app.token().await;
    let active = app.kid(State::Active).await;
    let (kid, row) = (active.clone(), active.clone());
    let sealed: Vec<u8> = app
        .sql(move |conn| signing_keys::table.find(kid).select(signing_keys::sealed_private_key).first(conn))
        .await;
    let (kid, operator) = (active.clone(), app.operator());
    app.sql(move |conn| {
        auth_service::keyring::revoke(conn, &kid, &operator).map_err(|_| diesel::result::Error::NotFound)
    })
    .await;
    app.wait(Duration::from_secs(2));
    assert!(!kids(&app.jwks().await).contains(&active));
    app.sql(move |conn| {
        let row = diesel::update(signing_keys::table.find(row));
        row.set((signing_keys::state.eq("retired"), signing_keys::sealed_private_key.eq(sealed)))
            .execute(conn)
    })
    .await;
    app.wait(Duration::from_secs(2));
    for instance in [&app, &app.second_instance().await] {
        let jwks = instance.jwks().await;
        assert!(!kids(&jwks).contains(&active));
        assert!(instance.judge_by(&stolen, &jwks).is_err());
    }
}

/// R14: a session that an attacker adds to the table gives no login without `SECRET_KEY`.
#[tokio::test]
async fn a_planted_session_gives_no_token() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let (limits, operator) = (app.config.session_limits, app.operator());
    let planted = app
        .sql(move |conn| Session::begin(conn, ada, &Amr::from([AuthMethod::Password]), &operator, limits))
        .await;
    let guess = SecretKey::parse("SECRET_KEY", "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E").unwrap();
    let eve = app.person();
    eve.set_cookie(REFRESH, &RefreshKey::new(&guess, None).token_for(&planted));
    assert!(!eve.is_logged_in().await);
    assert_eq!(eve.get("/login").await.status, 200, "the form");
    assert_eq!(app.session(planted.id).await, planted);
}
