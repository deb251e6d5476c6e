//! The previous release runs on the schema of a newer one. So instances can be replaced one by one,
//! and the upgrade can be rolled back.

use std::sync::Arc;

use auth_service::db::DatabaseError;
use diesel::connection::SimpleConnection;

use super::commands::Program;
use crate::support::{PASSWORD, TestApp, TestDatabase, Tweaks};

/// The only changes to the schema that a release may make: additions.
const NEWER: &str = "
    CREATE TABLE newer (id TEXT PRIMARY KEY, note TEXT);
    INSERT INTO newer VALUES ('1', 'of the newer release');
    ALTER TABLE users ADD COLUMN newer_name TEXT;
    ALTER TABLE sessions ADD COLUMN newer_word TEXT;
    ALTER TABLE signing_keys ADD COLUMN newer_word TEXT;
    ALTER TABLE audit_events ADD COLUMN newer_word TEXT;
    INSERT INTO __diesel_schema_migrations (version) VALUES ('9999');";

fn migrate_further(database: &TestDatabase) {
    database
        .connect()
        .run_blocking(|conn| {
            conn.write(|conn| match conn {
                auth_service::db::AnyConnection::Sqlite(conn) => conn.batch_execute(NEWER),
                #[cfg(feature = "postgres")]
                auth_service::db::AnyConnection::Postgres(conn) => conn.batch_execute(NEWER),
            })
            .map_err(DatabaseError::from)
        })
        .unwrap();
}

#[tokio::test]
async fn a_running_instance_goes_on_and_starts_again_on_a_newer_schema() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (program, ada) = (app.person(), app.person());
    let mut token = program.obtain("ada@example.org", PASSWORD).await.1;
    ada.log_in("ada@example.org", PASSWORD).await;
    migrate_further(&app.database);
    let restarted = TestApp::start_on(Arc::clone(&app.database), app.clock.clone(), Tweaks::default()).await;
    for (n, instance) in [&app, &restarted].into_iter().enumerate() {
        assert_eq!(instance.person().get("/readyz").await.status, 200, "{n}");
        let program = instance.person();
        let renewed = program.refresh(&token).await;
        assert_eq!(renewed.status, 200, "{n}: {}", renewed.text);
        token = renewed.pair().1;
        assert_eq!(ada.at(instance).get("/login").await.status, 303, "{n}");
        let newcomer = instance.person();
        assert_eq!(newcomer.register(&format!("n{n}@example.org"), PASSWORD).await.status, 303, "{n}");
        newcomer.log_out().await;
        assert_eq!(newcomer.log_in(&format!("n{n}@example.org"), PASSWORD).await.status, 303, "{n}");
        assert!(newcomer.is_logged_in().await, "{n}");
        newcomer.log_out().await;
        assert!(!newcomer.is_logged_in().await, "{n}");
    }
}

/// The operator's commands of the previous release.
#[tokio::test]
async fn commands_work_on_a_newer_schema() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    migrate_further(&app.database);
    for arguments in [
        &["migrate"][..],
        &["users", "deactivate", "ada@example.org"],
        &["users", "activate", "ada@example.org"],
        &["sessions", "list", "ada@example.org"],
        &["keys", "list"],
        &["cleanup"],
    ] {
        let ended = Program::new(arguments).set("DATABASE_URL", &app.database.url).run();
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{arguments:?}: {ended:?}");
    }
    // A backup by the older release includes the newer one's data.
    let restored = app.database.back_up().restore();
    let rows = restored.connect().run_blocking(|conn| {
        use diesel::RunQueryDsl;
        let deleted = diesel::sql_query("DELETE FROM newer");
        Ok::<_, DatabaseError>(match conn {
            auth_service::db::AnyConnection::Sqlite(conn) => deleted.execute(conn)?,
            #[cfg(feature = "postgres")]
            auth_service::db::AnyConnection::Postgres(conn) => deleted.execute(conn)?,
        })
    });
    assert_eq!(rows.unwrap(), 1);
}
