//! Maintenance deletes expired rows, and no others: S9.

use std::time::Duration;

use auth_service::audit::{AuditEvent, EventKind};
use auth_service::background_tasks;
use auth_service::config::{AuditFlags, ServeFlags};
use auth_service::db::schema::sessions;
use auth_service::db::types::Timestamp;
use auth_service::sessions::{Amr, AuthMethod, Session};
use diesel::{QueryDsl, RunQueryDsl};
use tokio::task::JoinSet;

use crate::support::{PASSWORD, TestApp, Tweaks};

const DAY: Duration = Duration::from_secs(86_400);
const MINUTE: Duration = Duration::from_secs(60);

/// Adds `count` sessions of ada that expire at `end`, and as many events at `at`.
async fn add(app: &TestApp, count: usize, end: Timestamp, at: Timestamp) {
    let (limits, now) = (app.config.session_limits, app.clock.now());
    let (operator, service) = (app.operator(), app.service());
    app.sql(move |conn| {
        conn.write(|conn| {
            let ada = auth_service::users::User::list_after(conn, "", 1)?.remove(0).id;
            for _ in 0..count {
                use diesel::ExpressionMethods;
                let session =
                    Session::begin(conn, ada, &Amr::from([AuthMethod::Password]), &operator.at(now), limits)?;
                let row = sessions::table.find(session.id);
                diesel::update(row)
                    .set((sessions::idle_until.eq(end), sessions::idle_day.eq(end.day())))
                    .execute(conn)?;
                AuditEvent::new(EventKind::Renewal, &service.at(at)).record(conn)?;
            }
            Ok(())
        })
    })
    .await;
}

/// S9: a day after they expired.
#[tokio::test]
async fn sessions_are_kept_for_a_day_after_they_ran_out() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (early, late, ended) = (app.person(), app.person(), app.person());
    let early_token = early.obtain("ada@example.org", PASSWORD).await.1;
    let ended_token = ended.obtain("ada@example.org", PASSWORD).await.1;
    ended.blacklist(&ended_token).await;
    let rounds = app.instance();
    app.wait(DAY);
    let late_token = late.obtain("ada@example.org", PASSWORD).await.1;
    // The first has expired after five days. A revoked session is deleted at the time at which it
    // would have been otherwise.
    app.wait(5 * DAY - MINUTE);
    background_tasks::run_once(&rounds).await.unwrap();
    assert_eq!(app.how_many().await.0, 3);
    early.refresh(&early_token).await.assert_problem(401, "token_not_valid");
    app.wait(2 * MINUTE);
    background_tasks::run_once(&rounds).await.unwrap();
    assert_eq!(app.how_many().await.0, 1);
    early.refresh(&early_token).await.assert_problem(401, "token_not_valid");
    late.refresh(&late_token).await.assert_problem(401, "token_not_valid");
    app.wait(DAY);
    background_tasks::run_once(&rounds).await.unwrap();
    assert_eq!(app.how_many().await.0, 0);
    assert!(app.events("refresh_reuse").await.is_empty());
}

/// S9: a session that is renewed stays, however old it is.
#[tokio::test]
async fn no_living_session_is_taken_away() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (busy, rounds) = (app.person(), app.instance());
    busy.log_in("ada@example.org", PASSWORD).await;
    for _ in 0..7 {
        app.wait(4 * DAY);
        background_tasks::run_once(&rounds).await.unwrap();
        assert_eq!(busy.get("/login").await.status, 303);
        let idle = app.person();
        idle.log_in("ada@example.org", PASSWORD).await;
    }
    background_tasks::run_once(&rounds).await.unwrap();
    assert!(busy.is_logged_in().await);
    // The idle sessions of the last six days. Earlier ones expired more than a day ago.
    assert_eq!(app.how_many().await.0, 1 + 2);
}

