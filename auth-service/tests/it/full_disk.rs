//! A database that can be read but not written: `/readyz` reports it, it is no internal error, and
//! people can still leave.

use std::process::Command;
use std::time::Duration;

use auth_service::db::AnyConnection;
use diesel::connection::SimpleConnection;
use reqwest::StatusCode;

use super::commands::{Program, Serving, folder};
use crate::support::{PASSWORD, Person, REFRESH, TestApp};

/// Every write is refused, with each database's own error.
async fn fill(app: &TestApp) {
    app.sql(|conn| {
        for table in ["sessions", "audit_events", "users", "write_probes"] {
            for what in ["INSERT", "UPDATE"] {
                let name = format!("full_{table}_{what}");
                let sql = match conn {
                    #[cfg(feature = "sqlite")]
                    AnyConnection::Sqlite(_) => format!(
                        "CREATE TRIGGER {name} BEFORE {what} ON {table} \
                         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
                    ),
                    #[cfg(feature = "postgres")]
                    AnyConnection::Postgres(_) => format!(
                        "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \
                         'could not extend file \"base/5/1259\": No space left on device' USING ERRCODE = '53100'; END $$; \
                         CREATE TRIGGER {name} BEFORE {what} ON {table} EXECUTE FUNCTION full_disk()"
                    ),
                };
                conn.batch_execute(&sql)?;
            }
        }
        Ok(())
    })
    .await;
}

async fn empty(app: &TestApp) {
    app.sql(|conn| {
        for table in ["sessions", "audit_events", "users", "write_probes"] {
            for what in ["INSERT", "UPDATE"] {
                let on =
                    if matches!(app_is(conn), "postgres") { format!(" ON {table}") } else { String::new() };
                conn.batch_execute(&format!("DROP TRIGGER full_{table}_{what}{on}"))?;
            }
        }
        Ok(())
    })
    .await;
}

fn app_is(conn: &AnyConnection) -> &'static str {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => "sqlite",
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => "postgres",
    }
}

/// The result of the check is cached for a second.
async fn ready(person: &Person) -> StatusCode {
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let reply = person.get("/readyz").await;
    let text = if reply.status.is_success() { "ready\n" } else { "not ready\n" };
    assert_eq!(reply.text, text, "it tells nothing");
    reply.status
}

/// Z20, Z21
#[tokio::test]
async fn a_full_disk_is_told_by_readyz_and_is_no_bug_to_the_outside() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (ada, eve) = (app.person(), app.person());
    ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(ready(&ada).await, StatusCode::OK);
    fill(&app).await;
    assert_eq!(ready(&ada).await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(app.log().contains("the database cannot be written"));
    for (what, reply) in [
        ("POST /login", eve.log_in("ada@example.org", PASSWORD).await),
        ("POST /login", eve.log_in("ada@example.org", "not her password").await),
        ("POST /register", eve.register("eve@example.org", PASSWORD).await),
        ("GET /login", ada.get("/login").await),
    ] {
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", reply.text);
        assert_eq!(reply.header("retry-after"), Some("5"), "{what}");
        assert!(!reply.text.contains("full") && !reply.text.contains("space"), "{what}: {}", reply.text);
        assert!(reply.cookies().iter().all(|cookie| cookie.max_age() > 0), "{what} takes no cookie away");
    }
    assert_eq!(ada.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(ada.get("/").await.status, StatusCode::OK, "what only reads goes on");
    empty(&app).await;
    assert_eq!(ready(&ada).await, StatusCode::OK, "it recovers by itself");
    assert!(eve.log_in("ada@example.org", PASSWORD).await.status == StatusCode::SEE_OTHER);
}

/// Z22: a logout is not confirmed unless it was stored, but the browser's cookies are deleted
/// anyway.
#[tokio::test]
async fn a_logout_that_cannot_be_written_takes_the_cookies_and_says_what_that_is_worth() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let copy = ada.copy();
    fill(&app).await;
    let out = ada.log_out().await;
    assert_eq!(out.status, StatusCode::SERVICE_UNAVAILABLE, "{}", out.text);
    assert_eq!(out.header("retry-after"), Some("5"));
    for name in ["__Secure-sso_access", REFRESH, "__Secure-sso_hint"] {
        assert_eq!(out.cookie(name).map(|cookie| cookie.max_age()), Some(0), "{name}");
    }
    assert!(out.says("Logged out in this browser") && !out.says("You are now logged out"), "{}", out.text);
    assert!(out.says("until ") && out.says("UTC at the latest"), "{}", out.text);
    assert!(app.log().contains("a session could not be ended"));
    assert!(!ada.is_logged_in().await);
    empty(&app).await;
    assert!(copy.is_logged_in().await, "it was said that a copy lives on");
    assert_eq!(copy.log_out().await.status, StatusCode::SEE_OTHER);
}

