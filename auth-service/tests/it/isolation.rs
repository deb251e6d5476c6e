//! A PostgreSQL with stricter isolation than the service needs, which makes no visible difference.
//! Z23.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use auth_service::db::{AnyConnection, Database, DatabaseError};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use tokio::task::JoinSet;

use super::commands::Program;
#[cfg(feature = "postgres")]
use crate::support::Cluster;
use crate::support::{PASSWORD, TestApp, TestClock, TestDatabase, Tweaks};

fn set_default(database: &TestDatabase, setting: &str) {
    let name = database.url.rsplit_once('/').unwrap().1.to_owned();
    let sql = format!("ALTER DATABASE {name} SET {setting}");
    let set = |conn: &mut AnyConnection| conn.batch_execute(&sql).map_err(DatabaseError::from);
    database.connect().run_blocking(set).unwrap();
}

/// Z23: eighty tabs renew at once, eight people log in, and operators run commands.
#[tokio::test]
async fn nobody_is_refused_because_of_a_stricter_default_isolation() {
    for level in ["serializable", "repeatable read"] {
        let database = TestDatabase::create();
        if !database.is_postgres() {
            return;
        }
        set_default(&database, &format!("default_transaction_isolation = '{level}'"));
        let app = TestApp::start_on(Arc::new(database), TestClock::default(), Tweaks::default()).await;
        app.user("ada@example.org", PASSWORD).await;
        let ada = app.person();
        assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
        app.wait(Duration::from_secs(60));
        let mut crowd = JoinSet::new();
        for _ in 0..80 {
            let tab = ada.copy();
            crowd.spawn(async move { tab.get("/login?next=https://shop.example.org/").await });
        }
        // As many as may wait for a hash from one network. One more would be refused if no hash was
        // done by then, and hashing gives way to the renewals.
        for _ in 0..8 {
            let stranger = app.person();
            crowd.spawn(async move { stranger.log_in("ada@example.org", PASSWORD).await });
        }
        let commands: Vec<_> = (0..4)
            .map(|n| {
                let url = app.database.url.clone();
                std::thread::spawn(move || {
                    let email = format!("p{n}@example.org");
                    let create = Program::new(&["users", "create", &email, "--password-stdin"]);
                    create.set("DATABASE_URL", &url).set("BCRYPT_COST", "10").run_with(PASSWORD)
                })
            })
            .collect();
        for reply in crowd.join_all().await {
            assert_eq!(reply.status, 303, "{level}: {}", reply.text);
        }
        for command in commands {
            let ended = command.join().unwrap();
            assert_eq!(ended.code, 0, "{level}: {ended:?}");
        }
    }
}

/// Z23: of two transactions in a deadlock, both succeed in the end.
#[test]
fn a_circle_of_waiting_transactions_is_begun_anew() {
    let database = TestDatabase::create();
    if !database.is_postgres() {
        return;
    }
    let db = database.connect();
    prepare_circle(&db, "SELECT 1");
    both_get_through(&db);
}

/// Z23: with a server whose messages are in another language, whether the role may change that or
/// not.
#[cfg(feature = "postgres")]
#[test]
fn a_circle_is_begun_anew_whatever_language_the_server_speaks() {
    use diesel::sql_types::Text;
    let locales = tempfile::tempdir().unwrap();
    let german = locales.path().join("de_DE.utf8");
    let made =
        std::process::Command::new("localedef").args(["-i", "de_DE", "-f", "UTF-8"]).arg(german).output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("not tested: there is no German for a server to speak (Debian: apt-get install locales)");
        return;
    }
    // The server's own user must be able to read it.
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(locales.path(), everybody).unwrap();
    let settings = ["lc_messages=de_DE.utf8"];
    let Some(server) = Cluster::start(&settings, &[("LOCPATH", locales.path())]) else { return };
    let at = |user: &str| TestDatabase::at(server.url.replace("postgres@", &format!("{user}@"))).connect();
    let language = |db: &Database| {
        let ask = diesel::select(diesel::dsl::sql::<Text>("current_setting('lc_messages')"));
        db.run_blocking(|conn| ask.get_result::<String>(conn).map_err(DatabaseError::from)).unwrap()
    };
    let superuser = at("postgres");
    prepare_circle(&superuser, "CREATE ROLE ada LOGIN; GRANT ALL ON a, b TO ada");
    assert_eq!(language(&superuser), "C");
    both_get_through(&superuser);
    let ada = at("ada");
    assert_eq!(language(&ada), "de_DE.utf8");
    superuser
        .run_blocking(|conn| {
            conn.batch_execute("UPDATE a SET n = 0; UPDATE b SET n = 0").map_err(DatabaseError::from)
        })
        .unwrap();
    both_get_through(&ada);
}

fn prepare_circle(db: &Database, more: &str) {
    let tables =
        "CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO a VALUES (0); INSERT INTO b VALUES (0);";
    db.run_blocking(|conn| conn.batch_execute(&format!("{tables} {more}")).map_err(DatabaseError::from))
        .unwrap();
}

fn both_get_through(db: &Database) {
    let meet = Barrier::new(2);
    std::thread::scope(|scope| {
        for (first, second) in [("a", "b"), ("b", "a")] {
            let meet = &meet;
            scope.spawn(move || {
                let mut tries = 0;
                db.run_blocking(|conn| {
                    conn.write(|conn| {
                        tries += 1;
                        conn.batch_execute(&format!("UPDATE {first} SET n = n + 1"))?;
                        if tries == 1 {
                            meet.wait();
                        }
                        conn.batch_execute(&format!("UPDATE {second} SET n = n + 1"))?;
                        Ok::<_, DatabaseError>(())
                    })
                })
                .unwrap();
            });
        }
    });
    let sum = diesel::dsl::sql::<diesel::sql_types::Integer>("(SELECT a.n + b.n FROM a, b)");
    let sum: i32 =
        db.run_blocking(|conn| diesel::select(sum).get_result(conn).map_err(DatabaseError::from)).unwrap();
    assert_eq!(sum, 4, "each counted once at each");
}
