//! What a renewal and the purge cost does not grow with the tables: S9, by the databases' own plans.

use std::sync::Arc;
use std::time::Duration;

use auth_service::accounts::{RefreshKey, RefreshToken, Renewal, Session};
use auth_service::audit::{Client, Entry};
use auth_service::db::AnyConnection;
use diesel::connection::SimpleConnection;

use super::audit_page::many_renewals;
use super::million_rows::fill;
use crate::support::{Explained, PASSWORD, TestApp, explained};

/// Words of a plan that reads a whole table, or sorts.
const SLOW: [&str; 4] = ["SCAN", "Seq Scan", "Sort", "TEMP B-TREE"];

#[track_caller]
fn assert_quick(statements: &[Explained], indexes: &[(&str, &String)]) {
    for Explained { sql, plan } in statements {
        let plan = plan.join("\n");
        for slow in SLOW {
            assert!(!plan.contains(slow), "{slow}: {sql}\n{plan}");
        }
    }
    for (statement, index) in indexes {
        let found =
            statements.iter().find(|explained| explained.sql.replace(['"', '`'], "").contains(statement));
        let Explained { sql, plan } = found.unwrap_or_else(|| panic!("no {statement} in {statements:#?}"));
        assert!(plan.iter().any(|line| line.contains(*index)), "{index}: {sql}\n{plan:#?}");
    }
}

/// Enough rows that PostgreSQL does not read them all because there are few.
async fn filled() -> (TestApp, String) {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let token = app.person().obtain("ada@example.org", PASSWORD).await.1;
    let now = app.clock.now();
    app.sql(move |conn| fill(conn, 20_000, now)).await;
    app.sql(move |conn| many_renewals(conn, uuid::Uuid::nil(), now)).await;
    app.sql(|conn| conn.batch_execute("ANALYZE")).await;
    (app, token)
}

fn renew(app: &TestApp, conn: &mut AnyConnection, token: &str) -> Renewal {
    let key = RefreshKey::new(&app.config.secret_key, None);
    let (token, limits) = (RefreshToken::parse(token).unwrap(), app.config.session_limits);
    Session::renew(conn, &key, &token, &Client::operator(), limits, &app.clock.clock()).unwrap()
}

/// Which index belongs to the primary key, by database.
fn primary(app: &TestApp, table: &str) -> String {
    if app.database.is_postgres() { format!("{table}_pkey") } else { format!("sqlite_autoindex_{table}_1") }
}

/// S9: the first renewal, one within the grace, and a theft.
#[tokio::test]
async fn a_renewal_finds_its_rows_by_index_whatever_comes_of_it() {
    let (app, token) = filled().await;
    let (sessions, users) = (primary(&app, "sessions"), primary(&app, "users"));
    let app = Arc::new(app);
    let join = "FROM (sessions INNER JOIN users";
    for (pause, last) in
        [(0, (join, &users)), (0, ("FROM sessions", &sessions)), (31, ("FROM sessions", &sessions))]
    {
        app.wait(Duration::from_secs(pause));
        let (service, token) = (app.clone(), token.clone());
        let seen = app.sql(move |conn| Ok(explained(conn, |conn| renew(&service, conn, &token)))).await;
        assert_quick(&seen, &[(join, &sessions), ("UPDATE sessions", &sessions), last]);
    }
    let kinds: Vec<String> = app.trail().await.into_iter().map(|row| row.event).collect();
    for kind in ["renewal", "renewal_grace", "refresh_reuse"] {
        assert!(kinds.iter().any(|known| known == kind), "all three ways were gone: {kind}");
    }
}

/// S9
#[tokio::test]
async fn the_purge_finds_what_is_past_its_time_by_index() {
    let (app, _) = filled().await;
    // Late enough that there is something to find.
    let cutoff = app.clock.now() + Duration::from_secs(100 * 86_400);
    let statements = app
        .sql(move |conn| {
            Ok(explained(conn, |conn| {
                assert_eq!(Session::purge(conn, cutoff, 5), Ok(5));
                assert_eq!(Entry::purge(conn, cutoff, 5), Ok(5));
            }))
        })
        .await;
    let (sessions, events) = (primary(&app, "sessions"), primary(&app, "audit_events"));
    assert_quick(
        &statements,
        &[
            ("SELECT sessions", &"sessions_by_end".to_owned()),
            ("DELETE FROM sessions", &sessions),
            ("SELECT audit_events", &"audit_events_by_time".to_owned()),
            ("DELETE FROM audit_events", &events),
        ],
    );
}

/// S6: what a login asks about the person's other logins.
#[tokio::test]
async fn a_persons_own_sessions_are_found_by_index() {
    let (app, token) = filled().await;
    let user = app.session(RefreshToken::parse(&token).unwrap().session).await.user_id;
    let now = app.clock.now();
    let statements =
        app.sql(move |conn| Ok(explained(conn, |conn| Session::alive_of(conn, user, now).unwrap()))).await;
    let plan = statements[0].plan.join("\n");
    assert!(
        plan.contains("sessions_of_user") && !plan.contains("SCAN") && !plan.contains("Seq Scan"),
        "{plan}"
    );
}
