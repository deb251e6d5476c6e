//! Several instances on one database, starting at the same moment on an empty one.

use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};

use auth_service::app::{App, StartError};
use auth_service::config::{Config, ServeFlags};
use auth_service::db::migrate;
use auth_service::db::schema::{signing_keys, users};
use auth_service::keyring::KeyringError;
use diesel::{QueryDsl, RunQueryDsl};
use shared_claims::{KeySet, Verifier};
use tokio::task::JoinSet;

use crate::support::{ACCESS, PASSWORD, REFRESH, TestApp, TestClock, TestDatabase, Tweaks};

const SECRET: &str = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";

fn config(database: &TestDatabase, secret: &str) -> Config {
    let mut flags = ServeFlags {
        auth_url: Some("https://auth.example.org".to_owned()),
        cookie_domain: Some("example.org".to_owned()),
        secret_key: Some(secret.to_owned()),
        ..ServeFlags::default()
    };
    flags.database.database_url = Some(database.url.clone());
    let mut config = Config::parse(&flags).unwrap();
    config.passwords.bcrypt_cost = 4;
    config
}

/// The key set of the instance, as known since its start.
fn jwks(app: &App) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(app.keyring.current()).unwrap().jwks().to_owned()
}

/// K1: no two instances use different keys, and none fails.
#[test]
fn instances_that_start_at_once_on_an_empty_database_agree_on_one_key() {
    for round in 0..8 {
        let database = Arc::new(TestDatabase::empty());
        let start = Arc::new(Barrier::new(5));
        let threads: Vec<_> = (0..5)
            .map(|_| {
                let (config, start) = (config(&database, SECRET), start.clone());
                std::thread::spawn(move || {
                    start.wait();
                    App::open(config, TestClock::default().clock()).map(|app| jwks(&app))
                })
            })
            .collect();
        let mut keys: Vec<String> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap().unwrap_or_else(|error| panic!("round {round}: {error}")))
            .collect();
        keys.dedup();
        assert_eq!(keys.len(), 1, "round {round}: {keys:?}");
        let rows = database
            .connect()
            .run_blocking(|conn| {
                signing_keys::table
                    .count()
                    .get_result::<i64>(conn)
                    .map_err(auth_service::db::DatabaseError::from)
            })
            .unwrap();
        assert_eq!(rows, 2, "round {round}: one that signs, and one to follow");
    }
}

/// K1: with whole services, each accepts the tokens and sessions of the others.
#[tokio::test]
async fn services_that_started_together_are_one_service() {
    let (database, clock) = (Arc::new(TestDatabase::create()), TestClock::default());
    let mut starting = JoinSet::new();
    for _ in 0..4 {
        starting.spawn(TestApp::start_on(database.clone(), clock.clone(), Tweaks::default()));
    }
    let apps = starting.join_all().await;
    apps[0].user("ada@example.org", PASSWORD).await;
    let ada = apps[0].person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let verifier = Verifier::new("https://auth.example.org", "example.org");
    let keys = apps[3].person().get("/.well-known/jwks.json").await.text;
    let keys = KeySet::from_json(keys.as_bytes()).unwrap();
    for app in &apps {
        let here = app.person();
        here.set_cookie(REFRESH, &ada.refresh_token());
        assert!(here.is_logged_in().await);
        let renewed = here.get("/login").await;
        ada.set_cookie(REFRESH, &renewed.cookie(REFRESH).unwrap().value);
        let token = renewed.cookie(ACCESS).unwrap().value;
        verifier.verify_at(&token, &keys, clock.now().unix_seconds()).unwrap();
    }
    let out = apps[1].person();
    out.set_cookie(REFRESH, &ada.refresh_token());
    out.log_out().await;
    for app in &apps {
        let here = app.person();
        here.set_cookie(REFRESH, &ada.refresh_token());
        assert!(!here.is_logged_in().await);
    }
}

/// K1: an instance with another secret stops. Otherwise it would sign with a key that no other
/// instance has.
#[test]
fn an_instance_with_another_secret_refuses_to_start() {
    let database = TestDatabase::create();
    App::open(config(&database, SECRET), TestClock::default().clock()).unwrap();
    let refused =
        App::open(config(&database, "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E"), TestClock::default().clock());
    let Err(error) = refused else { panic!("it started") };
    assert!(matches!(error, StartError::Keyring(KeyringError::OtherSecret)), "{error}");
    assert!(error.to_string().starts_with("SECRET_KEY: "), "{error}");
    assert!(!error.to_string().contains("Zx81qPlm"), "{error}");
}

/// D5t: as processes, like an orchestrator starts them.
#[test]
fn migrations_by_several_processes_at_once_all_end_well() {
    for round in 0..4 {
        let database = TestDatabase::empty();
        let run = || {
            Command::new(env!("CARGO_BIN_EXE_auth-service"))
                .arg("migrate")
                .env_clear()
                .env("DATABASE_URL", &database.url)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let children: Vec<_> = (0..6).map(|_| run()).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "round {round}: {said}");
        }
        let db = database.connect();
        assert!(!db.run_blocking(is_pending).unwrap(), "round {round}");
        // Once more, on a schema that is up to date.
        assert!(run().wait().unwrap().success());
        db.run_blocking(|conn| {
            users::table.count().get_result::<i64>(conn).map_err(auth_service::db::DatabaseError::from)
        })
        .unwrap();
    }
}

fn is_pending(conn: &mut auth_service::db::AnyConnection) -> Result<bool, auth_service::db::DatabaseError> {
    migrate::is_pending(conn).map_err(auth_service::db::DatabaseError::Migration)
}
