//! The beginning and the end of sessions.

use auth_service::db::schema::sessions;
use auth_service::sessions::{RefreshToken, Session};
use diesel::{QueryDsl, RunQueryDsl, SelectableHelper};

use crate::support::{ACCESS, BROWSER, PASSWORD, Person, REFRESH, Reply, TestApp};

async fn logged_in(app: &TestApp, email: &str) -> Person {
    app.user(email, PASSWORD).await;
    let person = app.person();
    assert_eq!(person.log_in(email, PASSWORD).await.status, 303);
    person
}

/// Logs in over an existing login. The login page redirects such people, so the form uses the CSRF
/// token of another page.
async fn log_in_over(person: &Person, email: &str, password: &str) -> Reply {
    let page = person.get("/register").await;
    person.fill_in_on(&page, "/login", &[("email", email), ("password", password)]).await
}

async fn why_ended(app: &TestApp, person: &Person) -> Option<String> {
    app.session_of(person).await.revoked_because.map(|why| why.to_string())
}

/// The subject of an access token, not verified.
fn subject(token: &str) -> String {
    use base64::Engine;
    let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<serde_json::Value>(&claims).unwrap()["sub"].as_str().unwrap().to_owned()
}

/// S1
#[tokio::test]
async fn every_login_begins_another_session_and_the_one_before_is_dead() {
    let app = TestApp::start().await;
    let ada = logged_in(&app, "ada@example.org").await;
    let before = ada.copy();
    assert_eq!(log_in_over(&ada, "ada@example.org", PASSWORD).await.status, 303);
    assert_ne!(ada.session_id(), before.session_id());
    assert_ne!(app.session_of(&ada).await.seed, app.session_of(&before).await.seed);
    assert!(ada.is_logged_in().await && !before.is_logged_in().await);
    assert_eq!(before.get("/login").await.status, 200);
    assert_eq!(why_ended(&app, &before).await.as_deref(), Some("replaced"));
}

/// S1: a session that was planted in the browser does not become the victim's.
#[tokio::test]
async fn nobody_can_choose_the_session_that_a_login_begins() {
    let app = TestApp::start().await;
    let mallory = logged_in(&app, "mallory@example.org").await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.set_cookie(REFRESH, &mallory.refresh_token());
    ada.set_cookie(BROWSER, &mallory.cookie(BROWSER).unwrap());
    log_in_over(&ada, "ada@example.org", PASSWORD).await;
    assert!(ada.get("/").await.says("ada@example.org"));
    assert_ne!(ada.session_id(), mallory.session_id());
    assert!(!mallory.is_logged_in().await);
    let planted = app.person();
    planted.set_cookie(BROWSER, &ada.cookie(BROWSER).unwrap());
    assert!(!planted.is_logged_in().await, "the browser cookie is no identity");
}

/// S1: a CSRF token from before the login is invalid afterwards.
#[tokio::test]
async fn the_browser_cookie_and_its_forms_begin_anew_at_a_login_and_at_a_logout() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let form = ada.get("/register").await;
    let before = ada.cookie(BROWSER);
    ada.log_in("ada@example.org", PASSWORD).await;
    assert_ne!(ada.cookie(BROWSER), before);
    assert_eq!(ada.fill_in_on(&form, "/logout", &[]).await.status, 403);
    assert!(ada.is_logged_in().await);
    let form = ada.get("/logout").await;
    ada.log_out().await;
    assert_eq!(ada.fill_in_on(&form, "/logout", &[]).await.status, 403);
}

