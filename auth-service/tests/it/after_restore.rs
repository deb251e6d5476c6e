//! `auth-service after-restore`: a full copy of the database is restored.

use std::sync::Arc;
use std::time::Duration;

use auth_service::audit::RequestContext;
use auth_service::config::SecretKey;
use auth_service::db::AnyConnection;
use auth_service::db::schema::{deliveries, proofs};
use auth_service::keyring::State;
use auth_service::outbox::{Delivery, DeliveryKind, NewDelivery, PayloadKeys};
use auth_service::proofs::{Proof, ProofKeys, Purpose};
use auth_service::users::User;
use diesel::{QueryDsl, QueryResult, RunQueryDsl};

use super::commands::{Ended, Program, SECRET, folder};
use crate::support::{PASSWORD, TestApp, TestDatabase, Tweaks, header, kids};

#[track_caller]
fn after_restore(database: &TestDatabase) -> String {
    let ended: Ended = Program::new(&["after-restore"]).set("DATABASE_URL", &database.url).run();
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

/// B2: without the command both logins are valid again. Otherwise this test would prove nothing.
#[tokio::test]
async fn no_login_and_no_key_that_ended_after_the_copy_lives_again() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let (access, refresh) = ada.obtain("ada@example.org", PASSWORD).await;
    let thief = header(&access).0;
    let saved = app.database.copy_raw();
    assert_eq!(ada.blacklist(&refresh).await.status, 200);
    let revoke = Program::new(&["keys", "revoke", &thief]).set("DATABASE_URL", &app.database.url);
    assert_eq!(revoke.run().code, 0);

    let start = |database| TestApp::start_on(Arc::new(database), app.clock.clone(), Tweaks::default());
    let careless = start(saved.restore()).await;
    assert_eq!(careless.person().refresh(&refresh).await.status, 200);
    assert!(kids(&careless.jwks().await).contains(&thief));

    let database = saved.restore();
    let said = after_restore(&database);
    assert!(said.starts_with("1 session(s) ended and 2 signing key(s) revoked."), "{said}");
    assert!(said.contains("is of ") && said.contains("changed passwords, deactivations, roles"), "{said}");
    assert!(after_restore(&database).starts_with("0 session(s) ended and 0 signing key(s) revoked."));
    let restored = start(database).await;
    restored.person().refresh(&refresh).await.assert_problem(401, "token_not_valid");
    let jwks = restored.jwks().await;
    assert!(!kids(&jwks).contains(&thief) && kids(&jwks).len() == 2);
    assert!(restored.judge_by(&access, &jwks).is_err());
    let token = restored.person().obtain("ada@example.org", PASSWORD).await.0;
    assert!(restored.judge_by(&token, &jwks).is_ok());
    let rows = restored.events("restored").await;
    let details: Vec<&str> = rows.iter().map(|row| row.detail()).collect();
    assert_eq!(details, ["1 session(s), 2 key(s)", "0 session(s), 0 key(s)"]);
    assert!(rows.iter().all(|row| row.actor == "operator"));
    assert_eq!(restored.events("key_revoked").await.len(), 2);
}

/// B2: the operator did not stop the service first.
#[tokio::test]
async fn a_running_service_follows_within_seconds() {
    let app = TestApp::start().await;
    let old = app.token().await;
    let refresh = app.person().obtain("keys@example.org", PASSWORD).await.1;
    after_restore(&app.database);
    app.person().refresh(&refresh).await.assert_problem(401, "token_not_valid");
    app.wait(Duration::from_secs(2));
    let new = app.token().await;
    let jwks = app.jwks().await;
    assert!(app.judge_by(&old, &jwks).is_err() && app.judge_by(&new, &jwks).is_ok());
    assert_eq!(app.kid(State::Active).await, header(&new).0);
}

/// B2 as a race: renewals at the same moment save no session.
#[tokio::test]
async fn no_renewal_at_that_moment_brings_a_login_through() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let mut renewals = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let program = app.person();
        let token = program.obtain("ada@example.org", PASSWORD).await.1;
        renewals.spawn(async move {
            let reply = program.refresh(&token).await;
            if reply.status == 200 { reply.pair().1 } else { token }
        });
    }
    let database = app.database.clone();
    tokio::task::spawn_blocking(move || after_restore(&database)).await.unwrap();
    for token in renewals.join_all().await {
        app.person().refresh(&token).await.assert_problem(401, "token_not_valid");
    }
}

/// B2: letters that waited in the copy were sent long ago, and their links were used.
#[tokio::test]
async fn no_letter_is_sent_again_and_no_link_works_again() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await;
    let context = app.service();
    app.sql(move |conn| conn.write(|conn| post_and_prove(conn, &ada, &context))).await;
    let said = after_restore(&app.database);
    assert!(said.contains("\n1 letter(s) and 1 proof(s) thrown away, because"), "{said}");
    assert!(!after_restore(&app.database).contains("thrown away"));
    let left = app.sql(|conn| {
        Ok::<(i64, i64), _>((
            deliveries::table.count().get_result(conn)?,
            proofs::table.count().get_result(conn)?,
        ))
    });
    assert_eq!(left.await, (0, 0));
}

fn post_and_prove(conn: &mut AnyConnection, ada: &User, context: &RequestContext) -> QueryResult<()> {
    let secret = SecretKey::parse("SECRET_KEY", SECRET).unwrap();
    let letter = NewDelivery {
        kind: DeliveryKind::Letter,
        topic: "greeting",
        user: Some(ada.id.uuid()),
        recipient: ada.email.as_str(),
        payload: b"{}",
    };
    Delivery::enqueue(conn, &letter, &PayloadKeys::new(&secret, None), context)?;
    let purpose = Purpose { name: "greeting", link_life: Duration::from_secs(1800) };
    Proof::issue(conn, &purpose, (Some(ada.id), None), &ProofKeys::new(&secret, None), context)?;
    Ok(())
}

/// Services read the key from their settings. Revoking it here would only stop auth-service.
#[tokio::test]
async fn a_shared_key_stays_and_is_spoken_of() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.token_algorithm = Some("HS512".to_owned());
    let shared = "3f9a1c5e7b2d4860a1c3e5f7092b4d6e8f0a2c4e6b8d1f3a5c7e9b0d2f4a6c8e";
    tweaks.flags.jwt_signing_key = Some(shared.to_owned());
    let app = TestApp::start_with(tweaks).await;
    let said = after_restore(&app.database);
    assert!(said.contains("0 signing key(s) revoked") && said.contains("JWT_SIGNING_KEY stays"), "{said}");
    assert!(said.contains("knows of no event of an account"), "{said}");
    assert!(!said.contains(shared));
    app.kid(State::Active).await;
}

#[test]
fn without_a_database_there_is_nothing_to_do() {
    let (_folder, url) = folder();
    let ended = Program::new(&["after-restore"]).set("DATABASE_URL", &url).run();
    ended.assert_says(1, "there is no database yet at sqlite:");
}
