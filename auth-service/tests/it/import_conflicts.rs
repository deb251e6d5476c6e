//! Several sources about one person: which one wins, and what none can change.

use auth_service::users::{Email, User};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::commands::Ended;
use super::import_django::import;
use crate::support::{PASSWORD, TestApp};

/// A password hashed by Django: see `django/hashes.json`.
const THEIRS: &str = "tumbling violets 7 in a slow brass door";

fn hash(kind: &str) -> String {
    let all: Value = serde_json::from_str(include_str!("django/hashes.json")).unwrap();
    let one =
        all["hashes"].as_array().unwrap().iter().find(|one| one["kind"] == kind && one["name"] == "plain");
    one.unwrap()["hash"].as_str().unwrap().to_owned()
}

/// A dump of one service with these people. Other fields have ordinary values.
fn dump(people: &[Value]) -> tempfile::NamedTempFile {
    let objects: Vec<Value> = people
        .iter()
        .map(|given| {
            let mut fields = json!({
                "username": "ada", "email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace",
                "password": hash("pbkdf2_sha1"), "is_active": true, "is_staff": false, "is_superuser": false,
                "date_joined": "2020-01-01T00:00:00Z", "last_login": "2021-01-01T00:00:00Z",
            });
            fields.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
            json!({"model": "auth.user", "pk": 1, "fields": fields})
        })
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), serde_json::to_string(&objects).unwrap()).unwrap();
    file
}

#[track_caller]
fn import_people(app: &TestApp, people: &[Value], more: &[&str]) -> Ended {
    let file = dump(people);
    import(app, file.path().to_str().unwrap(), more)
}

async fn ada(app: &TestApp) -> User {
    let email = Email::parse("ada@example.org").unwrap();
    app.sql(move |conn| User::by_email(conn, &email)).await.unwrap()
}

const UUID_A: &str = "11111111-1111-4111-8111-111111111111";
const UUID_B: &str = "22222222-2222-4222-8222-222222222222";

#[tokio::test]
async fn of_two_services_the_first_stays_unless_another_choice_is_made() {
    let first = json!({"username": UUID_A});
    let second = json!({"username": UUID_B, "first_name": "Augusta", "password": hash("scrypt"), "last_login": "2022-01-01T00:00:00Z"});
    let older = json!({"username": UUID_B, "first_name": "Augusta", "password": hash("scrypt"), "last_login": "2019-01-01T00:00:00Z"});
    for (policy, other, wins) in [
        ("keep", &second, false),
        ("take", &second, true),
        ("take", &older, true),
        ("newest", &second, true),
        ("newest", &older, false),
    ] {
        let app = TestApp::start().await;
        assert_eq!(import_people(&app, std::slice::from_ref(&first), &[]).code, 0);
        let ended = import_people(&app, std::slice::from_ref(other), &["--on-conflict", policy]);
        assert_eq!(ended.code, 0, "{ended:?}");
        let user = ada(&app).await;
        assert_eq!(user.id.to_string(), UUID_A, "an account never changes its UUID");
        assert_eq!(user.first_name == "Augusta", wins, "{policy}");
        assert_eq!(user.password_hash.exported().starts_with("scrypt$"), wins, "{policy}");
        assert!(ended.out.contains("the source has another user_uuid"), "{ended:?}");
        let again = import_people(&app, std::slice::from_ref(other), &["--on-conflict", policy]);
        assert!(again.out.ends_with("Nothing has changed.\n"), "{policy}: {again:?}");
    }
}

/// F3: rights come only from a source that is trusted with them.
#[tokio::test]
async fn nobody_becomes_superuser_by_surprise() {
    let app = TestApp::start().await;
    let boss = json!({"username": UUID_A, "is_staff": true, "is_superuser": true});
    for policy in ["keep", "take", "newest"] {
        let ended = import_people(&app, std::slice::from_ref(&boss), &["--on-conflict", policy]);
        assert!(ended.out.contains("is superuser there; not taken without --trust-rights"), "{ended:?}");
        let user = ada(&app).await;
        assert!(!user.is_staff && !user.is_superuser, "{policy}");
    }
    let ended =
        import_people(&app, std::slice::from_ref(&boss), &["--on-conflict", "keep", "--trust-rights"]);
    assert!(
        ended.out.contains("kept as it is here; the source has another is_staff, is_superuser"),
        "{ended:?}"
    );
    assert!(!ada(&app).await.is_superuser);
    import_people(&app, &[boss], &["--on-conflict", "take", "--trust-rights"]);
    assert!(
        ada(&app).await.is_superuser,
        "asked for in so many words, and with the password of the same row"
    );
}

