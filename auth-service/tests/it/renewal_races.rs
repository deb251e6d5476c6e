//! Concurrent renewals: one rotates the session, no person is logged out, and no revocation is
//! undone.

use auth_service::db::types::Stored;
use std::collections::BTreeSet;
use std::time::Duration;

use auth_service::db::schema::sessions;
use auth_service::sessions::{EndReason, Session};
use auth_service::users::{NewUser, User};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use reqwest::Method;
use tokio::task::JoinSet;

use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp, is_long_run};

/// Five services with ten tabs each.
const TABS: usize = 50;

/// Longer than the grace period: the session rotates again.
const PAUSE: Duration = Duration::from_secs(31);

async fn ada(app: &TestApp) -> Person {
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    ada
}

/// Sends without keeping the response's cookies, because every tab sends the cookies of the start.
async fn send(person: &Person, path: &str) -> Reply {
    Reply::read(person.request(Method::GET, path).send().await.unwrap()).await
}

/// The responses of all tabs, in the tabs' order.
async fn renew_in_tabs(person: &Person, tabs: usize) -> Vec<Reply> {
    let mut set = JoinSet::new();
    for tab in 0..tabs {
        let person = person.clone();
        set.spawn(async move {
            let path = format!("/login?next=https%3A%2F%2Fs{}.example.org%2Ftab%2F{tab}", tab % 5);
            (tab, send(&person, &path).await)
        });
    }
    let mut replies = set.join_all().await;
    replies.sort_by_key(|(tab, _)| *tab);
    replies.into_iter().map(|(_, reply)| reply).collect()
}

/// The different tokens in the responses.
fn successors(replies: &[Reply]) -> BTreeSet<String> {
    replies.iter().filter_map(|reply| reply.cookie(REFRESH)).map(|cookie| cookie.value).collect()
}

/// The number of rounds of a race. All of them with `LONG_RUNS=1`.
fn rounds(all: u64) -> u64 {
    if is_long_run() { all } else { all.div_ceil(4) }
}

/// R2, R4: rounds of fifty. Each continues with the tokens of the previous one.
#[tokio::test]
async fn fifty_tabs_that_renew_at_once_all_stay_logged_in_with_one_successor() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = ada(&app).await;
    for round in 1..=i64::try_from(rounds(20)).unwrap() {
        let before = ada.refresh_token();
        let replies = renew_in_tabs(&ada, TABS).await;
        for (tab, reply) in replies.iter().enumerate() {
            assert_eq!(reply.status, 303, "round {round}, tab {tab}: {}", reply.text);
            assert_eq!(reply.location(), format!("https://s{}.example.org/tab/{tab}", tab % 5));
            assert!(
                reply.cookie(ACCESS).is_some() && reply.cookie(REFRESH).is_some(),
                "round {round}, tab {tab}"
            );
        }
        let successors = successors(&replies);
        assert_eq!(successors.len(), 1, "round {round}: {successors:?}");
        let successor = successors.first().unwrap();
        assert_ne!(*successor, before);
        ada.set_cookie(REFRESH, successor);
        assert_eq!(app.session_of(&ada).await.generation, round + 1);
        assert!(ada.is_logged_in().await);
        app.wait(PAUSE);
    }
}

/// R2 over several instances.
#[tokio::test]
async fn tabs_spread_over_three_instances_share_one_successor() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    let others = [app.second_instance().await, app.second_instance().await];
    let ada = ada(&app).await;
    // Two hundred rounds with `LONG_RUNS=1`.
    let rounds = if is_long_run() { 200 } else { 5 };
    for round in 1..=rounds {
        let mut set = JoinSet::new();
        for tab in 0..TABS {
            let at = match tab % 3 {
                0 => app.person(),
                n => others[n - 1].person(),
            };
            at.set_cookie(REFRESH, &ada.refresh_token());
            set.spawn(async move { send(&at, "/login").await });
        }
        let replies = set.join_all().await;
        assert!(replies.iter().all(|reply| reply.status == 303), "round {round}");
        let successors = successors(&replies);
        assert_eq!(successors.len(), 1, "round {round}");
        ada.set_cookie(REFRESH, successors.first().unwrap());
        assert_eq!(app.session_of(&ada).await.generation, round + 1);
        app.wait(PAUSE);
    }
}

