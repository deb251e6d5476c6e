//! The events on the security page.

use std::time::Duration;

use auth_service::audit::{AuditEvent, EventKind};
use auth_service::config::ServeFlags;
use auth_service::db::AnyConnection;
use auth_service::db::types::Timestamp;
use auth_service::users::User;

use super::session_list::{FIREFOX, PATH as SESSIONS, SAFARI, browser, desk_and_phone, end};
use crate::support::{Explained, PASSWORD, Person, Reply, TestApp, Tweaks, explained};

const PATH: &str = "/account/security";

/// The lines of the list, from top to bottom: the event and its origin.
fn happened(page: &Reply) -> Vec<(String, String)> {
    let list = page.text.split("<ol class=\"events\">").nth(1).expect("a list");
    let entries = list.split("</ol>").next().unwrap().split("<li").skip(1);
    entries
        .map(|entry| {
            let between = |from: &str, to: &str| {
                entry.split(from).nth(1).map(|rest| rest.split(to).next().unwrap().to_owned())
            };
            (between("<strong>", "</strong>").unwrap(), between("<bdi>", "</bdi>").unwrap_or_default())
        })
        .collect()
}

fn words(page: &Reply) -> Vec<String> {
    happened(page).into_iter().map(|(what, _)| what).collect()
}

/// S3, L2
#[tokio::test]
async fn ones_own_events_are_told_in_words_with_device_and_address() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let ada = app.session_of(&desk).await.user_id;
    app.person().using(SAFARI).log_in("ada@example.org", "not her password").await;
    app.sql(move |conn| User::set_active(conn, ada, false)).await;
    app.person().using(FIREFOX).log_in("ada@example.org", PASSWORD).await;
    app.sql(move |conn| User::set_active(conn, ada, true)).await;
    let thief = phone.copy();
    // The second renewal shows that the first response arrived. Only then can the copied token be
    // nothing but a thief's.
    for _ in 0..2 {
        phone.get("/login").await;
        app.wait(Duration::from_secs(31));
    }
    thief.using("curl/8.5.0").get("/login").await;
    let tablet = browser(&app, "ada@example.org", SAFARI).await;
    end(&desk, &tablet.session_id().to_string()).await;
    app.wait(Duration::from_secs(601));
    desk.fill_in(SESSIONS, &[("end", "others"), ("password", "not her password")]).await;
    let page = desk.get(PATH).await;
    let (firefox, safari) = ("Firefox on Windows, 127.0.0.1", "Safari on iPhone, 127.0.0.1");
    let expected = [
        ("Wrong password, where it was asked for again", firefox),
        ("Logged out of another browser", firefox),
        ("Logged in", safari),
        ("A copy of a login was used; that login was ended", "curl, 127.0.0.1"),
        ("Login refused: the account was inactive", firefox),
        ("Login failed: wrong password", safari),
        ("Logged in", safari),
        ("Logged in", firefox),
        ("Account created", ""),
    ];
    let expected: Vec<_> = expected.map(|(what, from)| (what.to_owned(), from.to_owned())).into();
    assert_eq!(happened(&page), expected);
    // The newest first, each with its time.
    assert!(page.text.matches("UTC").count() >= expected.len());
    assert_eq!(page.text.matches("event-alarming").count(), 4);
}

/// L2: the operator's actions have no address.
#[tokio::test]
async fn the_operators_events_are_told_too() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id.uuid();
    let now = app.clock.now();
    let operator = app.operator();
    app.sql(move |conn| {
        for (n, (event, detail)) in [
            (EventKind::PasswordChanged, "2 session(s) ended"),
            (EventKind::Deactivated, "0 session(s) ended"),
            (EventKind::Activated, ""),
            (EventKind::SessionEnded, "ended_by_operator"),
            (EventKind::SessionEnded, "too_many"),
            (EventKind::SessionEnded, "replaced"),
            (EventKind::SessionEnded, "a reason of a later release"),
        ]
        .into_iter()
        .enumerate()
        {
            let at = now + Duration::from_millis(n as u64);
            AuditEvent::new(event, &operator.at(at)).user(ada).detail(detail).record(conn)?;
        }
        // Written by a later release, which was then rolled back.
        use diesel::RunQueryDsl;
        diesel::sql_query("UPDATE audit_events SET event = 'teleported' WHERE event = 'deactivated'")
            .execute(conn)
    })
    .await;
    app.wait(Duration::from_secs(1));
    let desk = browser(&app, "ada@example.org", FIREFOX).await;
    let expected = [
        "Logged in",
        "Oldest login ended: there were too many",
        "Logged out by the operator",
        "Account activated by the operator",
        "Password changed",
        "Account created",
    ];
    assert_eq!(words(&desk.get(PATH).await), expected);
}

/// S3: the page shows only its reader's own events.
#[tokio::test]
async fn nobody_reads_what_happened_to_somebody_else() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    app.user("bob@example.org", PASSWORD).await;
    let bob = browser(&app, "bob@example.org", "backup-script/1").await;
    app.person().using("burglar/1").log_in("ada@example.org", "not her password").await;
    app.person().using("burglar/1").log_in("nobody@example.org", "not her password").await;
    assert_eq!(words(&bob.get(PATH).await), ["Logged in", "Account created"]);
    let page = desk.get(PATH).await;
    assert!(!page.says("backup-script"));
    assert_eq!(words(&page), ["Login failed: wrong password", "Logged in", "Logged in", "Account created"]);
}

