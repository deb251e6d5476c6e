//! `auth-service cleanup`: S9 in the foreground.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_service::audit::{AuditEvent, EventKind};
use auth_service::db::schema::sessions;
use auth_service::sessions::{Amr, AuthMethod, Session};
use auth_service::users::User;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use tokio::task::JoinSet;

use super::commands::{Ended, Program, folder};
use crate::support::{PASSWORD, TestApp};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

fn cleanup(url: &str, arguments: &[&str]) -> Ended {
    Program::new(&[&["cleanup"], arguments].concat()).set("DATABASE_URL", url).run()
}

#[track_caller]
fn done(ended: Ended) -> Vec<String> {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out.lines().map(str::to_owned).collect()
}

/// Adds sessions of ada that expired two days ago, events of a hundred days ago, and one of this
/// morning. Without recent events the clock would be doubted.
async fn add_old(app: &TestApp, count: usize) {
    let (limits, now) = (app.config.session_limits, app.clock.now());
    let (operator, service) = (app.operator(), app.service());
    let end = now - 2 * DAY;
    app.sql(move |conn| {
        conn.write(|conn| {
            let ada = User::list_after(conn, "", 1)?.remove(0).id;
            for _ in 0..count {
                let session =
                    Session::begin(conn, ada, &Amr::from([AuthMethod::Password]), &operator.at(now), limits)?;
                let row = diesel::update(sessions::table.find(session.id));
                row.set((sessions::idle_until.eq(end), sessions::idle_day.eq(end.day()))).execute(conn)?;
                AuditEvent::new(EventKind::Renewal, &service.at(now - 100 * DAY)).record(conn)?;
            }
            AuditEvent::new(EventKind::Renewal, &service.at(now - 2 * HOUR)).record(conn)
        })
    })
    .await;
}

/// Z13: after a long time without events, the clock may be wrong. So the deletion needs the
/// operator's confirmation.
#[tokio::test]
async fn where_the_clock_may_be_wrong_it_wants_to_be_told_that_it_is_right() {
    let app = TestApp::start().await;
    let past = app.service().at(app.clock.now() - 100 * DAY);
    app.sql(move |conn| AuditEvent::new(EventKind::Renewal, &past).record(conn)).await;
    // A login at a wrong time does not show that the clock is right.
    app.user("ada@example.org", PASSWORD).await;
    app.person().log_in("ada@example.org", PASSWORD).await;
    let before = app.how_many().await;
    let url = &app.database.url;
    cleanup(url, &[]).assert_says(1, "the clock says that it is ");
    assert!(cleanup(url, &[]).err.contains("--clock-is-right"));
    Program::new(&["keys", "rotate"])
        .set("DATABASE_URL", url)
        .run()
        .assert_says(1, "the clock says that it is ");
    assert_eq!(app.how_many().await, before);
    assert!(done(cleanup(url, &["--dry-run"]))[1].starts_with("events: 1 from before "));
    assert!(done(cleanup(url, &["--clock-is-right"]))[1].starts_with("events: 1 from before "));
}

/// Several batches, while people renew.
#[tokio::test]
async fn beside_a_busy_service_it_takes_away_what_is_past_its_time_and_nothing_else() {
    let app = Arc::new(TestApp::start().await);
    app.user("ada@example.org", PASSWORD).await;
    add_old(&app, 1_200).await;
    let before = app.how_many().await;
    let dry = done(cleanup(&app.database.url, &["--dry-run"]));
    assert!(dry[0].starts_with("sessions: 1200 that ran out before "), "{dry:?}");
    assert!(dry[1].starts_with("events: 1200 from before ") && dry[1].ends_with(" would be taken away"));
    assert_eq!(app.how_many().await, before);

    let stop = Arc::new(AtomicBool::new(false));
    let mut people = JoinSet::new();
    for _ in 0..4 {
        let (person, stop) = (app.person(), stop.clone());
        person.log_in("ada@example.org", PASSWORD).await;
        people.spawn(async move {
            let mut renewals = 0;
            while !stop.load(Ordering::SeqCst) || renewals == 0 {
                let reply = person.get("/login").await;
                assert_eq!(reply.status, 303, "{}", reply.text);
                renewals += 1;
            }
            person.is_logged_in().await
        });
    }
    let url = app.database.url.clone();
    let said = tokio::task::spawn_blocking(move || done(cleanup(&url, &[]))).await.unwrap();
    stop.store(true, Ordering::SeqCst);
    assert!(people.join_all().await.into_iter().all(|is_logged_in| is_logged_in));
    assert!(said[0].starts_with("sessions: 1200 ") && said[1].starts_with("events: 1200 "), "{said:?}");
    assert!(said.iter().all(|line| line.ends_with(" taken away")) && said.len() == 4, "{said:?}");
    assert_eq!(app.how_many().await.0, 4);
    let oldest = app.clock.now() - 2 * DAY;
    assert!(app.trail().await.iter().all(|row| oldest < row.at));
    let again = done(cleanup(&app.database.url, &[]));
    assert!(again[0].starts_with("sessions: 0 ") && again[1].starts_with("events: 0 "), "{again:?}");
}

#[tokio::test]
async fn the_settings_say_how_long_events_are_kept() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    add_old(&app, 3).await;
    let longer = done(cleanup(&app.database.url, &["--audit-retention", "101d"]));
    assert!(longer[1].starts_with("events: 0 "), "{longer:?}");
    cleanup(&app.database.url, &["--audit-retention", "1s"])
        .assert_says(2, "AUDIT_RETENTION: must be between 1d and 3650d");
}

#[tokio::test]
async fn space_is_given_back_only_when_asked() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    add_old(&app, 1_500).await;
    let url = app.database.url.clone();
    let Some(file) = app.database.file() else {
        cleanup(&url, &["--vacuum"])
            .assert_says(2, "--vacuum is for SQLite; PostgreSQL uses the space again");
        return;
    };
    let log = file.with_extension("db-wal");
    let size = || file.metadata().unwrap().len() + log.metadata().map_or(0, |log| log.len());
    done(cleanup(&url, &[]));
    let before = size();
    let said = done(cleanup(&url, &["--vacuum"]));
    assert!(size() < before / 2, "{before} {}", size());
    assert_eq!(said[4], format!("file: {before} bytes before, {} bytes now", size()));
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, 303);
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let (_folder, url) = folder();
    cleanup(&url, &[]).assert_says(1, "there is no database yet at sqlite:");
    cleanup("sqlite:/nonexistent/folder/auth.db", &[]).assert_says(1, "there is no database yet");
    assert_eq!(cleanup(&url, &["--dry-run", "--vacuum"]).code, 2);
}