/// Contract, AUDIT_RETENTION: exact to the event.
#[tokio::test]
async fn events_are_kept_for_as_long_as_the_setting_says() {
    let flags =
        ServeFlags { audit: AuditFlags { audit_retention: Some("7d".to_owned()) }, ..ServeFlags::default() };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    app.user("ada@example.org", PASSWORD).await;
    let (ada, rounds) = (app.person(), app.instance());
    ada.log_in("ada@example.org", PASSWORD).await;
    app.wait(3 * DAY);
    ada.get("/login").await;
    app.wait(4 * DAY - MINUTE);
    background_tasks::run_once(&rounds).await.unwrap();
    assert!(app.events("login").await.len() == 1 && app.events("registered").await.len() == 1);
    app.wait(2 * MINUTE);
    background_tasks::run_once(&rounds).await.unwrap();
    let left: Vec<String> = app.trail().await.into_iter().map(|row| row.event).collect();
    assert_eq!(left, ["renewal"]);
    let keep = TestApp::start().await;
    keep.user("ada@example.org", PASSWORD).await;
    let rounds = keep.instance();
    keep.wait(90 * DAY - MINUTE);
    background_tasks::run_once(&rounds).await.unwrap();
    assert_eq!(keep.events("registered").await.len(), 1, "the default is 90 days");
}

/// S9: more than one batch, by two instances at the same moment, while people renew.
#[tokio::test]
async fn two_instances_take_all_of_it_away_in_batches_and_disturb_nobody() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let now = app.clock.now();
    add(&app, 1_700, now + DAY, now).await;
    let (one, two) = (app.instance(), app.instance());
    app.wait(100 * DAY);
    let mut people = Vec::new();
    for _ in 0..20 {
        let person = app.person();
        person.obtain("ada@example.org", PASSWORD).await;
        person.log_in("ada@example.org", PASSWORD).await;
        people.push(person);
    }
    let before = app.how_many().await;
    assert!(before.0 >= 1_740 && before.1 >= 1_740);
    let mut renewals = JoinSet::new();
    for person in &people {
        let person = person.copy();
        renewals.spawn(async move { person.get("/login").await.status.as_u16() });
    }
    let (first, second) = tokio::join!(background_tasks::run_once(&one), background_tasks::run_once(&two));
    first.unwrap();
    second.unwrap();
    assert!(renewals.join_all().await.iter().all(|status| *status == 303));
    // Anything that one instance has left to the other is deleted in the next round.
    background_tasks::run_once(&one).await.unwrap();
    let after = app.how_many().await;
    assert_eq!(after.0, 40);
    assert!(app.trail().await.iter().all(|row| now + 9 * DAY < row.at));
    for person in &people {
        assert!(person.is_logged_in().await);
    }
}

/// S9 as a race: a session that is renewed while it is about to be deleted either stays or is
/// refused. A renewal never succeeds for a deleted session.
#[tokio::test]
async fn a_renewal_at_the_moment_of_the_purge_is_not_lost() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let mut kept = 0;
    for round in 0..8 {
        let mut tokens = Vec::new();
        for _ in 0..20 {
            tokens.push(app.person().obtain("ada@example.org", PASSWORD).await.1);
        }
        // Like a cutoff of an instance with longer limits: all sessions are past it until they are
        // renewed.
        app.wait(Duration::from_secs(3600));
        let cutoff = app.clock.now() + app.config.session_limits.idle - Duration::from_secs(1800);
        let mut renewals = JoinSet::new();
        for token in tokens {
            let program = app.person();
            renewals.spawn(async move {
                let reply = program.refresh(&token).await;
                (reply.status == 200).then(|| reply.pair().1)
            });
        }
        tokio::time::sleep(Duration::from_millis(4 * round)).await;
        let purge = |_| app.sql(move |conn| Session::purge(conn, cutoff, 500));
        let gone: usize = purge(()).await + purge(()).await;
        let renewed: Vec<String> = renewals.join_all().await.into_iter().flatten().collect();
        assert!(renewed.len() + gone >= 20, "round {round}: {} renewed, {gone} gone", renewed.len());
        for token in &renewed {
            assert!(app.person().verifies(token).await, "round {round}");
            assert_eq!(app.person().blacklist(token).await.status, 200);
        }
        kept += renewed.len();
    }
    assert!(kept > 0, "no renewal came in between");
}
