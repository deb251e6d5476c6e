//! Unavailable database: the response says that the service cannot answer, and not why.

use std::sync::mpsc;
use std::time::Duration;

use diesel::RunQueryDsl;
use reqwest::StatusCode;

use crate::support::{PASSWORD, Reply, TestApp};

fn assert_busy(reply: &Reply, what: &str) {
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", reply.text);
    assert_eq!(reply.header("retry-after"), Some("5"), "{what}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{what}");
    assert!(reply.header("content-security-policy").is_some(), "{what}");
    assert!(reply.says("We cannot answer right now"), "{what}: {}", reply.text);
    assert_tells_nothing(reply, what);
    assert!(reply.cookies().iter().all(|cookie| cookie.max_age() > 0), "{what} takes no cookie away");
}

fn assert_tells_nothing(reply: &Reply, what: &str) {
    let text = reply.text.to_ascii_lowercase();
    for inside in
        ["sqlite", "postgres", "diesel", "locked", "table", "users", "sessions", "connection", "127.0.0.1"]
    {
        assert!(!text.contains(inside), "{what} tells about {inside}: {}", reply.text);
    }
}

/// T7, contract: a login that cannot be stored does not happen. On SQLite another process holds the
/// write lock for longer than the service waits. On PostgreSQL the database is dropped.
#[tokio::test]
async fn a_login_without_the_database_is_refused_with_a_time_to_come_back() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (ada, eve) = (app.person(), app.person());
    eve.log_in("ada@example.org", PASSWORD).await;
    let form = ada.get("/login").await;
    let gone = Gone::begin(&app);
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let (login, renewal) =
        tokio::join!(ada.fill_in_on(&form, "/login", &fields), eve.get("/login?next=/logout"));
    assert_busy(&login, "POST /login");
    assert_busy(&renewal, "GET /login");
    assert_eq!(ada.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(ada.get("/.well-known/jwks.json").await.status, StatusCode::OK);
    assert_eq!(ada.get("/login").await.status, StatusCode::OK, "a stranger's form needs no database");
    if app.database.is_postgres() {
        assert_busy(&eve.get("/").await, "GET /");
        assert_eq!(ada.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        return;
    }
    drop(gone);
    assert_eq!(ada.fill_in("/login", &fields).await.status, StatusCode::SEE_OTHER, "it recovers by itself");
    assert!(eve.is_logged_in().await, "the renewal that failed took nothing away");
}

/// The server ends every connection, as it does when it restarts. The pool notices without asking
/// it, and opens others.
#[tokio::test]
async fn connections_that_postgresql_ended_are_replaced_before_a_request_meets_one() {
    let app = TestApp::start().await;
    if !app.database.is_postgres() {
        return;
    }
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    for _ in 0..3 {
        let (home, form, sessions) =
            tokio::join!(ada.get("/"), ada.get("/login"), ada.get("/account/sessions"));
        assert!([home, form, sessions].iter().all(|reply| reply.status.as_u16() < 500));
        end_connections(&app);
        let renewal = ada.get("/login?next=https://shop.example.org/").await;
        assert_eq!(renewal.status, StatusCode::SEE_OTHER, "{}", renewal.text);
    }
    assert!(ada.is_logged_in().await);
}

/// Ends the service's connections, and returns once they are gone.
fn end_connections(app: &TestApp) {
    const ENDED: &str = "SELECT count(pg_terminate_backend(pid, 10000)) AS ended FROM pg_stat_activity \
                         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        ended: i64,
    }
    let end = |conn: &mut _| {
        diesel::sql_query(ENDED).get_result::<Count>(conn).map_err(auth_service::db::DatabaseError::from)
    };
    assert!(app.database.connect().run_blocking(end).unwrap().ended > 0);
}

/// A database with invalid data: an internal error without details, and with a number that is in
/// the log.
#[tokio::test]
async fn a_damaged_database_is_an_error_without_details() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (ada, eve) = (app.person(), app.person());
    eve.log_in("ada@example.org", PASSWORD).await;
    app.sql(|conn| diesel::sql_query("DROP TABLE sessions").execute(conn)).await;
    app.sql(|conn| diesel::sql_query("ALTER TABLE users RENAME TO lost").execute(conn)).await;
    let answers = [
        ("POST /login", ada.log_in("ada@example.org", PASSWORD).await),
        ("POST /register", ada.register("new@example.org", PASSWORD).await),
        ("GET /", eve.get("/").await),
        ("GET /login", eve.get("/login").await),
        ("POST /logout", eve.log_out().await),
    ];
    for (what, reply) in answers {
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
        let says = if what == "POST /logout" { "Logged out in this browser" } else { "Something went wrong" };
        assert!(reply.says(says), "{what}: {}", reply.text);
        assert_tells_nothing(&reply, what);
        assert!(
            reply.header("content-security-policy").is_some_and(|csp| csp.contains("default-src 'none'"))
        );
        if what == "POST /logout" {
            assert!(reply.cookies().iter().any(|cookie| cookie.max_age() == 0), "whoever leaves can leave");
            continue;
        }
        assert!(reply.cookies().iter().all(|cookie| cookie.max_age() > 0), "{what} takes no cookie away");
        let number =
            reply.text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a number");
        assert!(app.log().contains(number), "{what}: the log does not know {number}");
    }
}

/// Makes the database unavailable until it is dropped.
pub struct Gone(Option<mpsc::Sender<()>>, Option<std::thread::JoinHandle<()>>);

impl Gone {
    pub fn begin(app: &TestApp) -> Self {
        if app.database.is_postgres() {
            drop_database(app);
            return Self(None, None);
        }
        let database = app.db();
        let (ready, is_ready) = mpsc::channel();
        let (end, until) = mpsc::channel::<()>();
        let holder = std::thread::spawn(move || {
            let hold =
                |conn: &mut auth_service::db::AnyConnection| -> Result<(), auth_service::db::DatabaseError> {
                    conn.write(|_| {
                        ready.send(()).unwrap();
                        let _ = until.recv_timeout(Duration::from_secs(60));
                        Ok(())
                    })
                };
            database.run_blocking(hold).unwrap();
        });
        is_ready.recv().unwrap();
        Self(Some(end), Some(holder))
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        drop(self.0.take());
        if let Some(holder) = self.1.take() {
            holder.join().unwrap();
        }
    }
}

pub fn drop_database(app: &TestApp) {
    let (server, name) = app.database.url.rsplit_once('/').unwrap();
    let admin = auth_service::db::DatabaseUrl::parse(&format!("{server}/postgres")).unwrap();
    let statement = format!("DROP DATABASE {name} WITH (FORCE)");
    auth_service::db::Database::connect(&admin, 1)
        .unwrap()
        .run_blocking(|conn| {
            diesel::sql_query(statement)
                .execute(conn)
                .map(|_| ())
                .map_err(auth_service::db::DatabaseError::from)
        })
        .unwrap();
}
