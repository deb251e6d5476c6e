//! A database that does not respond: requests that need it get `503`, and others are not affected.
//! Z11, Z12.

use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_service::db::{Database, DatabaseError, DatabaseUrl};
use auth_service::sessions::Session;
use diesel::RunQueryDsl;
use tokio::task::JoinSet;

use super::commands::Program;
use crate::support::{Cluster, PASSWORD, Standstill, TestApp, TestClock, TestDatabase, Tweaks};

/// Within this time every request must be answered. It is not a promised time.
async fn in_the_end<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work).await.expect("an answer, whatever it is")
}

/// Z11: a PostgreSQL that does not respond, like one under SIGSTOP, whose kernel still acknowledges
/// packets.
#[tokio::test]
async fn while_the_database_stands_still_what_is_known_is_served_and_the_rest_is_told_to_come_back() {
    let Some(server) = Standstill::before(&TestDatabase::create()) else { return };
    what_is_known_is_served(server.database.clone(), || server.begin(), || server.end()).await;
}

/// Z11: the same with every process of the server really stopped.
#[tokio::test]
async fn while_postgresql_is_under_sigstop_what_is_known_is_served_too() {
    let Some(server) = Cluster::start(&[], &[]) else { return };
    let database = Arc::new(TestDatabase::at(server.url.clone()));
    what_is_known_is_served(database, || server.freeze(), || server.thaw()).await;
}

async fn what_is_known_is_served(database: Arc<TestDatabase>, begin: impl FnOnce(), end: impl FnOnce()) {
    let app = TestApp::start_on(database, TestClock::default(), Tweaks::default()).await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    let keys = app.jwks().await;
    begin();
    // More requests than connections and threads.
    let mut crowd = JoinSet::new();
    for n in 0..60 {
        let (ada, keys) = (ada.copy(), keys.clone());
        crowd.spawn(async move {
            match n % 6 {
                0 => {
                    let reply = in_the_end(ada.get("/.well-known/jwks.json")).await;
                    assert_eq!((reply.status.as_u16(), reply.text), (200, keys));
                }
                1 => {
                    assert_eq!(in_the_end(ada.get("/auth/verify")).await.status, 200);
                }
                2 => assert_eq!(in_the_end(ada.get("/healthz")).await.status, 200),
                3 => assert_eq!(in_the_end(ada.get("/readyz")).await.status, 503),
                4 => {
                    let reply = in_the_end(ada.get("/")).await;
                    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, Some("5")));
                }
                _ => {
                    let reply = in_the_end(ada.get("/login?next=https://shop.example.org/")).await;
                    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, Some("5")));
                    assert!(reply.cookies().iter().all(|cookie| cookie.max_age() > 0));
                }
            }
        });
    }
    crowd.join_all().await;
    end();
    // Work that had begun may finish, and no person is logged out.
    in_the_end(async {
        while app.person().get("/readyz").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert_eq!(ada.get("/login?next=https://shop.example.org/").await.status, 303);
    assert!(ada.is_logged_in().await && app.events("refresh_reuse").await.is_empty());
}

/// Z30: a command ends too while it is working, and says why.
#[tokio::test]
async fn a_command_whose_database_stands_still_ends_and_says_so() {
    let Some(server) = Cluster::start(&[], &[]) else { return };
    let database = TestDatabase::at(server.url.clone());
    database.connect().migrate().unwrap();
    let create = Program::new(&["users", "create", "ada@example.org", "--password-stdin"]);
    let mut create = create.set("DATABASE_URL", &server.url);
    let piped = create.0.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut command = piped.spawn().unwrap();
    // It has checked whether the address is taken, and waits for the password.
    let has_asked = || {
        let asked = "(SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND query LIKE '%\"users\".\"email\" = $1%')";
        let count = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(asked));
        let count = |conn: &mut _| count.get_result::<i64>(conn).map_err(DatabaseError::from);
        database.connect().run_blocking(count).unwrap() > 0
    };
    in_the_end(async {
        while !has_asked() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    server.freeze();
    writeln!(command.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    let ended = tokio::task::spawn_blocking(|| command.wait_with_output().unwrap());
    let ended = in_the_end(ended).await.unwrap();
    server.thaw();
    let says = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), says.lines().count()), (Some(3), 1), "{says}");
    assert!(says.starts_with("auth-service: DATABASE_URL: has not answered for 15 seconds"), "{says}");
}

