//! The longest duration of a session, and the number of sessions of one person: R11, S6.

use std::time::Duration;

use auth_service::config::ServeFlags;
use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use super::session_list::listed;
use crate::support::{ACCESS, PASSWORD, REFRESH, Reply, TestApp, Trail, Tweaks, claims};

const MINUTE: Duration = Duration::from_secs(60);
const PER_USER: usize = 50;

async fn with_limits(idle: &str, absolute: &str) -> TestApp {
    let flags = ServeFlags {
        refresh_token_lifetime: Some(idle.to_owned()),
        session_lifetime: Some(absolute.to_owned()),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    app.user("ada@example.org", PASSWORD).await;
    app
}

/// Asserts that a response's token and cookies end with the session at the latest.
async fn assert_outlives_nothing(app: &TestApp, reply: &Reply, what: &str) {
    let before = app.clock.now();
    let access = reply.cookie(ACCESS).unwrap_or_else(|| panic!("{what}: {}", reply.status));
    let refresh = reply.cookie(REFRESH).unwrap();
    let token = auth_service::sessions::RefreshToken::parse(&refresh.value).unwrap();
    let session = app.session(token.session).await;
    let claims = claims(&access.value);
    let ends = session.ends_at();
    assert!(claims["exp"].as_i64().unwrap() <= ends.unix_seconds(), "{what}: {claims}");
    // The response is older than `before`, so its ages count from an earlier time.
    for cookie in [access, refresh] {
        let age = Duration::from_secs(u64::try_from(cookie.max_age()).unwrap());
        assert!(age <= before.until(ends) + MINUTE / 6, "{what}: {} lives {age:?}", cookie.name);
    }
}

/// R11 (ASVS 7.3.2): in the browser.
#[tokio::test]
async fn a_busy_login_ends_with_the_session_lifetime_however_often_it_is_renewed() {
    let app = with_limits("30m", "2h").await;
    let ada = app.person();
    let welcome = ada.log_in("ada@example.org", PASSWORD).await;
    assert_outlives_nothing(&app, &welcome, "login").await;
    for minutes in (4..120).step_by(4) {
        app.wait(4 * MINUTE);
        let renewed = ada.get("/login").await;
        assert_eq!(renewed.status, StatusCode::SEE_OTHER, "after {minutes} minutes");
        assert_outlives_nothing(&app, &renewed, &format!("after {minutes} minutes")).await;
    }
    app.wait(4 * MINUTE + MINUTE / 60);
    assert_eq!(ada.get("/login").await.status, StatusCode::OK);
    assert!(!ada.is_logged_in().await);
    assert_eq!(app.session_of(&ada).await.revoked_because, None, "it ran out, nobody ended it");
}

/// R11: at the API.
#[tokio::test]
async fn a_busy_program_logs_in_again_after_the_session_lifetime() {
    let app = with_limits("30m", "1h").await;
    let program = app.person();
    let (_, mut refresh) = program.obtain("ada@example.org", PASSWORD).await;
    for _ in 0..14 {
        app.wait(4 * MINUTE);
        let pair = program.refresh(&refresh).await.pair();
        let id = auth_service::sessions::RefreshToken::parse(&pair.1).unwrap().session;
        let ends = app.session(id).await.ends_at().unix_seconds();
        assert!(claims(&pair.0)["exp"].as_i64().unwrap() <= ends);
        refresh = pair.1;
    }
    app.wait(4 * MINUTE + MINUTE / 60);
    program.refresh(&refresh).await.assert_problem(401, "token_not_valid");
    assert!(!program.verifies(&refresh).await);
}

/// R11: the shorter of the two limits counts from the beginning.
#[tokio::test]
async fn an_idle_limit_above_the_absolute_one_gives_nobody_more() {
    let app = with_limits("30d", "1h").await;
    let ada = app.person();
    let welcome = ada.log_in("ada@example.org", PASSWORD).await;
    assert!((3590..=3600).contains(&welcome.cookie(REFRESH).unwrap().max_age()));
    app.wait(59 * MINUTE);
    let renewed = ada.get("/login").await;
    assert_outlives_nothing(&app, &renewed, "near the end").await;
    assert!(renewed.cookie(REFRESH).unwrap().max_age() <= 60);
    app.wait(MINUTE + MINUTE / 60);
    assert!(!ada.is_logged_in().await);
}

/// R11: the default is a month.
#[tokio::test]
async fn a_program_that_renews_daily_is_out_after_thirty_days() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    let (_, mut refresh) = program.obtain("ada@example.org", PASSWORD).await;
    for _ in 1..30 {
        app.wait(24 * 60 * MINUTE);
        refresh = program.refresh(&refresh).await.pair().1;
    }
    app.wait(24 * 60 * MINUTE + MINUTE / 60);
    program.refresh(&refresh).await.assert_problem(401, "token_not_valid");
}

