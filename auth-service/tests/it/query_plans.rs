//! The cost of a renewal and of the purge does not grow with the tables: S9, by the databases' own
//! query plans.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_service::audit::AuditEvent;
use auth_service::db::AnyConnection;
use auth_service::db::types::Timestamp;
use auth_service::outbox::{Delivery, DeliveryKind};
use auth_service::proofs::{Proof, ProofKeys, Purpose};
use auth_service::sessions::{RefreshKey, RefreshToken, Renewal, Session};
use auth_service::users::{Email, User};
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;

use super::audit_page::many_renewals;
use super::million_rows::fill;
use crate::support::{Explained, PASSWORD, TestApp, Trail, asked, explained};

/// Words in plans that read or sort a whole table.
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

/// Enough rows that PostgreSQL does not choose a full scan.
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

/// Renews. Returns the new token, or the refused one.
pub fn renew(app: &TestApp, conn: &mut AnyConnection, token: &str) -> String {
    let key = RefreshKey::new(&app.config.secret_key, None);
    let (shown, limits) = (RefreshToken::parse(token).unwrap(), app.config.session_limits);
    match Session::renew(conn, &key, &shown, &app.operator(), limits).unwrap() {
        Renewal::Renewed(current) => key.token_for(&current.session),
        Renewal::Over | Renewal::Inactive | Renewal::Reused => token.to_owned(),
    }
}

/// The name of the primary key's index, by database.
fn primary(app: &TestApp, table: &str) -> String {
    if app.database.is_postgres() { format!("{table}_pkey") } else { format!("sqlite_autoindex_{table}_1") }
}

/// S9: the first renewal, one in the grace period, one after a lost response, and reuse.
#[tokio::test]
async fn a_renewal_finds_its_rows_by_index_whatever_comes_of_it() {
    let (app, token) = filled().await;
    let (sessions, users) = (primary(&app, "sessions"), primary(&app, "users"));
    let repeats = "audit_events_by_repeat".to_owned();
    let app = Arc::new(app);
    // The first token, again at once and again later; then its successor; and at last the first one
    // again.
    let mut tokens = vec![token.clone(), token.clone(), token.clone()];
    let events = ["renewal", "renewal_grace", "renewal_repeated", "renewal", "refresh_reuse"];
    for (n, event) in events.into_iter().enumerate() {
        app.wait(Duration::from_secs(if event == "renewal_grace" { 0 } else { 31 }));
        let (service, shown) = (app.clone(), tokens.get(n).unwrap_or(&token).clone());
        let given = Arc::new(Mutex::new(String::new()));
        let gives = given.clone();
        let work = move |conn: &mut AnyConnection| *gives.lock().unwrap() = renew(&service, conn, &shown);
        let mut trail = Trail::of(&app).await;
        let seen = app.sql(move |conn| Ok(explained(conn, work))).await;
        assert_eq!(trail.kinds().await, [event], "{n}");
        if event == "renewal_repeated" {
            tokens.push(given.lock().unwrap().clone());
        }
        let mut indexes = vec![("FROM users", &users), ("FROM sessions", &sessions)];
        if event == "renewal_grace" {
            indexes.push(("UPDATE audit_events", &repeats));
        } else {
            indexes.push(("UPDATE sessions", &sessions));
        }
        assert_quick(&seen, &indexes);
        // SQLite compiles a statement with a bound LIMIT again each time that it runs.
        assert!(seen.iter().all(|explained| !explained.sql.contains("LIMIT")), "{seen:#?}");
    }
}

/// S9: each round trip to the server is most of what a renewal costs.
#[tokio::test]
async fn an_ordinary_renewal_asks_postgresql_twice() {
    let app = TestApp::start().await;
    if !app.database.is_postgres() {
        return;
    }
    app.user("ada@example.org", PASSWORD).await;
    let first = app.person().obtain("ada@example.org", PASSWORD).await.1;
    let app = Arc::new(app);
    let service = app.clone();
    let (statements, prepared) = app
        .sql(move |conn| {
            let work = |conn: &mut _| assert_ne!(renew(&service, conn, &first), first, "it is rotated");
            let statements = asked(conn, work);
            // What is not kept prepared is a round trip more, and planned anew each time.
            let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(
                "(SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'WITH locked%')",
            );
            let prepared: i64 = diesel::select(count).get_result(conn)?;
            Ok((statements, prepared))
        })
        .await;
    let [look, rotation] = &statements[..] else { panic!("{statements:#?}") };
    assert!(look.starts_with("SELECT") && rotation.starts_with("WITH"), "{statements:#?}");
    assert_eq!(prepared, 1);
}

/// S9
#[tokio::test]
async fn the_purge_finds_what_is_past_its_time_by_index() {
    let (app, _) = filled().await;
    // Late enough that there are expired rows.
    let cutoff = app.clock.now() + Duration::from_secs(100 * 86_400);
    let statements = app
        .sql(move |conn| {
            Ok(explained(conn, |conn| {
                assert_eq!(Session::purge(conn, cutoff, 5), Ok(5));
                assert_eq!(AuditEvent::purge(conn, cutoff, 5), Ok(5));
            }))
        })
        .await;
    let (sessions, events) = (primary(&app, "sessions"), primary(&app, "audit_events"));
    assert_quick(
        &statements,
        &[
            ("SELECT sessions", &"sessions_by_day".to_owned()),
            ("DELETE FROM sessions", &sessions),
            ("SELECT audit_events", &"audit_events_by_time".to_owned()),
            ("DELETE FROM audit_events", &events),
        ],
    );
}