/// Z22: the same on the session list, with or without the password being asked for.
#[tokio::test]
async fn leaving_from_the_list_of_logins_takes_the_cookies_when_nothing_can_be_written() {
    for (is_all, is_proof_old) in [(false, false), (true, false), (true, true)] {
        let app = TestApp::start().await;
        app.user("ada@example.org", PASSWORD).await;
        let (ada, elsewhere) = (app.person(), app.person());
        ada.log_in("ada@example.org", PASSWORD).await;
        elsewhere.log_in("ada@example.org", PASSWORD).await;
        if is_proof_old {
            app.wait(Duration::from_secs(11 * 60));
        }
        let list = ada.get("/account/sessions").await;
        let (token, this) = (list.field("csrf_token").unwrap(), ada.session_id().to_string());
        fill(&app).await;
        let end = if is_all { "all".to_owned() } else { this };
        let fields = [("end", end.as_str()), ("password", PASSWORD), ("csrf_token", token.as_str())];
        let out = ada.post("/account/sessions", &fields).await;
        let what = format!("all: {is_all}, old proof: {is_proof_old}: {}", out.text);
        assert_eq!(out.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
        assert_eq!(out.header("retry-after"), Some("5"), "{what}");
        for name in ["__Secure-sso_access", REFRESH, "__Secure-sso_hint"] {
            assert_eq!(out.cookie(name).map(|cookie| cookie.max_age()), Some(0), "{name}: {what}");
        }
        assert!(out.says("Logged out in this browser") && out.says("UTC at the latest"), "{what}");
        assert_eq!(out.says("Your other logins are not ended either"), is_all, "{what}");
        assert!(out.header("clear-site-data").is_some(), "{what}");
        assert!(!ada.is_logged_in().await && elsewhere.is_logged_in().await, "{what}");
    }
}

/// Z22: ending only other sessions keeps the browser logged in.
#[tokio::test]
async fn ending_other_logins_takes_no_cookie_when_nothing_can_be_written() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let token = ada.get("/account/sessions").await.field("csrf_token").unwrap();
    fill(&app).await;
    let fields = [("end", "others"), ("password", PASSWORD), ("csrf_token", token.as_str())];
    let refused = ada.post("/account/sessions", &fields).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.cookies().iter().all(|cookie| cookie.max_age() > 0) && ada.is_logged_in().await);
}

/// Z20, Z21, with a real limit: no file of the process may grow. It recovers when there is room
/// again.
#[cfg(target_os = "linux")]
#[test]
fn a_process_whose_files_cannot_grow_says_so_and_recovers() {
    let (_folder, url) = folder();
    let create =
        Program::new(&["users", "create", "ada@example.org", "--password-stdin"]).set("DATABASE_URL", &url);
    assert_eq!(create.run_with(PASSWORD).code, 0);
    // A write beyond the limit must be an error, and not end the process.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\""]).arg(env!("CARGO_BIN_EXE_auth-service")).env_clear();
    let service = Serving::start(Program(shell).set_all(&url));
    let limit = |bytes: &str| {
        let pid = service.id().to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status();
        assert!(set.expect("prlimit is part of util-linux").success());
    };
    let status = |path: &str| {
        std::thread::sleep(Duration::from_millis(1100));
        service.get(path).split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status("/readyz"), "200");
    limit("4096");
    assert_eq!(
        (status("/readyz"), status("/healthz"), status("/login")),
        ("503".into(), "200".into(), "200".into())
    );
    limit("unlimited");
    assert_eq!(status("/readyz"), "200");
}
