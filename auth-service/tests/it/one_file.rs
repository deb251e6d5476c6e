//! After a stop, a SQLite database is in one file: Z25.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use auth_service::db::schema::sessions;
use auth_service::db::{Database, DatabaseError, DatabaseUrl};
use diesel::{QueryDsl, RunQueryDsl};
use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use super::commands::{Program, folder};
use super::stopping::Instance;
use crate::support::{AUTH_HOST, PASSWORD, TestDatabase, is_long_run};

fn stops() -> usize {
    if is_long_run() { 100 } else { 2 }
}

/// The number of sessions in a copy of that file alone.
fn logins_in_a_copy_of(file: &Path) -> i64 {
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("auth.db");
    std::fs::copy(file, &copy).unwrap();
    let url = DatabaseUrl::parse(&format!("sqlite:{}", copy.display())).unwrap();
    let count = |conn: &mut auth_service::db::AnyConnection| {
        sessions::table.count().get_result::<i64>(conn).map_err(DatabaseError::from)
    };
    Database::connect(&url, 1).unwrap().run_blocking(count).unwrap()
}

/// Logs in, renews and logs in again, until the service is gone. Returns the number of confirmed
/// logins.
async fn log_in_and_renew(address: SocketAddr) -> i64 {
    let client = reqwest::Client::new();
    let post = async |path: &str, body: serde_json::Value| {
        let request = client.post(format!("http://{address}{path}")).header("host", AUTH_HOST);
        let reply =
            request.header("content-type", "application/json").body(body.to_string()).send().await.ok()?;
        let is_yes = reply.status() == StatusCode::OK;
        let body: Option<serde_json::Value> = serde_json::from_str(&reply.text().await.ok()?).ok();
        Some(body.filter(|_| is_yes))
    };
    let mut logins = 0;
    loop {
        let who = json!({"email": "ada@example.org", "password": PASSWORD});
        let Some(answer) = post("/api/token/", who).await else { return logins };
        let Some(tokens) = answer else { continue };
        logins += 1;
        for _ in 0..5 {
            if post("/api/token/refresh/", json!({"refresh": tokens["refresh"]})).await.is_none() {
                return logins;
            }
        }
    }
}

/// Z25: everything confirmed is in the file, although people log in, renew and request `/readyz`
/// until the end.
#[tokio::test]
async fn after_a_stop_under_load_the_one_file_holds_everything() {
    let (folder, url) = folder();
    let file = folder.path().join("auth.db");
    let database = TestDatabase::at(url);
    let mut known = 0;
    for round in 0..stops() {
        let mut instance = Instance::start(&database, "0s");
        if round == 0 {
            instance.person().register("ada@example.org", PASSWORD).await;
        }
        let mut crowd = JoinSet::new();
        for _ in 0..6 {
            crowd.spawn(log_in_and_renew(instance.address));
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        instance.signal("TERM");
        let (code, log) = instance.end();
        known += crowd.join_all().await.into_iter().sum::<i64>();
        assert!(code == Some(0) && log.contains("stopped"), "{log}");
        for beside in ["auth.db-wal", "auth.db-shm"] {
            assert!(!folder.path().join(beside).exists(), "stop {round} left {beside}: {log}");
        }
        // A response may be lost, so there may be more logins than were confirmed.
        assert!(logins_in_a_copy_of(&file) >= known, "stop {round}");
    }
    assert!(known > 0);
}

/// Z25: the same after commands.
#[test]
fn after_a_command_the_one_file_holds_everything() {
    let (folder, url) = folder();
    for n in 0..5 {
        let create = Program::new(&["users", "create", &format!("p{n}@example.org"), "--password-stdin"]);
        assert_eq!(create.set("DATABASE_URL", &url).run_with(PASSWORD).code, 0);
        assert!(!folder.path().join("auth.db-wal").exists());
    }
}

/// Z25: another process has the file open. The log says so, and nothing is lost.
#[tokio::test]
async fn a_stop_beside_somebody_who_reads_says_where_the_rest_is() {
    let (_folder, url) = folder();
    let database = TestDatabase::at(url);
    let mut instance = Instance::start(&database, "0s");
    let db = database.connect();
    let (reads, is_reading) = std::sync::mpsc::channel();
    let (end, until) = std::sync::mpsc::channel::<()>();
    let reader = std::thread::spawn(move || {
        db.run_blocking(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute("BEGIN; SELECT 1 FROM users LIMIT 1")?;
            let _: i64 = sessions::table.count().get_result(conn)?;
            reads.send(()).unwrap();
            let _ = until.recv_timeout(Duration::from_secs(60));
            conn.batch_execute("COMMIT")?;
            Ok::<_, DatabaseError>(())
        })
        .unwrap();
    });
    is_reading.recv().unwrap();
    instance.person().register("ada@example.org", PASSWORD).await;
    instance.signal("TERM");
    let (code, log) = instance.end();
    assert!(code == Some(0) && log.contains("another process has the database open"), "{log}");
    drop(end);
    reader.join().unwrap();
}
