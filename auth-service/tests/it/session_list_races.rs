//! Sessions that end each other, and are renewed, at the same moment.

use std::collections::BTreeSet;
use std::time::Duration;

use auth_service::db::schema::sessions;
use auth_service::sessions::{EndReason, Session};
use auth_service::users::{User, UserId};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use reqwest::Method;
use tokio::task::JoinSet;

use super::session_list::{FIREFOX, PATH, SAFARI, browser, end};
use crate::support::{PASSWORD, Person, REFRESH, Reply, TestApp};

/// A form that is ready to be sent by `person`.
async fn button(person: &Person, what: &str) -> impl Future<Output = Reply> + Send + 'static {
    let token = person.get(PATH).await.field("csrf_token").unwrap();
    let (person, what) = (person.copy(), what.to_owned());
    async move { person.post(PATH, &[("end", &what), ("csrf_token", &token)]).await }
}

/// The number of a person's valid sessions, in the database.
async fn alive(app: &TestApp, user: UserId) -> i64 {
    let rows = sessions::table.filter(sessions::user_id.eq(user).and(sessions::revoked_at.is_null()));
    app.sql(move |conn| rows.count().get_result(conn)).await
}

async fn survives(app: &TestApp, person: &Person) -> bool {
    app.session_of(person).await.revoked_at.is_none()
}

/// S3: the first one wins, and the ended ones end no other session.
#[tokio::test]
async fn of_browsers_that_end_each_other_at_once_exactly_one_stays() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 0..15 {
        let mut people = Vec::new();
        for _ in 0..4 {
            people.push(browser(&app, "ada@example.org", FIREFOX).await);
        }
        let mut buttons = Vec::new();
        for person in &people {
            buttons.push(button(person, "others").await);
        }
        let presses: JoinSet<Reply> = buttons.into_iter().collect();
        let statuses: Vec<u16> = presses.join_all().await.iter().map(|reply| reply.status.as_u16()).collect();
        assert!(statuses.iter().all(|status| *status == 303), "round {round}: {statuses:?}");
        let mut stay = 0;
        for person in &people {
            stay += usize::from(person.is_logged_in().await);
        }
        assert_eq!(stay, 1, "round {round}");
        let last = browser(&app, "ada@example.org", SAFARI).await;
        assert_eq!(end(&last, "all").await.status, 303);
    }
}

/// S3: the same over two instances, by id. One of the two stays.
#[tokio::test]
async fn a_login_that_is_being_ended_ends_no_other_any_more() {
    let app = TestApp::start_for_a_race().await;
    let other = app.second_instance().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 0..20 {
        let owner = browser(&app, "ada@example.org", FIREFOX).await;
        let thief = browser(&other, "ada@example.org", SAFARI).await;
        let (by_owner, by_thief) = (
            button(&owner, &thief.session_id().to_string()).await,
            button(&thief, &owner.session_id().to_string()).await,
        );
        let (by_owner, by_thief) = tokio::join!(tokio::spawn(by_owner), tokio::spawn(by_thief));
        let statuses = [by_owner.unwrap().status.as_u16(), by_thief.unwrap().status.as_u16()];
        assert!(statuses.contains(&303) && statuses.iter().all(|s| [303, 422].contains(s)), "{statuses:?}");
        let stay = [survives(&app, &owner).await, survives(&app, &thief).await];
        assert_eq!(stay.iter().filter(|stays| **stays).count(), 1, "round {round}: {stay:?} {statuses:?}");
    }
}

/// S3: also if the request was accepted before its session ended.
#[tokio::test]
async fn a_request_under_way_ends_nothing_once_its_own_session_is_over() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    let owner = browser(&app, "ada@example.org", FIREFOX).await;
    let thief = browser(&app, "ada@example.org", SAFARI).await;
    // The session as the thief's request read it at its beginning.
    let stolen = app.session_of(&thief).await;
    end(&owner, "others").await;
    let operator = app.operator();
    let ended = app.sql(move |conn| stolen.end_where(conn, |_| true, EndReason::ByOwner, &operator)).await;
    assert_eq!(ended, 0);
    assert!(owner.is_logged_in().await);
}

