//! Passwords that a real Django hashed: `django/hashes.json`, made by `django/make_fixtures.py`.

use std::collections::BTreeMap;

use auth_service::mail::Postbox;
use auth_service::outbox::PayloadKeys;
use auth_service::passwords::{AccountMarks, DummyHashes, HashPool, Password};
use auth_service::proofs::ProofKeys;
use auth_service::sessions::RefreshKey;
use auth_service::sign_in::{Attempt, Before, Credentials, LoginNotices, SignIn};
use auth_service::users::{Email, PasswordHash, User};
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{PASSWORD, TestApp, is_long_run};

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

/// An account with that hash, as after an import.
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
        let wrong = [format!("!{}", fixture.password), fixture.password.to_uppercase() + " "];
        // Each costs as much as it did in Django, so most runs try one for every other fixture.
        for wrong in &wrong[..if is_long_run() { 2 } else { n % 2 }] {
            let refused = app.person().log_in(&email, wrong).await;
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

/// F1: bytes after the 72nd count in every hash but plain bcrypt, where Django ignored them as
/// well. After the first login they count there too.
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

/// F1: of several tabs with the right password at the same time, one replaces the hash and all
/// succeed.
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

/// F1: a rehash at a login does not overwrite a password that was set meanwhile.
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

/// P10, E1: an account without a password gets the response to a wrong one, and no error is logged.
#[tokio::test]
async fn somebody_without_a_password_cannot_log_in_and_is_no_damage() {
    let app = TestApp::start().await;
    somebody(&app, "ada@example.org", "!aQw8ErTzUiOpAsDfGhJkLyXcVbNm12345678").await;
    let user = row(&app, "ada@example.org").await;
    for guess in ["!", "!aQw8ErTzUiOpAsDfGhJkLyXcVbNm12345678", "a guess of somebody"] {
        let refused = app.person().log_in("ada@example.org", guess).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.says("That email and password don’t match."));
    }
    let log = app.log();
    assert!(!log.lines().any(|line| line.contains("damaged") && line.contains(&user.id.to_string())));
}

/// The hashes that unknown addresses are compared with: their prefixes and counts.
async fn borrowed(app: &TestApp) -> BTreeMap<String, usize> {
    let dummies = DummyHashes::new(&app.config.secret_key, 4);
    let hashes = app.sql(move |conn| {
        let unknown = (0..400).map(|n| Email::parse(&format!("nobody{n}@example.org")).unwrap());
        unknown.map(|email| dummies.for_address(conn, &email)).collect::<Result<Vec<_>, _>>()
    });
    let mut kinds = BTreeMap::new();
    for hash in hashes.await {
        *kinds.entry(hash.exported().split('$').next().unwrap().to_owned()).or_default() += 1;
    }
    kinds
}

/// E9: with Django's hashes in the table, unknown addresses are compared with such hashes in the
/// table's proportions. When all people have logged in, only with ours.
#[tokio::test]
async fn an_unknown_address_costs_what_some_row_costs() {
    let app = TestApp::start().await;
    assert_eq!(borrowed(&app).await, BTreeMap::from([("bcrypt_sha256".to_owned(), 400)]), "nobody is here");
    for n in 0..60 {
        let kind = if n % 3 == 0 { "pbkdf2_sha1" } else { "argon2id" };
        let fixture = fixtures().into_iter().find(|fixture| fixture.kind == kind).unwrap();
        somebody(&app, &format!("p{n}@example.org"), &fixture.hash).await;
    }
    let found = borrowed(&app).await;
    assert!(found.len() == 2 && found["argon2"] > 160 && found["pbkdf2_sha1"] > 50, "{found:?}");
    assert_eq!(found, borrowed(&app).await, "asked twice, it is the same");
    app.sql(|conn| {
        for user in User::list_after(conn, "", 30)? {
            User::set_password(conn, user.id, &PasswordHash::dummy(4))?;
        }
        Ok(())
    })
    .await;
    let found = borrowed(&app).await;
    assert!(found.len() == 3 && found["bcrypt_sha256"] > 100, "{found:?}");
    app.sql(|conn| {
        for user in User::list_after(conn, "", 60)? {
            User::set_password(conn, user.id, &PasswordHash::dummy(4))?;
        }
        Ok(())
    })
    .await;
    assert_eq!(borrowed(&app).await.keys().collect::<Vec<_>>(), ["bcrypt_sha256"]);
}