/// Z11: the same with one locked row, or a locked file.
#[tokio::test]
async fn a_lock_that_is_never_given_back_holds_nobody_for_ever() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    app.wait(Duration::from_secs(60));
    let (id, operator) = (ada.session_id(), app.operator());
    let held = app.hold(move |conn| Session::lock(conn, id, &operator)).await;
    let reply = in_the_end(ada.get("/login?next=https://shop.example.org/")).await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, Some("5")));
    drop(held);
    assert_eq!(ada.get("/login?next=https://shop.example.org/").await.status, 303);
}

/// Z12: a request whose client has hung up while it queued is dropped, and those behind it get
/// their turn.
#[tokio::test]
async fn work_that_nobody_waits_for_any_more_never_begins() {
    let database = TestDatabase::create();
    let db = Database::connect(&DatabaseUrl::parse(&database.url).unwrap(), 1).unwrap();
    let (busy, is_busy) = tokio::sync::oneshot::channel();
    let (end, until) = std::sync::mpsc::channel::<()>();
    let first = tokio::spawn({
        let db = db.clone();
        async move {
            db.run(move |_| {
                busy.send(()).unwrap();
                let _ = until.recv();
                Ok::<_, DatabaseError>(())
            })
            .await
        }
    });
    is_busy.await.unwrap();
    let begun = Arc::new(AtomicBool::new(false));
    let work = |begun: Arc<AtomicBool>| {
        let db = db.clone();
        async move {
            db.run(move |_| {
                begun.store(true, Ordering::SeqCst);
                Ok::<_, DatabaseError>(())
            })
            .await
        }
    };
    let asked = tokio::time::timeout(Duration::from_millis(100), work(begun.clone()));
    assert!(asked.await.is_err(), "it hung up while it waited");
    let patient = tokio::spawn(work(Arc::default()));
    drop(end);
    first.await.unwrap().unwrap();
    patient.await.unwrap().unwrap();
    assert!(!begun.load(Ordering::SeqCst));
}

/// Z12: a request that waits too long gets `503`, without use of the database.
#[tokio::test]
async fn whoever_waits_too_long_for_their_turn_is_told_to_come_back() {
    let database = TestDatabase::create();
    let db = Database::connect(&DatabaseUrl::parse(&database.url).unwrap(), 1).unwrap();
    let (end, until) = std::sync::mpsc::channel::<()>();
    let first = tokio::spawn({
        let db = db.clone();
        async move {
            db.run(move |_| {
                let _ = until.recv();
                Ok::<_, DatabaseError>(())
            })
            .await
        }
    });
    tokio::task::yield_now().await;
    let late = in_the_end(db.run(|_| Ok::<_, DatabaseError>(()))).await;
    assert!(late.unwrap_err().is_unavailable());
    drop(end);
    first.await.unwrap().unwrap();
}

/// Z11: our deadlines apply unless others are set.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_service_sets_deadlines_at_postgresql_and_the_operators_win() {
    use diesel::sql_types::Text;
    let database = TestDatabase::create();
    if !database.is_postgres() {
        return;
    }
    let spans = |url: &str| {
        let db = Database::connect_for_service(&DatabaseUrl::parse(url).unwrap(), 1).unwrap();
        ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"].map(|name| {
            let ask = diesel::select(diesel::dsl::sql::<Text>(&format!("current_setting('{name}')")));
            db.run_blocking(|conn| ask.get_result::<String>(conn).map_err(DatabaseError::from)).unwrap()
        })
    };
    assert_eq!(spans(&database.url), ["4s", "3s", "10s"]);
    let own = format!("{}?options=-c%20statement_timeout%3D90s", database.url);
    assert_eq!(spans(&own), ["90s", "3s", "10s"]);
}