/// S6
#[tokio::test]
async fn the_fifty_first_login_ends_the_oldest_and_the_trail_says_why() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    let (program, bob) = (app.person(), app.person());
    bob.log_in("bob@example.org", PASSWORD).await;
    let mut tokens = Vec::new();
    for _ in 0..PER_USER {
        app.wait(MINUTE);
        tokens.push(program.obtain("ada@example.org", PASSWORD).await.1);
    }
    // The oldest session is the one that began first, even if it was used last. A revoked one does
    // not count.
    app.wait(MINUTE);
    tokens[0] = program.refresh(&tokens[0]).await.pair().1;
    assert_eq!(program.blacklist(&tokens[7]).await.status, 200);
    tokens.push(program.obtain("ada@example.org", PASSWORD).await.1);
    assert!(app.events("session_ended").await.is_empty(), "fifty live");
    let mut trail = Trail::of(&app).await;
    let desk = app.person();
    assert_eq!(desk.log_in("ada@example.org", PASSWORD).await.status, 303);
    let news = trail.news().await;
    assert_eq!(news.iter().map(|row| &*row.event).collect::<Vec<_>>(), ["login", "session_ended"]);
    let oldest = auth_service::sessions::RefreshToken::parse(&tokens[0]).unwrap().session;
    assert_eq!(
        (news[1].detail(), news[1].user(), news[1].session()),
        ("too_many", Some(ada.id.uuid()), Some(oldest.uuid()))
    );
    program.refresh(&tokens[0]).await.assert_problem(401, "token_not_valid");
    assert!(program.verifies(&tokens[1]).await && desk.is_logged_in().await && bob.is_logged_in().await);
    assert_eq!(listed(&desk).await.len(), PER_USER);
    assert!(desk.get("/account/security").await.says("Oldest login ended: there were too many"));
}

/// S6: expired sessions do not count.
#[tokio::test]
async fn logins_that_ran_out_do_not_count() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    for _ in 0..PER_USER {
        program.obtain("ada@example.org", PASSWORD).await;
    }
    app.wait(6 * 24 * 60 * MINUTE);
    for _ in 0..3 {
        program.obtain("ada@example.org", PASSWORD).await;
    }
    assert!(app.events("session_ended").await.is_empty());
}

/// S6 as a race, over two instances: never more than fifty, and the trail has each revoked session.
#[tokio::test]
async fn sixty_logins_at_once_leave_fifty() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let mut logins = JoinSet::new();
    for n in 0..60 {
        let program = if n % 2 == 0 { app.person() } else { other.person() };
        logins.spawn(async move {
            let document = json!({"email": "ada@example.org", "password": PASSWORD});
            loop {
                let reply = program.call("/api/token/", &document).await;
                match reply.status.as_u16() {
                    200 => return reply.pair().1,
                    503 => tokio::time::sleep(Duration::from_millis(20)).await,
                    other => panic!("{other}: {}", reply.text),
                }
            }
        });
    }
    let tokens = logins.join_all().await;
    let now = app.clock.now();
    let alive = app.sql(move |conn| auth_service::sessions::Session::active_for_user(conn, ada, now)).await;
    assert_eq!(alive.len(), PER_USER);
    let program = app.person();
    let mut good = 0;
    for token in &tokens {
        good += usize::from(program.verifies(token).await);
    }
    assert_eq!(good, PER_USER);
    let ended = app.events("session_ended").await;
    assert_eq!(ended.len(), 10);
    assert!(ended.iter().all(|row| row.detail() == "too_many"));
    assert_eq!(app.events("login").await.len(), 60);
}
