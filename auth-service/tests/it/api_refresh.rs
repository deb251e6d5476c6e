//! `POST /api/token/refresh/`: the same renewal that browsers have, with the same guards.

use auth_service::db::types::Stored;
use std::collections::BTreeSet;
use std::time::Duration;

use auth_service::db::schema::users;
use auth_service::sessions::{EndReason, RefreshToken, Session};
use auth_service::users::User;
use diesel::{QueryDsl, RunQueryDsl};
use tokio::task::JoinSet;

use crate::support::{ACCESS, PASSWORD, REFRESH, TestApp, Trail, claims};

/// Longer than the grace period: the session rotates again, and the previous token is no longer
/// valid.
const PAUSE: Duration = Duration::from_secs(31);

fn generation(token: &str) -> i64 {
    RefreshToken::parse(token).unwrap().generation
}

async fn session(app: &TestApp, token: &str) -> Session {
    app.session(RefreshToken::parse(token).unwrap().session).await
}

async fn program(app: &TestApp) -> (crate::support::Person, String) {
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    let (_, refresh) = program.obtain("ada@example.org", PASSWORD).await;
    (program, refresh)
}

/// R1
#[tokio::test]
async fn a_refresh_yields_a_successor_and_the_old_token_dies_after_the_grace() {
    let app = TestApp::start().await;
    let (program, first) = program(&app).await;
    let reply = program.refresh(&first).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.cookies().is_empty());
    assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "X9");
    let (access, second) = reply.pair();
    assert_ne!(first, second);
    assert_eq!(claims(&access)["sid"], session(&app, &first).await.id.to_string());
    assert!(program.verifies(&access).await && program.verifies(&second).await);
    app.wait(PAUSE);
    assert!(!program.verifies(&first).await);
    assert!(program.verifies(&second).await, "to ask about an old token ends nothing");
}

/// R5: within the grace period the same token yields the same successor.
#[tokio::test]
async fn within_the_grace_an_old_token_yields_the_same_successor_again() {
    let app = TestApp::start().await;
    let (program, first) = program(&app).await;
    let (_, second) = program.refresh(&first).await.pair();
    let mut trail = Trail::of(&app).await;
    app.wait(Duration::from_secs(25));
    for token in [&first, &first, &second] {
        assert_eq!(program.refresh(token).await.pair().1, second);
    }
    assert_eq!(session(&app, &first).await.generation, 2);
    assert_eq!(trail.kinds().await, ["renewal_grace"], "the same again is counted in one row");
    assert_eq!(app.events("renewal_grace").await[0].repeats, 2);
}

/// R6, R8: once its successor was used and the grace period of that is over, two parties have it.
#[tokio::test]
async fn after_the_grace_an_old_token_ends_its_session_and_no_other() {
    let app = TestApp::start().await;
    let (program, first) = program(&app).await;
    let other = program.obtain("ada@example.org", PASSWORD).await.1;
    let second = program.refresh(&first).await.pair().1;
    app.wait(PAUSE);
    let access = program.refresh(&second).await.pair().0;
    app.wait(PAUSE);
    let mut trail = Trail::of(&app).await;
    program.refresh(&first).await.assert_problem(401, "token_not_valid");
    let row = trail.one("refresh_reuse").await;
    let session = session(&app, &first).await;
    assert_eq!((row.user(), row.session()), (Some(session.user_id.uuid()), Some(session.id.uuid())));
    assert_eq!(session.revoked_because.as_ref().map(Stored::as_str), Some("refresh_reuse"));
    for token in [&first, &second] {
        program.refresh(token).await.assert_problem(401, "token_not_valid");
        assert!(!program.verifies(token).await);
    }
    assert!(!program.verifies(&access).await, "its access token is asked about in vain");
    assert!(trail.news().await.is_empty(), "once, and not for every further try");
    assert_eq!(program.refresh(&other).await.status, 200);
}

/// R7
#[tokio::test]
async fn a_token_three_generations_old_ends_the_session_within_the_grace() {
    let app = TestApp::start().await;
    let (program, first) = program(&app).await;
    let mut newest = first.clone();
    for _ in 0..3 {
        newest = program.refresh(&newest).await.pair().1;
        assert!(program.verifies(&newest).await);
        app.wait(PAUSE);
    }
    program.refresh(&newest).await.pair();
    program.refresh(&first).await.assert_problem(401, "token_not_valid");
    assert!(!program.verifies(&newest).await);
}

/// R6 as a race: a theft is recorded once, even if twenty copies arrive at the same moment.
#[tokio::test]
async fn a_reused_token_that_comes_twenty_times_at_once_is_one_event() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 1..=8 {
        let program = app.person();
        let first = program.obtain("ada@example.org", PASSWORD).await.1;
        let second = program.refresh(&first).await.pair().1;
        app.wait(PAUSE);
        program.refresh(&second).await;
        app.wait(PAUSE);
        let mut thieves = JoinSet::new();
        for n in 0..20 {
            let (thief, token) = (if n % 2 == 0 { app.person() } else { other.person() }, first.clone());
            thieves.spawn(async move { thief.refresh(&token).await.status.as_u16() });
        }
        assert!(thieves.join_all().await.iter().all(|status| *status == 401), "round {round}");
        assert_eq!(app.events("refresh_reuse").await.len(), round);
    }
}

