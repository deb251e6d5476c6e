//! Passwords in forms and in the database.

use auth_service::passwords::Password;
use auth_service::users::{Email, PasswordHash, User};
use diesel::RunQueryDsl;
use reqwest::StatusCode;

use crate::support::{PASSWORD, TestApp, Tweaks};

async fn row(app: &TestApp) -> User {
    let email = Email::parse("ada@example.org").unwrap();
    app.sql(move |conn| User::by_email(conn, &email)).await.unwrap()
}

/// A service with cost 5 and an account from when the cost was 4.
async fn after_raising_the_cost() -> TestApp {
    let mut app = TestApp::start_with(Tweaks { bcrypt_cost: Some(5), ..Tweaks::default() }).await;
    app.config.passwords.bcrypt_cost = 4;
    app.user("ada@example.org", PASSWORD).await;
    assert!(row(&app).await.password_hash.must_update(5));
    app
}

/// P1, and the setting for another minimum length.
#[tokio::test]
async fn a_password_shorter_than_the_setting_is_refused_with_the_length() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.passwords.password_min_length = Some("15".to_owned());
    let app = TestApp::start_with(tweaks).await;
    let ada = app.person();
    assert!(ada.get("/register").await.says("At least 15 characters."));
    let refused = ada.register("ada@example.org", "gR7#kd9!xQ2mvT").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("Please use at least 15 characters."), "{}", refused.text);
    assert_eq!(ada.register("ada@example.org", "gR7#kd9!xQ2mvTw").await.status, StatusCode::SEE_OTHER);
}

/// P4
#[tokio::test]
async fn a_password_that_everybody_tries_first_is_refused() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.passwords.password_min_length = Some("8".to_owned());
    let app = TestApp::start_with(tweaks).await;
    for common in ["trustno1", "password1", "Password1", "1drowssap"] {
        let refused = app.person().register("ada@example.org", common).await;
        assert!(
            refused.says("This is one of the first passwords that attackers try."),
            "{common}: {}",
            refused.text
        );
    }
}

/// P2
#[tokio::test]
async fn long_passwords_of_any_characters_are_taken_and_log_in() {
    let app = TestApp::start().await;
    let sentence = "tumbling 7 violets, eleven kites & a slow brass door that sings at noon on sundays over the \
                    harbour where grey gulls fold paper x";
    let passwords = [
        sentence[..64].to_owned(),
        sentence[..128].to_owned(),
        "🦀🚲🌧️🎻🍐🦉🧊🪁🌋🥁🦔🛶".to_owned(),
        "пингвины летают задом наперёд".to_owned(),
        "tab\tand \"quotes\" & <angles> + 100%".to_owned(),
    ];
    for (n, password) in passwords.iter().enumerate() {
        let email = format!("ada{n}@example.org");
        let registered = app.person().register(&email, password).await;
        assert_eq!(registered.status, StatusCode::SEE_OTHER, "{password}: {}", registered.text);
        assert_eq!(app.person().log_in(&email, password).await.status, StatusCode::SEE_OTHER, "{password}");
    }
    let too_long = app.person().register("eve@example.org", &format!("{} and on", &sentence[..128])).await;
    assert!(too_long.says("Please use at most 128 characters."), "{}", too_long.text);
}

/// P3
#[tokio::test]
async fn the_seventy_third_byte_of_a_password_counts() {
    let app = TestApp::start().await;
    let common =
        "seven violet kites over a harbour of brass doors and grey paper gulls at noon"[..72].to_owned();
    let (right, wrong) = (format!("{common}A"), format!("{common}B"));
    assert_eq!(app.person().register("ada@example.org", &right).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.person().log_in("ada@example.org", &wrong).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.person().log_in("ada@example.org", &common).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.person().log_in("ada@example.org", &right).await.status, StatusCode::SEE_OTHER);
}

/// P7: the next login rehashes the password at the configured cost.
#[tokio::test]
async fn raising_the_cost_hashes_anew_at_the_next_login() {
    let app = after_raising_the_cost().await;
    let before = row(&app).await.password_hash;
    let wrong = app.person().log_in("ada@example.org", "something else entirely").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(row(&app).await.password_hash == before, "a wrong password changes nothing");

    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let after = row(&app).await.password_hash;
    assert!(after != before && !after.must_update(5));
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert!(row(&app).await.password_hash == after, "once is enough");
}

/// P7: several tabs with the correct password at the same moment all succeed.
#[tokio::test]
async fn several_logins_at_once_after_raising_the_cost_all_succeed() {
    let app = after_raising_the_cost().await;
    let people: Vec<_> = (0..8).map(|_| app.person()).collect();
    let mut tabs = Vec::new();
    for person in people {
        let page = person.get("/login").await;
        tabs.push((person, page));
    }
    let logins: Vec<_> = tabs
        .into_iter()
        .map(|(person, page)| {
            tokio::spawn(async move {
                let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
                person.fill_in_on(&page, "/login", &fields).await.status
            })
        })
        .collect();
    for login in logins {
        assert_eq!(login.await.unwrap(), StatusCode::SEE_OTHER);
    }
}

/// P7: a rehash of the old password never replaces a password that was set meanwhile.
#[tokio::test]
async fn a_new_password_is_not_overwritten_by_the_old_ones_costlier_hash() {
    let app = after_raising_the_cost().await;
    let user = row(&app).await;
    let (old, changed) = (user.password_hash.clone(), Password::from("grey gulls fold paper 9".to_owned()));
    let costlier = PasswordHash::remake(&Password::from(PASSWORD.to_owned()), 5);
    let changed = PasswordHash::remake(&changed, 5);
    let (id, kept) = (user.id, changed.clone());
    let is_overwritten = app
        .sql(move |conn| {
            User::set_password(conn, id, &changed)?;
            User::upgrade_password(conn, id, &old, &costlier)
        })
        .await;
    assert!(!is_overwritten);
    assert!(row(&app).await.password_hash == kept);
    let late = app.person().log_in("ada@example.org", PASSWORD).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
}

/// P10
#[tokio::test]
async fn a_damaged_hash_lets_nobody_in_and_is_told_to_the_operator() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    for damaged in ["", "!", "bcrypt_sha256$", "bcrypt_sha256$$2b$04$short", PASSWORD] {
        app.sql(move |conn| {
            diesel::sql_query(format!("UPDATE users SET password_hash = '{damaged}'")).execute(conn)
        })
        .await;
        for guess in [PASSWORD, "!", "bcrypt_sha256$"] {
            let refused = app.person().log_in("ada@example.org", guess).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{damaged}");
            assert!(refused.says("That email and password don’t match."));
        }
    }
    let log = app.log();
    let told = log.lines().find(|line| line.contains("damaged") && line.contains(&user.id.to_string()));
    assert!(told.is_some_and(|line| line.contains("ERROR")), "{told:?}");
}

/// F2, P10: a hash above the limits is not computed, and the operator learns whose it is. It is
/// from before a limit was lowered, or was written directly.
#[tokio::test]
async fn a_hash_above_the_limits_lets_nobody_in_and_is_told_to_the_operator() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    let id = user.id;
    let costly = format!("scrypt$2$salt$1$2097152${}==", "A".repeat(86));
    app.sql(move |conn| User::set_password(conn, id, &PasswordHash::imported(costly).0)).await;
    let refused = app.person().log_in("ada@example.org", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.says("That email and password don’t match."));
    let log = app.log();
    let told = |line: &str| line.contains("asks for more than the limits") && line.contains(&id.to_string());
    assert!(log.lines().any(told), "{log}");
}
