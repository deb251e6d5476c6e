//! Passwords that a real Django hashed: `django/hashes.json`, made by `django/make_fixtures.py`.

use auth_service::passwords::{HashPool, Password, Work};
use auth_service::users::{Email, PasswordHash, User};
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{TestApp, Tweaks};

const FIXTURES: &str = include_str!("django/hashes.json");

struct Fixture {
    kind: String,
    name: String,
    password: String,
    hash: String,
}

fn fixtures() -> Vec<Fixture> {
    let all: Value = serde_json::from_str(FIXTURES).unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    all["hashes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Fixture {
            kind: text(one, "kind"),
            name: text(one, "name"),
            password: text(one, "password"),
            hash: text(one, "hash"),
        })
        .collect()
}

async fn row(app: &TestApp, email: &str) -> User {
    let email = Email::parse(email).unwrap();
    app.sql(move |conn| User::by_email(conn, &email)).await.unwrap()
}

/// Somebody with that hash, as an import leaves them.
async fn somebody(app: &TestApp, email: &str, hash: &str) {
    let hash = PasswordHash::imported(hash.to_owned()).0;
    app.user_with(email, "unused words of somebody", |new| new.password_hash = hash).await;
}

/// F1
#[tokio::test]
async fn every_kind_of_hash_that_django_makes_logs_in_and_becomes_ours() {
    let app = TestApp::start().await;
    let mut kinds = std::collections::BTreeSet::new();
    for (n, fixture) in fixtures().iter().enumerate() {
        let email = format!("p{n}@example.org");
        somebody(&app, &email, &fixture.hash).await;
        let what = format!("{} {}", fixture.kind, fixture.name);
        for wrong in [format!("!{}", fixture.password), fixture.password.to_uppercase() + " "] {
            let refused = app.person().log_in(&email, &wrong).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{what}: {wrong}");
        }
        assert_eq!(row(&app, &email).await.password_hash.exported(), fixture.hash, "{what}");
        let admitted = app.person().log_in(&email, &fixture.password).await;
        assert_eq!(admitted.status, StatusCode::SEE_OTHER, "{what}");
        let after = row(&app, &email).await.password_hash;
        assert!(after.exported().starts_with("bcrypt_sha256$$2b$04$") && !after.must_update(4), "{what}");
        assert_eq!(
            app.person().log_in(&email, &fixture.password).await.status,
            StatusCode::SEE_OTHER,
            "{what}"
        );
        kinds.insert(fixture.kind.clone());
    }
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}

/// F1: bytes beyond the 72nd count nowhere but in plain bcrypt, where Django never looked at them; nor do they, once they
/// have been typed, stay without meaning.
#[tokio::test]
async fn the_end_of_a_long_password_counts_except_where_django_never_looked_at_it() {
    let app = TestApp::start().await;
    for (n, fixture) in fixtures().iter().filter(|fixture| fixture.name == "long").enumerate() {
        let email = format!("p{n}@example.org");
        somebody(&app, &email, &fixture.hash).await;
        let other = fixture.password.replace(": A", ": B");
        let status = app.person().log_in(&email, &other).await.status;
        if fixture.kind != "bcrypt" {
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{}", fixture.kind);
            continue;
        }
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(app.person().log_in(&email, &other).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.person().log_in(&email, &fixture.password).await.status, StatusCode::UNAUTHORIZED);
    }
}

/// F1: several tabs may bring the right password at that moment; one of them replaces the hash, and none is called wrong.
#[tokio::test]
async fn several_first_logins_at_once_all_succeed() {
    let app = TestApp::start().await;
    let fixture = fixtures().into_iter().find(|fixture| fixture.kind == "scrypt").unwrap();
    somebody(&app, "ada@example.org", &fixture.hash).await;
    let mut tabs = Vec::new();
    for _ in 0..8 {
        let person = app.person();
        let page = person.get("/login").await;
        tabs.push((person, page));
    }
    let logins: Vec<_> = tabs
        .into_iter()
        .map(|(person, page)| {
            let password = fixture.password.clone();
            tokio::spawn(async move {
                let fields = [("email", "ada@example.org"), ("password", password.as_str())];
                person.fill_in_on(&page, "/login", &fields).await.status
            })
        })
        .collect();
    for login in logins {
        assert_eq!(login.await.unwrap(), StatusCode::SEE_OTHER);
    }
    assert!(!row(&app, "ada@example.org").await.password_hash.must_update(4));
}