/// S4 against R2: tokens of concurrent renewals are worthless after the logout.
#[tokio::test]
async fn a_logout_is_not_undone_by_renewals_at_the_same_moment() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 0..rounds(20) {
        let ada = ada(&app).await;
        let session = ada.session_id();
        let button = ada.get("/logout").await.field("csrf_token").unwrap();
        let (tabs, out) = (ada.copy(), ada.copy());
        let logout =
            tokio::spawn(async move { out.post("/logout", &[("csrf_token", &button)]).await.status });
        let replies = renew_in_tabs(&tabs, 20).await;
        assert_eq!(logout.await.unwrap(), 303);
        for reply in &replies {
            assert!(reply.status == 303 || reply.status == 200, "round {round}: {}", reply.status);
        }
        assert_eq!(
            app.session(session).await.revoked_because.as_ref().map(Stored::as_str),
            Some("logged_out"),
            "round {round}"
        );
        for token in successors(&replies).into_iter().chain([ada.refresh_token()]) {
            let replay = app.person();
            replay.set_cookie(REFRESH, &token);
            assert!(!replay.is_logged_in().await, "round {round}");
            assert_eq!(replay.get("/login").await.status, 200, "round {round}");
        }
    }
}

/// R6: a session revoked for reuse stays so, despite concurrent renewals of its owner.
#[tokio::test]
async fn the_end_of_a_reused_session_is_not_undone_by_renewals_at_the_same_moment() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 0..rounds(10) {
        let ada = ada(&app).await;
        let thief = ada.copy();
        for _ in 0..2 {
            ada.get("/login").await;
            app.wait(PAUSE);
        }
        ada.get("/login").await;
        let theft = tokio::spawn(async move { send(&thief, "/login").await.status });
        let replies = renew_in_tabs(&ada, 20).await;
        assert_eq!(theft.await.unwrap(), 200);
        let session = app.session_of(&ada).await;
        assert_eq!(
            session.revoked_because.as_ref().map(Stored::as_str),
            Some("refresh_reuse"),
            "round {round}"
        );
        for token in successors(&replies) {
            ada.set_cookie(REFRESH, &token);
            assert_eq!(send(&ada, "/login").await.status, 200, "round {round}");
        }
    }
}

/// R10: a login during a deactivation leaves no session, whichever comes first.
#[tokio::test]
async fn a_login_at_the_moment_of_a_deactivation_leaves_no_session_behind() {
    let app = TestApp::start_for_a_race().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let form = app.person();
    form.get("/login").await;
    let clock = app.clock.clone();
    for round in 0..rounds(20) {
        let mut logins = JoinSet::new();
        for _ in 0..4 {
            let browser = app.person();
            let token = browser.get("/login").await.field("csrf_token").unwrap();
            logins.spawn(async move {
                let fields =
                    [("csrf_token", token.as_str()), ("email", "ada@example.org"), ("password", PASSWORD)];
                browser.post("/login", &fields).await.status.as_u16()
            });
        }
        // At a different moment among the logins in each round.
        tokio::time::sleep(Duration::from_millis(round)).await;
        let now = clock.now();
        app.sql(move |conn| {
            conn.write(|conn| {
                User::set_active(conn, ada, false)?;
                Session::end_all_of(conn, ada, EndReason::Deactivated, now)
            })
        })
        .await;
        let statuses = logins.join_all().await;
        assert!(statuses.iter().all(|status| [303, 401].contains(status)), "round {round}: {statuses:?}");
        let alive = app
            .sql(move |conn| {
                sessions::table
                    .filter(sessions::user_id.eq(ada).and(sessions::revoked_at.is_null()))
                    .count()
                    .get_result::<i64>(conn)
            })
            .await;
        assert_eq!(alive, 0, "round {round}: {statuses:?}");
        app.sql(move |conn| User::set_active(conn, ada, true)).await;
    }
}

/// R10: the same for a login with the old password while it is changed.
#[tokio::test]
async fn a_login_with_the_old_password_at_the_moment_of_its_change_leaves_no_session_behind() {
    let app = TestApp::start_for_a_race().await;
    let ada = app.user("ada@example.org", PASSWORD).await;
    // The hash of another password, borrowed from another account.
    let other = app.user_with("donor@example.org", "amber lantern quartz 93", |_: &mut NewUser| {}).await;
    for round in 0..rounds(10) {
        let browser = app.person();
        let token = browser.get("/login").await.field("csrf_token").unwrap();
        let login = tokio::spawn(async move {
            let fields =
                [("csrf_token", token.as_str()), ("email", "ada@example.org"), ("password", PASSWORD)];
            browser.post("/login", &fields).await.status.as_u16()
        });
        tokio::time::sleep(Duration::from_millis(round)).await;
        let (id, old, new, now) =
            (ada.id, ada.password_hash.clone(), other.password_hash.clone(), app.clock.now());
        app.sql(move |conn| {
            conn.write(|conn| {
                User::set_password(conn, id, &new)?;
                Session::end_all_of(conn, id, EndReason::PasswordChanged, now)
            })
        })
        .await;
        let status = login.await.unwrap();
        let alive = app
            .sql(move |conn| {
                sessions::table
                    .filter(sessions::user_id.eq(id).and(sessions::revoked_at.is_null()))
                    .count()
                    .get_result::<i64>(conn)
            })
            .await;
        assert_eq!(alive, 0, "round {round}: {status}");
        app.sql(move |conn| User::set_password(conn, id, &old)).await;
    }
}