/// S3, S4: tokens from renewals at the moment when all sessions end are worthless.
#[tokio::test]
async fn the_end_of_all_logins_is_not_undone_by_renewals_at_the_same_moment() {
    let app = TestApp::start_for_a_race().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    for round in 0..10 {
        let desk = browser(&app, "ada@example.org", FIREFOX).await;
        let phone = browser(&app, "ada@example.org", SAFARI).await;
        app.wait(Duration::from_secs(31));
        let press = button(&desk, "all").await;
        let mut renewals = JoinSet::new();
        for n in 0..20 {
            let tab = if n % 2 == 0 { desk.copy() } else { phone.copy() };
            renewals.spawn(async move {
                match n % 4 {
                    0 | 1 => Reply::read(tab.request(Method::GET, "/login").send().await.unwrap()).await,
                    _ => tab.refresh(&tab.refresh_token()).await,
                }
            });
        }
        let pressed = tokio::spawn(press);
        let replies = renewals.join_all().await;
        assert_eq!(pressed.await.unwrap().status, 303, "round {round}");
        let mut tokens = BTreeSet::from([desk.refresh_token(), phone.refresh_token()]);
        for reply in &replies {
            assert!([200, 303, 401].contains(&reply.status.as_u16()), "round {round}: {}", reply.status);
            tokens.extend(reply.cookie(REFRESH).map(|cookie| cookie.value));
            if reply.text.starts_with("{\"access\"") {
                tokens.insert(reply.pair().1);
            }
        }
        assert_eq!(alive(&app, ada).await, 0, "round {round}");
        for token in tokens {
            let replay = app.person();
            replay.set_cookie(REFRESH, &token);
            assert!(!replay.is_logged_in().await, "round {round}");
            replay.refresh(&token).await.assert_problem(401, "token_not_valid");
        }
    }
}

/// R10: with many sessions to end, from both sides, there is no deadlock.
#[tokio::test]
async fn a_deactivation_while_everything_ends_leaves_no_login_and_fails_nobody() {
    let app = TestApp::start_for_a_race().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    for round in 0..12 {
        let desk = browser(&app, "ada@example.org", FIREFOX).await;
        let program = app.person();
        for _ in 0..25 {
            program.obtain("ada@example.org", PASSWORD).await;
        }
        let press = tokio::spawn(button(&desk, "others").await);
        // A little later in each round.
        tokio::time::sleep(Duration::from_millis(round)).await;
        let now = app.clock.now();
        app.sql(move |conn| {
            conn.write(|conn| {
                User::set_active(conn, ada, false)?;
                Session::end_all_of(conn, ada, EndReason::Deactivated, now)
            })
        })
        .await;
        let pressed = press.await.unwrap();
        assert_eq!(pressed.status, 303, "round {round}: {}", pressed.text);
        assert_eq!(alive(&app, ada).await, 0, "round {round}");
        app.sql(move |conn| User::set_active(conn, ada, true)).await;
    }
}

/// S7: a reauthentication at the moment when its session ends has no effect.
#[tokio::test]
async fn a_proof_at_the_moment_of_its_sessions_end_revives_nothing() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 0..12 {
        let thief = browser(&app, "ada@example.org", SAFARI).await;
        app.wait(Duration::from_secs(601));
        let owner = browser(&app, "ada@example.org", FIREFOX).await;
        let token = thief.get(PATH).await.field("csrf_token").unwrap();
        let proving = {
            let thief = thief.copy();
            async move {
                let fields = [("end", "others"), ("password", PASSWORD), ("csrf_token", &*token)];
                thief.post(PATH, &fields).await
            }
        };
        let ending = button(&owner, &thief.session_id().to_string()).await;
        let (proven, ended) = tokio::join!(tokio::spawn(proving), tokio::spawn(ending));
        assert_eq!(proven.unwrap().status, 303, "round {round}");
        assert!([303, 422].contains(&ended.unwrap().status.as_u16()), "round {round}");
        let stay = [survives(&app, &owner).await, survives(&app, &thief).await];
        assert_eq!(stay.iter().filter(|stays| **stays).count(), 1, "round {round}: {stay:?}");
        let last = browser(&app, "ada@example.org", FIREFOX).await;
        end(&last, "all").await;
    }
}

/// S7, R2: ten concurrent reauthentications share one successor and one time.
#[tokio::test]
async fn proofs_at_once_replace_the_token_once() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    let desk = browser(&app, "ada@example.org", FIREFOX).await;
    app.wait(Duration::from_secs(601));
    let mut forms = Vec::new();
    for _ in 0..6 {
        forms.push(desk.get(PATH).await.field("csrf_token").unwrap());
    }
    let mut tabs = JoinSet::new();
    for token in forms {
        let tab = desk.copy();
        tabs.spawn(async move {
            let fields = [("end", "others"), ("password", PASSWORD), ("csrf_token", &*token)];
            tab.post(PATH, &fields).await
        });
    }
    let replies = tabs.join_all().await;
    assert!(replies.iter().all(|reply| reply.status == 303));
    let handed: BTreeSet<String> =
        replies.iter().filter_map(|reply| reply.cookie(REFRESH)).map(|cookie| cookie.value).collect();
    assert_eq!(handed.len(), 1);
    desk.set_cookie(REFRESH, handed.first().unwrap());
    assert_eq!(app.session_of(&desk).await.generation, 2);
    assert!(desk.is_logged_in().await);
}