/// S2: the database does not contain the browser's token.
#[tokio::test]
async fn the_database_holds_no_token_and_two_sessions_share_nothing() {
    use base64::Engine;
    let app = TestApp::start().await;
    let mut tokens = Vec::new();
    for n in 0..4 {
        tokens.push(logged_in(&app, &format!("ada{n}@example.org")).await.refresh_token());
    }
    let rows = app.sql(|conn| sessions::table.select(Session::as_select()).load(conn)).await;
    let mut seeds: Vec<&[u8]> = rows.iter().map(|row| row.seed.as_slice()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert!(seeds.len() == 4 && seeds.iter().all(|seed| seed.len() == 32));
    let on_disk = app.database.url.strip_prefix("sqlite:").map(|path| {
        let wal = std::fs::read(format!("{path}-wal")).unwrap_or_default();
        [std::fs::read(path).unwrap(), wal].concat()
    });
    for token in &tokens {
        let text = token.rsplit('.').next().unwrap();
        let code = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        assert_eq!(code.len(), 32);
        assert!(!seeds.contains(&code.as_slice()));
        if let Some(disk) = &on_disk {
            let holds = |needle: &[u8]| disk.windows(needle.len()).any(|window| window == needle);
            assert!(holds(&rows[0].seed) && !holds(&code) && !holds(text.as_bytes()));
        }
    }
}

/// S4
#[tokio::test]
async fn a_logout_ends_the_session_on_the_server() {
    let app = TestApp::start().await;
    let ada = logged_in(&app, "ada@example.org").await;
    let saved = ada.copy();
    ada.log_out().await;
    assert!(!saved.is_logged_in().await);
    let form = saved.get("/login?next=https://shop.example.org/").await;
    assert!(form.status == 200 && form.cookie(ACCESS).is_none() && form.cookie(REFRESH).is_none());
    assert_eq!(why_ended(&app, &saved).await.as_deref(), Some("logged_out"));
    assert_eq!(app.session_of(&saved).await.generation, 1);
}

/// S4: a logout with a token that has just been replaced works as well.
#[tokio::test]
async fn a_logout_with_a_token_that_was_just_replaced_ends_the_session_too() {
    let app = TestApp::start().await;
    let ada = logged_in(&app, "ada@example.org").await;
    let tab = ada.copy();
    ada.get("/login").await;
    ada.get("/login").await;
    tab.log_out().await;
    assert!(!ada.is_logged_in().await);
    assert_eq!(why_ended(&app, &ada).await.as_deref(), Some("logged_out"));
}

/// S8
#[tokio::test]
async fn logging_in_as_somebody_else_ends_the_session_before() {
    let app = TestApp::start().await;
    let ada = logged_in(&app, "ada@example.org").await;
    let (phone, before) = (app.person(), ada.copy());
    phone.log_in("ada@example.org", PASSWORD).await;
    let bob = app.user("bob@example.org", PASSWORD).await;

    let reply = log_in_over(&ada, "bob@example.org", PASSWORD).await;
    assert_eq!(reply.status, 303);
    assert_eq!(app.session_of(&ada).await.user_id, bob.id);
    assert_eq!(subject(&reply.cookie(ACCESS).unwrap().value), bob.id.to_string());
    let page = ada.get("/").await;
    assert!(page.says("bob@example.org") && !page.says("ada@example.org"));
    let renewed = ada.get("/login").await;
    assert_eq!(subject(&renewed.cookie(ACCESS).unwrap().value), bob.id.to_string());

    assert!(!before.is_logged_in().await);
    assert_eq!(before.get("/login").await.status, 200);
    assert_eq!(why_ended(&app, &before).await.as_deref(), Some("replaced"));
    assert!(phone.is_logged_in().await, "another browser of hers");
}

/// S8: a failed login changes nothing.
#[tokio::test]
async fn a_login_that_fails_leaves_the_session_alone() {
    let app = TestApp::start().await;
    let ada = logged_in(&app, "ada@example.org").await;
    let gone = app.user("gone@example.org", PASSWORD).await.id;
    app.sql(move |conn| auth_service::users::User::set_active(conn, gone, false)).await;
    for (email, password, status) in [
        ("bob@example.org", PASSWORD, 401),
        ("gone@example.org", PASSWORD, 401),
        ("ada@example.org", "not her password", 401),
        ("nonsense", PASSWORD, 422),
    ] {
        let reply = log_in_over(&ada, email, password).await;
        assert_eq!(reply.status, status, "{email}");
        assert!(reply.cookie(REFRESH).is_none() && reply.cookie(ACCESS).is_none(), "{email}");
    }
    assert!(ada.get("/").await.says("ada@example.org"));
    let token = RefreshToken::parse(&ada.refresh_token()).unwrap();
    assert_eq!(app.session(token.session).await.generation, token.generation);
}
