//! The purge finds sessions by the day on which they expire, and their time decides: S9.

use std::sync::Arc;
use std::time::Duration;

use auth_service::db::AnyConnection;
use auth_service::db::schema::sessions;
use auth_service::db::types::{Id, Timestamp};
use auth_service::sessions::{Amr, AuthMethod, RefreshToken, Session, SessionId};
use auth_service::users::UserId;
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::query_plans::renew;
use crate::support::{PASSWORD, TestApp, asked};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

/// Begins a session as the former release does, which knows no days.
async fn begin_as_before(app: &TestApp, user: UserId, end: Timestamp) -> SessionId {
    let (id, now) = (Id::from(auth_service::random::uuid_v4()), app.clock.now());
    let row = (
        sessions::id.eq(id),
        sessions::user_id.eq(user),
        sessions::seed.eq(vec![7; 32]),
        sessions::generation.eq(1),
        sessions::amr.eq(Amr::from([AuthMethod::Password])),
        sessions::began_at.eq(now),
        sessions::rotated_at.eq(now),
        sessions::idle_until.eq(end),
        sessions::expires_at.eq(end),
    );
    app.sql(move |conn| diesel::insert_into(sessions::table).values(row).execute(conn)).await;
    id
}

/// Lets a session expire at `end`, as the former release does.
async fn renew_as_before(app: &TestApp, id: SessionId, end: Timestamp) {
    let row = sessions::table.find(id);
    app.sql(move |conn| diesel::update(row).set(sessions::idle_until.eq(end)).execute(conn)).await;
}

/// How many sessions a purge would take, which it takes, and how many it leaves.
async fn purge(app: &TestApp, cutoff: Timestamp) -> (i64, usize, i64) {
    let work = move |conn: &mut _| Ok((Session::count_over(conn, cutoff)?, Session::purge(conn, cutoff, 9)?));
    let (counted, gone) = app.sql(work).await;
    (counted, gone, app.how_many().await.0)
}

/// Lets time pass until noon, so that the next minutes are of the same day.
fn wait_for_noon(app: &TestApp) {
    let since_noon = (app.clock.now().unix_seconds() - 43_200).rem_euclid(86_400);
    app.wait(DAY - Duration::from_secs(u64::try_from(since_noon).unwrap()));
}

#[tokio::test]
async fn a_purge_is_exact_on_both_sides_of_midnight() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let days = i64::from(app.clock.now().day() + 3);
    let midnight = Timestamp::from_unix_micros(days * 86_400_000_000).unwrap();
    for end in [midnight - DAY, midnight - SECOND, midnight, midnight + SECOND, midnight + DAY] {
        let id = begin_as_before(&app, ada, end).await;
        let row = sessions::table.find(id);
        app.sql(move |conn| diesel::update(row).set(sessions::idle_day.eq(end.day())).execute(conn)).await;
    }
    for (cutoff, gone, left) in [
        (midnight - DAY, 0, 5),
        (midnight - SECOND, 1, 4),
        (midnight, 1, 3),
        (midnight + SECOND, 1, 2),
        (midnight + DAY, 1, 1),
        (midnight + DAY + SECOND, 1, 0),
    ] {
        assert_eq!(purge(&app, cutoff).await, (gone, usize::try_from(gone).unwrap(), left), "{cutoff:?}");
    }
}

#[tokio::test]
async fn what_a_former_release_wrote_is_kept_until_its_time_and_no_longer() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let end = app.clock.now() + 30 * DAY;
    let begun = begin_as_before(&app, ada, end).await;
    assert_eq!(app.session(begun).await.idle_day, 0);
    let person = app.person();
    person.log_in("ada@example.org", PASSWORD).await;
    renew_as_before(&app, person.session_id(), end).await;
    assert_eq!(purge(&app, end).await, (0, 0, 2));
    assert_eq!(purge(&app, end + SECOND).await, (2, 2, 0));
}

#[tokio::test]
async fn the_next_renewal_corrects_the_day() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let person = app.person();
    person.log_in("ada@example.org", PASSWORD).await;
    let row = sessions::table.find(person.session_id());
    app.sql(move |conn| diesel::update(row).set(sessions::idle_day.eq(0)).execute(conn)).await;
    app.wait(Duration::from_secs(31));
    assert_eq!(person.get("/login").await.status, 303);
    let session = app.session_of(&person).await;
    assert_eq!(session.idle_day, session.idle_until.day());
}

/// S9: the index of days is written once a day for each session.
#[tokio::test]
async fn a_renewal_on_the_same_day_touches_no_index_of_sessions() {
    let app = TestApp::start().await;
    let is_postgres = app.database.is_postgres();
    app.user("ada@example.org", PASSWORD).await;
    wait_for_noon(&app);
    let person = app.person();
    let mut token = person.obtain("ada@example.org", PASSWORD).await.1;
    let id = RefreshToken::parse(&token).unwrap().session;
    let app = Arc::new(app);
    for (pause, another_day) in
        [(60 * SECOND, false), (60 * SECOND, false), (DAY, true), (60 * SECOND, false)]
    {
        app.wait(pause);
        let (service, shown) = (app.clone(), token.clone());
        let work = move |conn: &mut AnyConnection| {
            let mut next = String::new();
            let statements = asked(conn, |conn| next = renew(&service, conn, &shown));
            Ok((next, statements, heap_only_updates(conn)?))
        };
        // Within one transaction, whose updates PostgreSQL counts.
        let (next, statements, heap_only) =
            app.sql(move |conn| if is_postgres { conn.write(work) } else { work(conn) }).await;
        assert_ne!(next, token, "it is rotated");
        token = next;
        let update = statements.iter().find(|sql| sql.contains("UPDATE")).unwrap();
        match heap_only {
            Some(updates) => assert_eq!(updates == 0, another_day, "{updates} after {pause:?}"),
            None => assert_eq!(update.contains("idle_day"), another_day, "{update}"),
        }
        let session = app.session(id).await;
        assert_eq!(session.idle_day, session.idle_until.day());
    }
}

/// On PostgreSQL, how many updates of this transaction left the indexes of sessions alone.
fn heap_only_updates(conn: &mut AnyConnection) -> diesel::QueryResult<Option<i64>> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(None),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(
                "pg_stat_get_xact_tuples_hot_updated('sessions'::regclass)",
            );
            diesel::select(count).get_result(conn).map(Some)
        }
    }
}

const DOWN_ON_SQLITE: &str = include_str!("../../../migrations/sqlite/0011_fewer_index_writes/down.sql");
const DOWN_ON_POSTGRES: &str = include_str!("../../../migrations/postgres/0011_fewer_index_writes/down.sql");

#[tokio::test]
async fn sessions_survive_the_way_back_and_the_migration() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let person = app.person();
    person.log_in("ada@example.org", PASSWORD).await;
    let before = app.session_of(&person).await;
    let down = if app.database.is_postgres() { DOWN_ON_POSTGRES } else { DOWN_ON_SQLITE };
    app.sql(move |conn| {
        conn.batch_execute(down)?;
        conn.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '0011'")
    })
    .await;
    let end = app.clock.now() + 40 * DAY;
    let begun = begin_as_before(&app, ada, end).await;
    app.db().migrate().unwrap();
    assert!(app.session_of(&person).await == before);
    assert_eq!(app.session(begun).await.idle_day, end.day());
    app.wait(Duration::from_secs(31));
    assert_eq!(person.get("/login").await.status, 303);
}