/// F3: a stranger has registered the colleague's address with a password of their own. The
/// colleague's rights elsewhere must not go to that account.
#[tokio::test]
async fn rights_never_go_to_an_account_with_another_password() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let boss = json!({"username": UUID_A, "is_superuser": true, "password": "!"});
    let ended = import_people(&app, &[boss], &["--on-conflict", "take", "--trust-rights"]);
    assert!(ended.out.contains("rights not taken: the password is another than in the source"), "{ended:?}");
    assert!(!ada(&app).await.is_superuser);
    // With a usable password, the account becomes the imported person's, and the stranger is logged
    // out.
    let squatter = app.person();
    assert_eq!(squatter.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let boss = json!({"username": UUID_A, "is_superuser": true});
    let ended = import_people(&app, &[boss], &["--on-conflict", "take", "--trust-rights"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ada(&app).await.is_superuser && !squatter.is_logged_in().await);
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.person().log_in("ada@example.org", THEIRS).await.status, StatusCode::SEE_OTHER);
}

/// F3: an account with a superuser's address in another service cannot change the superuser's
/// account.
#[tokio::test]
async fn a_source_that_is_not_trusted_changes_nobody_with_rights() {
    let app = TestApp::start().await;
    app.user_with("ada@example.org", PASSWORD, |new| new.is_superuser = true).await;
    let mallory = json!({"username": UUID_B, "first_name": "Mallory", "is_active": false, "last_login": "2026-01-01T00:00:00Z"});
    for policy in ["keep", "take", "newest"] {
        let before = ada(&app).await;
        let ended = import_people(&app, std::slice::from_ref(&mallory), &["--on-conflict", policy]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ada(&app).await, before, "{policy}");
    }
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_is_inactive_here_stays_so_and_who_left_there_can_be_shut_out() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    let visitor = app.person();
    assert_eq!(visitor.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let gone = json!({"is_active": false, "password": "!"});
    import_people(&app, std::slice::from_ref(&gone), &["--on-conflict", "keep"]);
    assert!(ada(&app).await.is_active && visitor.is_logged_in().await);
    import_people(&app, &[gone], &["--on-conflict", "take"]);
    let now = ada(&app).await;
    assert!(!now.is_active && !visitor.is_logged_in().await);
    assert_eq!(now.password_hash, user.password_hash, "no password replaces none");
    let ended = import_people(&app, &[json!({})], &["--on-conflict", "take"]);
    assert!(ended.out.contains("is inactive here; `users activate` lets them in again"), "{ended:?}");
    assert!(!ada(&app).await.is_active);
}

#[tokio::test]
async fn of_two_rows_with_one_address_one_counts_and_the_other_is_told() {
    let rows = [
        json!({"username": UUID_A, "last_login": "2021-01-01T00:00:00Z"}),
        json!({"username": UUID_B, "email": "ADA@Example.org", "last_login": "2022-01-01T00:00:00Z"}),
    ];
    for (policy, winner) in [("keep", UUID_A), ("take", UUID_A), ("newest", UUID_B)] {
        let app = TestApp::start().await;
        for _ in 0..2 {
            let ended = import_people(&app, &rows, &["--on-conflict", policy]);
            assert!(ended.code == 1 && ended.out.contains("has the same address, and counts"), "{ended:?}");
            assert_eq!(ada(&app).await.id.to_string(), winner, "{policy}");
        }
    }
}

/// F3: some services let people choose usernames, and a UUID identifies people in all services.
#[tokio::test]
async fn a_uuid_that_belongs_to_another_is_not_taken_over() {
    let app = TestApp::start().await;
    import_people(&app, &[json!({"username": UUID_A})], &[]);
    let mallory = json!({"username": UUID_A.to_uppercase(), "email": "mallory@example.org"});
    let ended = import_people(&app, std::slice::from_ref(&mallory), &["--on-conflict", "take"]);
    assert!(ended.code == 1 && ended.out.contains("the UUID belongs to ada@example.org here"), "{ended:?}");
    let twice = import_people(
        &app,
        &[
            json!({"username": UUID_B, "email": "b@example.org"}),
            json!({"username": UUID_B, "email": "c@example.org"}),
        ],
        &[],
    );
    assert!(twice.code == 1 && twice.out.contains("row 1 has the same UUID, and counts"), "{twice:?}");
    assert_eq!(import_people(&app, &[mallory], &["--ignore-uuids"]).code, 0);
}

/// Registrations during an import: no account exists twice, and the import does not fail.
#[tokio::test]
async fn a_registration_at_that_moment_and_an_import_make_one_account() {
    let app = TestApp::start().await;
    let people: Vec<Value> =
        (0..300).map(|n| json!({"username": n.to_string(), "email": format!("p{n}@example.org")})).collect();
    let file = dump(&people);
    let path = file.path().to_str().unwrap().to_owned();
    let registering: Vec<_> = (0..6)
        .map(|n| {
            let visitor = app.person();
            tokio::spawn(async move {
                visitor.register(&format!("p{}@example.org", n * 50), PASSWORD).await.status
            })
        })
        .collect();
    let ended = import(&app, &path, &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for registered in registering {
        assert!(registered.await.unwrap().as_u16() < 500);
    }
    assert_eq!(app.sql(User::count).await, 300);
}