/// F1: the hash made of an old password at its last login never replaces one that was set meanwhile.
#[tokio::test]
async fn a_password_set_meanwhile_is_not_replaced_by_the_old_one_in_our_form() {
    let app = TestApp::start().await;
    let fixture = fixtures().remove(0);
    somebody(&app, "ada@example.org", &fixture.hash).await;
    let user = row(&app, "ada@example.org").await;
    let ours = PasswordHash::remake(&Password::from(fixture.password.clone()), 4);
    let changed = PasswordHash::remake(&Password::from("grey gulls fold paper 9".to_owned()), 4);
    let kept = changed.clone();
    let is_replaced = app
        .sql(move |conn| {
            User::set_password(conn, user.id, &changed)?;
            User::upgrade_password(conn, user.id, &user.password_hash, &ours)
        })
        .await;
    assert!(!is_replaced && row(&app, "ada@example.org").await.password_hash == kept);
}

/// P10, E1: who has no password gets the answer of a wrong one, and no alarm is raised.
#[tokio::test]
async fn somebody_without_a_password_cannot_log_in_and_is_no_damage() {
    let app = TestApp::start().await;
    somebody(&app, "ada@example.org", "!aQw8ErTzUiOpAsDfGhJkLyXcVbNm12345678").await;
    let user = row(&app, "ada@example.org").await;
    for guess in ["!", "!aQw8ErTzUiOpAsDfGhJkLyXcVbNm12345678", "a guess of somebody"] {
        let refused = app.person().log_in("ada@example.org", guess).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.says("Please enter a correct email and password."));
    }
    let log = app.log();
    assert!(!log.lines().any(|line| line.contains("damaged") && line.contains(&user.id.to_string())));
}

/// E9: once the table holds Django's hashes, addresses without an account are compared with such hashes, in the shares that the
/// table has; and when everybody has logged in, with ours alone.
#[tokio::test]
async fn an_unknown_address_costs_what_some_row_costs() {
    let app = TestApp::start().await;
    for n in 0..6 {
        let kind = if n < 3 { "pbkdf2_sha1" } else { "argon2id" };
        let fixture = fixtures().into_iter().find(|fixture| fixture.kind == kind).unwrap();
        somebody(&app, &format!("p{n}@example.org"), &fixture.hash).await;
    }
    let kinds = |app: &TestApp| {
        let (db, cost) = (app.db(), 4);
        async move {
            let pool = HashPool::sized(cost, 1, 1);
            pool.learn(
                db.query(move |conn| auth_service::passwords::HashCostProfile::survey(conn, cost))
                    .await
                    .unwrap(),
            );
            let mut kinds = std::collections::BTreeMap::<Work, usize>::new();
            for n in 0..400 {
                let email = Email::parse(&format!("nobody{n}@example.org")).unwrap();
                let work = pool.decoy(&email).work(cost);
                assert_eq!(work, pool.decoy(&email).work(cost), "asked twice, it is the same");
                *kinds.entry(work).or_default() += 1;
            }
            kinds
        }
    };
    let found = kinds(&app).await;
    assert!(found.len() == 2 && found.values().all(|count| *count > 100), "{found:?}");
    assert!(!found.contains_key(&Work::Ours), "nobody has one of ours yet: {found:?}");
    app.sql(|conn| {
        let own = PasswordHash::decoy(4);
        for user in User::list_after(conn, "", 3)? {
            User::set_password(conn, user.id, &own)?;
        }
        Ok(())
    })
    .await;
    let found = kinds(&app).await;
    assert!(found.len() == 2 && found[&Work::Ours] > 100, "{found:?}");
}

/// E9: the running service counts again, and a second instance with the same secret decides alike.
#[tokio::test]
async fn an_instance_that_starts_knows_what_the_table_holds() {
    let app = TestApp::start().await;
    let nobody = app.person().log_in("nobody@example.org", "a guess of somebody").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let fixture = fixtures().into_iter().find(|fixture| fixture.kind == "argon2d").unwrap();
    somebody(&app, "ada@example.org", &fixture.hash).await;
    let later = app.another(Tweaks::default()).await;
    let known = later.person().log_in("ada@example.org", "a guess of somebody").await;
    let unknown = later.person().log_in("eve@example.org", "a guess of somebody").await;
    assert_eq!((known.status, unknown.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
}