/// E9: like rows of people who log in, which become ours and stay so.
#[tokio::test]
async fn while_people_log_in_an_unknown_address_changes_to_ours_once_and_never_back() {
    let app = TestApp::start().await;
    let fixture = fixtures().into_iter().find(|fixture| fixture.kind == "argon2id").unwrap();
    for n in 0..12 {
        somebody(&app, &format!("p{n}@example.org"), &fixture.hash).await;
    }
    let mut ours = Vec::new();
    for n in 0..12 {
        ours.push(borrowed(&app).await.get("bcrypt_sha256").copied().unwrap_or_default());
        assert!(
            app.person()
                .log_in(&format!("p{n}@example.org"), &fixture.password)
                .await
                .status
                .is_redirection()
        );
    }
    ours.push(borrowed(&app).await["bcrypt_sha256"]);
    assert!(ours.is_sorted() && ours[0] == 0 && ours[12] == 400, "{ours:?}");
}

/// E9, W5: a login at an unknown address does the work of the row whose hash it borrows. If the
/// memory limit for hashing is lower, it is refused like the row's owner.
#[tokio::test]
async fn an_unknown_address_is_refused_where_its_row_is() {
    let app = TestApp::start().await;
    let costly = format!("argon2$argon2id$v=19$m=9216,t=1,p=1$AAAAAAAAAAAAAA${}", "A".repeat(43));
    somebody(&app, "ada@example.org", &costly).await;
    let sign_in = SignIn {
        db: app.db(),
        hashers: HashPool::with_budget(4, 1, 1, 8 << 20),
        dummy_hashes: DummyHashes::new(&app.config.secret_key, 4),
        marks: AccountMarks::new(&app.config.secret_key, None),
        refresh_key: RefreshKey::new(&app.config.secret_key, None),
        limits: app.config.session_limits,
        notices: LoginNotices {
            postbox: Postbox::new(PayloadKeys::new(&app.config.secret_key, None), false),
            keys: ProofKeys::new(&app.config.secret_key, None),
            auth_url: app.config.auth_url.clone(),
        },
    };
    let attempt = async |email: &str| {
        let email = Email::parse(email).unwrap();
        let credentials = Credentials { email, password: Password::from("a guess of somebody".to_owned()) };
        sign_in
            .attempt(credentials, Before::default(), app.operator())
            .await
            .map_err(|error| format!("{error:?}"))
    };
    let (known, unknown) = (attempt("ada@example.org").await, attempt("eve@example.org").await);
    assert!(known.as_ref().is_err_and(|error| error.contains("needs_mib: 9")), "{known:?}");
    assert_eq!(format!("{known:?}"), format!("{unknown:?}"));
    somebody(&app, "joe@example.org", PasswordHash::dummy(4).exported()).await;
    app.sql(|conn| {
        let ada = User::by_email(conn, &Email::parse("ada@example.org").unwrap())?.unwrap();
        User::set_password(conn, ada.id, &PasswordHash::dummy(4))
    })
    .await;
    for email in ["ada@example.org", "eve@example.org"] {
        let judged = attempt(email).await;
        assert!(matches!(judged, Ok(Attempt::Rejected(_))), "{judged:?}");
    }
}

/// E1: a known password without its address cannot be matched by trying it at unknown addresses.
#[tokio::test]
async fn the_password_of_the_row_that_lends_its_hash_opens_nothing() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let unknown = app.person().log_in("eve@example.org", PASSWORD).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    assert!(unknown.says("That email and password don’t match."));
}