/// S6: the query of a login about the person's other sessions.
#[tokio::test]
async fn a_persons_own_sessions_are_found_by_index() {
    let (app, token) = filled().await;
    let user = app.session(RefreshToken::parse(&token).unwrap().session).await.user_id;
    let now = app.clock.now();
    let statements = app
        .sql(move |conn| Ok(explained(conn, |conn| Session::active_for_user(conn, user, now).unwrap())))
        .await;
    let plan = statements[0].plan.join("\n");
    assert!(
        plan.contains("sessions_of_user") && !plan.contains("SCAN") && !plan.contains("Seq Scan"),
        "{plan}"
    );
}

/// E9: the account whose hash an unknown address borrows, also for a position after the last row.
#[tokio::test]
async fn the_dummy_hash_is_found_by_index() {
    let (app, _) = filled().await;
    let statements = app
        .sql(|conn| {
            Ok(explained(conn, |conn| assert!(User::hash_at(conn, "fffffffffffg").unwrap().is_some())))
        })
        .await;
    assert_quick(&statements, &[("FROM users", &"users_by_end_of_id".to_owned())]);
}

/// V9: each instance looks for letters every other second, whatever was sent in the last week.
#[tokio::test]
async fn letters_are_found_by_index_however_many_were_sent() {
    let app = TestApp::start().await;
    let now = app.clock.now();
    app.sql(move |conn| conn.batch_execute(&many_letters(conn, now))).await;
    app.sql(|conn| conn.batch_execute("ANALYZE")).await;
    let context = app.service();
    let statements = app
        .sql(move |conn| {
            Ok(explained(conn, |conn| {
                assert_eq!(Delivery::is_any_due(conn, DeliveryKind::Letter, now), Ok(true));
                assert_eq!(Delivery::claim(conn, DeliveryKind::Letter, 4, &context).unwrap().len(), 4);
                assert_eq!(Delivery::purge(conn, now, 5), Ok(5));
            }))
        })
        .await;
    let (due, settled) = ("deliveries_due".to_owned(), "deliveries_settled".to_owned());
    let rows = primary(&app, "deliveries");
    assert_quick(
        &statements,
        &[
            ("SELECT deliveries.id FROM deliveries WHERE ((state", &due),
            ("SELECT deliveries.id, deliveries.kind", &due),
            ("UPDATE deliveries", &rows),
            ("SELECT deliveries.id FROM deliveries WHERE (deliveries.settled_at", &settled),
            ("DELETE FROM deliveries", &rows),
        ],
    );
}

/// Each registration asks whether the address is kept for somebody.
#[tokio::test]
async fn a_kept_address_is_found_by_index() {
    let app = TestApp::start().await;
    let keys = ProofKeys::new(&app.config.secret_key, None);
    let (context, now) = (app.service(), app.clock.now());
    let purpose = Purpose { name: "undo_something", link_life: Duration::from_secs(3600) };
    app.sql(move |conn| {
        for n in 0..3000 {
            let address = format!("ada{n}@example.org");
            Proof::issue_beside(conn, &purpose, (None, Some(&address)), &keys, &context)?;
        }
        conn.batch_execute("ANALYZE")
    })
    .await;
    let ada = Email::parse("ada7@example.org").unwrap();
    let look = move |conn: &mut _| {
        Ok(explained(conn, |conn| assert_eq!(Proof::keeper_of(conn, &ada, now), Ok(None))))
    };
    assert_quick(&app.sql(look).await, &[("SELECT proofs.user_id", &"proofs_by_detail".to_owned())]);
}

/// 20,000 letters that were sent and a hundred that wait.
fn many_letters(conn: &AnyConnection, now: Timestamp) -> String {
    let past = (now - Duration::from_secs(60)).rfc3339();
    let (id, numbers, past, nothing) = match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => (
            "printf('%08d-0000-0000-0000-000000000000', i)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)",
            format!("'{past}'"),
            "x''",
        ),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => (
            "(lpad(i::text, 8, '0') || '-0000-0000-0000-000000000000')::uuid",
            "WITH n AS (SELECT generate_series(1, 20000) AS i)",
            format!("'{past}'::timestamptz"),
            "''::bytea",
        ),
    };
    format!(
        "{numbers} INSERT INTO deliveries (id, kind, topic, recipient, payload, created_at, due_at, attempts, state, settled_at)
         SELECT {id}, 'letter', 'mail/test', 'a@example.org', {nothing}, {past}, {past}, 1,
             CASE WHEN i % 200 = 0 THEN 'waiting' ELSE 'sent' END,
             CASE WHEN i % 200 = 0 THEN NULL ELSE {past} END FROM n"
    )
}
