//! Account enumeration: responses do not show whether an account exists.

use reqwest::StatusCode;

use crate::support::{PASSWORD, Person, TestApp, Tweaks};

/// A login attempt in a new browser.
async fn attempt(app: &TestApp, email: &str, password: &str) -> String {
    let person: Person = app.person();
    person.fill_in("/login", &[("email", email), ("password", password)]).await.seen()
}

/// E1, E3: both addresses have the same length, so that the value kept in the form does not matter.
#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_look_the_same() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let gone = app.user("joe@example.org", PASSWORD).await;
    app.sql(move |conn| auth_service::users::User::set_active(conn, gone.id, false)).await;
    let known = attempt(&app, "ada@example.org", "a password to guess").await;
    assert!(known.starts_with("401") && known.contains("That email and password don’t match."), "{known}");
    let unknown = attempt(&app, "eve@example.org", "a password to guess").await;
    assert_eq!(known, unknown.replace("eve@", "ada@"));
    let inactive = attempt(&app, "joe@example.org", "a password to guess").await;
    assert_eq!(known, inactive.replace("joe@", "ada@"));
}

/// E2
#[tokio::test]
async fn they_look_the_same_with_passwords_of_every_shape() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (long, longer, wide) = ("x".repeat(200), "x".repeat(5_000), "ü🦀".repeat(60));
    for password in ["", " ", "\u{1}", &long, &longer, &wide] {
        let known = attempt(&app, "ada@example.org", password).await;
        let unknown = attempt(&app, "eve@example.org", password).await;
        assert_eq!(known, unknown.replace("eve@", "ada@"), "{} bytes", password.len());
    }
    // NUL is invalid for every account.
    for email in ["ada@example.org", "eve@example.org"] {
        let refused = app.person().fill_in("/login", &[("email", email), ("password", "a\0b")]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
}

/// P10, E1: a damaged row does not change the response either.
#[tokio::test]
async fn an_account_whose_hash_is_damaged_looks_like_a_wrong_password() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    app.sql(|conn| {
        use diesel::RunQueryDsl;
        diesel::sql_query("UPDATE users SET password_hash = 'damaged'").execute(conn)
    })
    .await;
    let damaged = attempt(&app, "ada@example.org", PASSWORD).await;
    let unknown = attempt(&app, "eve@example.org", PASSWORD).await;
    assert_eq!(damaged, unknown.replace("eve@", "ada@"));
}

/// E1: the time is the same because the work is: an unknown address costs one hash at the
/// configured cost, in the same pool. So a flood of unknown addresses fills that pool.
#[tokio::test]
async fn an_unknown_address_costs_as_much_work_as_a_known_one() {
    let app =
        TestApp::start_with(Tweaks { bcrypt_cost: Some(10), whole_machine: true, ..Tweaks::default() }).await;
    let visitor = app.person();
    let page = visitor.get("/login").await;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Many more than the queue has places, because some become free before the last arrives.
    let flood = (0..cores * 9 + 24).map(|_| {
        let (visitor, token) = (visitor.clone(), page.field("csrf_token").unwrap());
        tokio::spawn(async move {
            let fields =
                [("email", "eve@example.org"), ("password", "a guess"), ("csrf_token", token.as_str())];
            visitor.post("/login", &fields).await
        })
    });
    let flood: Vec<_> = flood.collect();
    let (mut refused, mut overloaded) = (0, 0);
    for reply in flood {
        let reply = reply.await.unwrap();
        match reply.status {
            StatusCode::UNAUTHORIZED => refused += 1,
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(reply.header("retry-after").is_some());
                overloaded += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert!(refused >= cores && overloaded >= 1, "{refused} refused, {overloaded} overloaded");
}