/// R2, R3: fifty concurrent refreshes over three instances are one rotation, with one successor.
#[tokio::test]
async fn fifty_refreshes_at_once_over_three_instances_are_one_rotation() {
    let app = TestApp::start().await;
    let others = [app.second_instance().await, app.second_instance().await];
    let (_, mut token) = program(&app).await;
    for round in 1..=4 {
        let mut trail = Trail::of(&app).await;
        let mut refreshes = JoinSet::new();
        for n in 0..50 {
            let (program, token) =
                (if n % 3 == 0 { app.person() } else { others[n % 3 - 1].person() }, token.clone());
            refreshes.spawn(async move { program.refresh(&token).await.pair() });
        }
        let pairs = refreshes.join_all().await;
        let successors: BTreeSet<&String> = pairs.iter().map(|(_, refresh)| refresh).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        let kinds = trail.kinds().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "renewal").count(), 1, "round {round}");
        // L8: one row for each network and ten minutes, whose count includes all of them.
        let rows = app.events("renewal_grace").await;
        assert!(rows.len() <= 2, "round {round}: {} rows", rows.len());
        assert_eq!(rows.iter().map(|row| 1 + row.repeats).sum::<i64>(), 49 * round, "round {round}");
        token = pairs[0].1.clone();
        assert_eq!(generation(&token), round + 1);
        app.wait(PAUSE);
    }
}

/// Browsers and programs share one implementation: the token of one works for the other.
#[tokio::test]
async fn a_cookies_token_works_at_the_api_and_the_other_way_round() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (desk, program) = (app.person(), app.person());
    desk.log_in("ada@example.org", PASSWORD).await;
    let tab = desk.copy();
    let (access, second) = program.refresh(&desk.refresh_token()).await.pair();
    assert!(program.verifies(&access).await);
    // The browser is now like a tab that comes second.
    assert_eq!(tab.get("/login").await.cookie(REFRESH).unwrap().value, second);
    app.wait(PAUSE);
    desk.set_cookie(REFRESH, &second);
    let renewed = desk.get("/login").await;
    assert_eq!(renewed.status, 303);
    assert!(program.verifies(&renewed.cookie(ACCESS).unwrap().value).await);
    app.wait(PAUSE);
    assert_eq!(desk.get("/login").await.status, 303);
    app.wait(PAUSE);
    // Reuse is detected between the two as well.
    program.refresh(&second).await.assert_problem(401, "token_not_valid");
    assert!(!desk.is_logged_in().await);

    let (_, token) = program.obtain("ada@example.org", PASSWORD).await;
    let other = app.person();
    other.set_cookie(REFRESH, &token);
    assert!(other.is_logged_in().await);
    assert_eq!(other.get("/login").await.status, 303);
    other.log_out().await;
    program.refresh(&token).await.assert_problem(401, "token_not_valid");
}

/// R10: deactivated, deleted, new password.
#[tokio::test]
async fn who_may_not_log_in_any_more_refreshes_nothing() {
    let app = TestApp::start().await;
    let mut tokens = Vec::new();
    let mut ids = Vec::new();
    for email in ["one@example.org", "two@example.org", "three@example.org", "four@example.org"] {
        ids.push(app.user(email, PASSWORD).await.id);
        tokens.push(app.person().obtain(email, PASSWORD).await);
    }
    let (id, now) = (ids.clone(), app.clock.now());
    app.sql(move |conn| {
        User::set_active(conn, id[0], false)?;
        User::set_active(conn, id[1], false)?;
        Session::end_all_of(conn, id[1], EndReason::Deactivated, now)?;
        diesel::delete(users::table.find(id[2])).execute(conn)?;
        Session::end_all_of(conn, id[3], EndReason::PasswordChanged, now)
    })
    .await;
    let (program, mut trail) = (app.person(), Trail::of(&app).await);
    for (access, refresh) in &tokens {
        program.refresh(refresh).await.assert_problem(401, "token_not_valid");
        assert!(!program.verifies(access).await && !program.verifies(refresh).await);
    }
    // A refusal is recorded only if the session still exists.
    let row = trail.one("renewal_refused").await;
    assert_eq!(row.user(), Some(ids[0].uuid()));
}

/// R13: forged tokens, tokens of other kinds, and other text.
#[tokio::test]
async fn a_forged_token_is_refused_and_writes_nothing() {
    let app = TestApp::start().await;
    let (program, good) = program(&app).await;
    let (access, second) = program.refresh(&good).await.pair();
    let parts: Vec<&str> = second.split('.').collect();
    let stranger = TestApp::start().await;
    stranger.user("ada@example.org", PASSWORD).await;
    let elsewhere = stranger.person().obtain("ada@example.org", PASSWORD).await.1;
    let (before, row) = (app.trail().await.len(), session(&app, &second).await);
    for forged in [
        String::new(),
        "x".to_owned(),
        format!("v1.{}.3.{}", parts[1], parts[3]),
        format!("v1.{}.2147483648.{}", parts[1], parts[3]),
        format!("v1.{}.9223372036854775807.{}", parts[1], parts[3]),
        format!("v1.{}.9223372036854775808.{}", parts[1], parts[3]),
        format!("v1.{}.-1.{}", parts[1], parts[3]),
        format!("v1.{}.02.{}", parts[1], parts[3]),
        format!("v1.{}.2.{}", parts[1], "A".repeat(43)),
        format!("v1.{}.2.", parts[1]),
        format!("v1.{}.2.{}", "A".repeat(22), parts[3]),
        format!(" {second}"),
        format!("{second}\n"),
        format!("{second}\0"),
        second.replace('.', "%2E"),
        second.to_uppercase(),
        format!("{second}{second}"),
        "x".repeat(10_000),
        "\u{1F9D1}".repeat(100),
        access,
        elsewhere,
    ] {
        program.refresh(&forged).await.assert_problem(401, "token_not_valid");
        program.blacklist(&forged).await.assert_problem(401, "token_not_valid");
    }
    assert_eq!(app.trail().await.len(), before);
    assert!(session(&app, &second).await == row);
    assert!(program.verifies(&second).await);
}
