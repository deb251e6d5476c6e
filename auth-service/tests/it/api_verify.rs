//! `POST /api/token/verify/` and `POST /api/token/blacklist/`: checks a token, and revokes one.

use std::time::Duration;

use auth_service::config::ServeFlags;
use auth_service::sessions::{EndReason, RefreshToken, Session};
use auth_service::users::User;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use tokio::task::JoinSet;

use crate::support::{PASSWORD, Person, TestApp, Trail, Tweaks, claims};

async fn ada(app: &TestApp) -> (Person, String, String) {
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    let (access, refresh) = program.obtain("ada@example.org", PASSWORD).await;
    (program, access, refresh)
}

/// Contract: both kinds of token. Checking changes nothing.
#[tokio::test]
async fn both_kinds_of_token_are_good_for_as_long_as_they_live() {
    let app = TestApp::start().await;
    let (program, access, refresh) = ada(&app).await;
    let mut trail = Trail::of(&app).await;
    assert!(program.verifies(&access).await && program.verifies(&refresh).await);
    app.wait(Duration::from_secs(300 - 5));
    assert!(program.verifies(&access).await);
    app.wait(Duration::from_secs(11));
    assert!(!program.verifies(&access).await, "five minutes, and five seconds of leeway");
    assert!(program.verifies(&refresh).await);
    app.wait(Duration::from_secs(5 * 86_400));
    assert!(!program.verifies(&refresh).await);
    assert!(trail.news().await.is_empty());
    let id = RefreshToken::parse(&refresh).unwrap().session;
    assert_eq!(app.session(id).await.generation, 1);
}

/// J1: a selection. shared-claims has the whole table.
#[tokio::test]
async fn a_changed_token_is_good_for_nothing() {
    let app = TestApp::start().await;
    let (program, access, refresh) = ada(&app).await;
    let parts: Vec<&str> = access.split('.').collect();
    let mut claims = claims(&access);
    claims["user_is_superuser"] = true.into();
    let promoted = BASE64.encode(claims.to_string());
    let none = BASE64.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
    let flipped = |text: &str| {
        let last = if text.ends_with('A') { "B" } else { "A" };
        format!("{}{last}", &text[..text.len() - 1])
    };
    for token in [
        format!("{}.{promoted}.{}", parts[0], parts[2]),
        format!("{none}.{}.", parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
        format!("{access}."),
        format!(" {access}"),
        format!("Bearer {access}"),
        access.replacen('.', "..", 1),
        flipped(&refresh),
        format!("{refresh}="),
        String::new(),
        "\0".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(15_000),
    ] {
        assert!(!program.verifies(&token).await, "{token:.80}");
    }
    assert!(program.verifies(&access).await && program.verifies(&refresh).await);
}

/// R14, K: tokens of another issuer, another secret or another parent domain.
#[tokio::test]
async fn tokens_of_another_issuer_are_not_ours() {
    let app = TestApp::start().await;
    let (program, access, refresh) = ada(&app).await;
    let flags = ServeFlags {
        secret_key: Some("Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E".to_owned()),
        ..ServeFlags::default()
    };
    let other = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let (stranger, foreign_access, foreign_refresh) = ada(&other).await;
    for (person, token) in [
        (&program, &foreign_access),
        (&program, &foreign_refresh),
        (&stranger, &access),
        (&stranger, &refresh),
    ] {
        assert!(!person.verifies(token).await);
    }
}

/// S4, R10: the signature is valid, but the account is gone.
#[tokio::test]
async fn a_token_of_an_ended_session_is_not_good_though_its_time_is_not_up() {
    let app = TestApp::start().await;
    let (program, access, refresh) = ada(&app).await;
    let ada = app.session(RefreshToken::parse(&refresh).unwrap().session).await.user_id;
    app.sql(move |conn| User::set_active(conn, ada, false)).await;
    assert!(!program.verifies(&access).await && !program.verifies(&refresh).await);
    app.sql(move |conn| User::set_active(conn, ada, true)).await;
    assert!(program.verifies(&access).await && program.verifies(&refresh).await);
    let now = app.clock.now();
    app.sql(move |conn| Session::end_all_of(conn, ada, EndReason::PasswordChanged, now)).await;
    assert!(!program.verifies(&access).await && !program.verifies(&refresh).await);
    app.sql(move |conn| {
        use diesel::RunQueryDsl;
        diesel::delete(auth_service::db::schema::sessions::table).execute(conn)
    })
    .await;
    assert!(!program.verifies(&access).await && !program.verifies(&refresh).await);
}

/// S4: a program's logout.
#[tokio::test]
async fn blacklisting_ends_the_session_at_once_and_only_once() {
    let app = TestApp::start().await;
    let (program, access, refresh) = ada(&app).await;
    let other = program.obtain("ada@example.org", PASSWORD).await;
    let mut trail = Trail::of(&app).await;
    let reply = program.blacklist(&refresh).await;
    assert_eq!((reply.status.as_u16(), &*reply.text), (200, "{}"));
    assert!(reply.cookies().is_empty());
    assert_eq!(trail.one("logout").await.detail(), "logged_out");
    program.blacklist(&refresh).await.assert_problem(401, "token_not_valid");
    program.refresh(&refresh).await.assert_problem(401, "token_not_valid");
    assert!(!program.verifies(&access).await && !program.verifies(&refresh).await);
    assert!(trail.news().await.is_empty());
    assert!(program.verifies(&other.0).await && program.verifies(&other.1).await);
    // An access token does not permit this.
    program.blacklist(&other.0).await.assert_problem(401, "token_not_valid");
    assert!(program.verifies(&other.1).await);
}

/// S4: a logout with a previous token counts, as on the logout page.
#[tokio::test]
async fn blacklisting_with_an_earlier_token_ends_the_session_too() {
    let app = TestApp::start().await;
    let (program, _, first) = ada(&app).await;
    let second = program.refresh(&first).await.pair().1;
    app.wait(Duration::from_secs(31));
    assert_eq!(program.blacklist(&first).await.status, 200);
    assert!(!program.verifies(&second).await);
    assert!(app.events("refresh_reuse").await.is_empty());
}

/// S4 against R2: a revoked session stays revoked despite concurrent renewals. Of two concurrent
/// revocations one succeeds.
#[tokio::test]
async fn a_blacklisted_session_is_not_revived_by_refreshes_at_the_same_moment() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 1..=12 {
        let token = app.person().obtain("ada@example.org", PASSWORD).await.1;
        let mut calls = JoinSet::new();
        for n in 0..22 {
            let (program, token) = (if n % 2 == 0 { app.person() } else { other.person() }, token.clone());
            calls.spawn(async move {
                if n % 11 == 5 {
                    return (true, program.blacklist(&token).await);
                }
                (false, program.refresh(&token).await)
            });
        }
        let replies = calls.join_all().await;
        let ended = replies.iter().filter(|(ends, reply)| *ends && reply.status == 200).count();
        assert_eq!(ended, 1, "round {round}");
        assert_eq!(app.events("logout").await.len(), round);
        let program = app.person();
        for (_, reply) in replies.iter().filter(|(ends, _)| !ends) {
            if reply.status == 200 {
                let (access, refresh) = reply.pair();
                assert!(
                    !program.verifies(&access).await && !program.verifies(&refresh).await,
                    "round {round}"
                );
                program.refresh(&refresh).await.assert_problem(401, "token_not_valid");
            } else {
                reply.assert_problem(401, "token_not_valid");
            }
        }
    }
}