/// S3: an intruder cannot push their login out of the list by failed attempts.
#[tokio::test]
async fn wrong_passwords_do_not_push_a_login_out_of_sight() {
    let flags = ServeFlags { trusted_proxies: Some("127.0.0.1".to_owned()), ..ServeFlags::default() };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let (desk, _) = desk_and_phone(&app).await;
    let burglar = app.person().using("burglar/1");
    burglar.log_in("ada@example.org", PASSWORD).await;
    app.wait(Duration::from_secs(1));
    for host in 0..20 {
        let noise = app.person().using("noise/1").sending("x-forwarded-for", format!("192.0.2.{host}"));
        noise.log_in("ada@example.org", "not her password").await;
    }
    let page = desk.get(PATH).await;
    assert!(page.says("burglar"), "{}", page.text);
    let words = words(&page);
    assert_eq!(words.iter().filter(|word| word.starts_with("Login failed")).count(), 4);
    assert_eq!(words.iter().filter(|word| *word == "Logged in").count(), 3);
}

/// S3: nothing is shown twice or left out, also where many events happened at one moment.
#[tokio::test]
async fn older_pages_continue_where_the_newer_one_ends() {
    let app = TestApp::start().await;
    let desk = adas_desk(&app).await;
    let (ada, now, operator) = (app.session_of(&desk).await.user_id.uuid(), app.clock.now(), app.operator());
    app.sql(move |conn| {
        for n in 0..40_u64 {
            let ten_at_each_moment = operator.at(now + Duration::from_secs(1 + n / 10));
            AuditEvent::new(EventKind::RolesChanged, &ten_at_each_moment).user(ada).record(conn)?;
        }
        Ok(())
    })
    .await;
    app.wait(Duration::from_secs(60));
    let (mut all, mut path, mut pages) = (Vec::new(), Some(PATH.to_owned()), 0);
    while let Some(here) = path {
        let page = desk.get(&here).await;
        all.extend(words(&page));
        pages += 1;
        assert!(pages < 10, "the pages end");
        let next = page.text.split("href=\"/account/security?before=").nth(1);
        path = next.map(|rest| format!("{PATH}?before={}", rest.split('"').next().unwrap()));
    }
    assert_eq!(pages, 3, "{all:?}");
    assert_eq!(all.iter().filter(|what| *what == "Roles changed by the operator").count(), 40);
    assert_eq!(&all[40..], ["Logged in", "Account created"]);
    for nonsense in ["x", "-1", "99999999999999999999", "9223372036854775807", ""] {
        let first = desk.get(&format!("{PATH}?before={nonsense}")).await;
        assert!(first.status == 200 && first.says("Recent activity"), "{nonsense}: {}", first.text);
    }
}

async fn adas_desk(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    browser(app, "ada@example.org", FIREFOX).await
}

/// S3
#[tokio::test]
async fn the_page_is_its_readers_alone_and_says_when_their_password_was_changed() {
    let app = TestApp::start().await;
    let login = "https://auth.example.org/login?next=https%3A%2F%2Fauth.example.org%2Faccount%2Fsecurity";
    assert_eq!(app.person().get(PATH).await.location(), login);
    let desk = adas_desk(&app).await;
    assert!(!desk.get(PATH).await.says("Changed <time"));
    let (ada, now, operator) = (app.session_of(&desk).await.user_id.uuid(), app.clock.now(), app.operator());
    app.sql(move |conn| {
        AuditEvent::new(EventKind::PasswordChanged, &operator.at(now)).user(ada).record(conn)
    })
    .await;
    assert!(desk.get(PATH).await.says("Changed <time"));
}

/// Adds many renewals of `user` to the trail directly.
pub fn many_renewals(conn: &mut AnyConnection, user: uuid::Uuid, now: Timestamp) -> diesel::QueryResult<()> {
    use diesel::connection::SimpleConnection;
    let (at, user) = (now.rfc3339(), user.to_string());
    let sql = match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
             INSERT INTO audit_events (id, at, event, actor, user_id) \
             SELECT printf('00000000-0000-7000-8000-%012d', i), '{at}', \
                    CASE i % 2 WHEN 0 THEN 'renewal' ELSE 'renewal_grace' END, 'person', '{user}' FROM n; ANALYZE"
        ),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => format!(
            "INSERT INTO audit_events (id, at, event, actor, user_id) \
             SELECT gen_random_uuid(), '{at}', CASE i % 2 WHEN 0 THEN 'renewal' ELSE 'renewal_grace' END, \
                    'person', '{user}' FROM generate_series(1, 20000) AS i; ANALYZE audit_events"
        ),
    };
    conn.batch_execute(&sql)
}

/// S9: after a day of renewals the login is still in the list, and the page does not read more
/// rows.
#[tokio::test]
async fn renewals_push_nothing_out_and_are_not_even_read() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    let ada = app.session_of(&desk).await.user_id.uuid();
    let before = words(&desk.get(PATH).await);
    app.wait(Duration::from_secs(60));
    let now = app.clock.now();
    app.sql(move |conn| many_renewals(conn, ada, now)).await;
    assert_eq!(words(&desk.get(PATH).await), before);

    let shown = [EventKind::Login, EventKind::LoginRefused, EventKind::SessionEnded];
    let statements: Vec<Explained> = app
        .sql(move |conn| Ok(explained(conn, |conn| AuditEvent::latest_of(conn, ada, &shown, 12).unwrap())))
        .await;
    assert!(!statements.is_empty());
    for Explained { sql, plan } in statements {
        let plan = plan.join("\n");
        assert!(plan.contains("audit_events_of_user"), "{sql}\n{plan}");
        for slow in ["SCAN", "Seq Scan", "Sort", "TEMP B-TREE", "audit_events_by_time"] {
            assert!(!plan.contains(slow), "{sql}\n{plan}");
        }
    }
}
