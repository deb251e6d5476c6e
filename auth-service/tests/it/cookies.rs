//! Cookies in responses: names, attributes, size.

use std::collections::BTreeMap;

use auth_service::app::App;
use auth_service::audit::RequestContext;
use auth_service::config::{Config, ServeFlags};
use auth_service::http::Cookies;
use auth_service::sessions::{Amr, Current, Session};
use auth_service::users::{Email, PasswordHash, Role, Roles, User};
use diesel::RunQueryDsl;

use crate::support::{ACCESS, BROWSER, HINT, PASSWORD, REFRESH, SetCookie, TestApp, TestClock, TestDatabase};

const FIVE_DAYS: i64 = 5 * 86_400;

fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Removes `Max-Age`, which has a test of its own.
fn without_age(cookie: &SetCookie) -> BTreeMap<String, String> {
    let mut attributes = cookie.attributes.clone();
    attributes.remove("max-age").expect("a Max-Age");
    attributes
}

fn host_only() -> BTreeMap<String, String> {
    attributes(&[("path", "/"), ("secure", ""), ("httponly", ""), ("samesite", "Lax")])
}

fn domain_wide() -> BTreeMap<String, String> {
    let mut all = host_only();
    all.insert("domain".to_owned(), "example.org".to_owned());
    all
}

/// C1, C2: exactly these attributes, at a login and at each renewal.
#[tokio::test]
async fn the_session_stays_on_this_host_and_the_access_token_reaches_its_siblings() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    for reply in [ada.log_in("ada@example.org", PASSWORD).await, ada.get("/login").await] {
        let refresh = reply.cookie(REFRESH).expect("a refresh cookie");
        assert_eq!(without_age(&refresh), host_only());
        assert!((FIVE_DAYS - 1..=FIVE_DAYS).contains(&refresh.max_age()), "{}", refresh.max_age());
        let access = reply.cookie(ACCESS).expect("an access cookie");
        assert_eq!(without_age(&access), domain_wide());
        assert!((299..=301).contains(&access.max_age()), "{}", access.max_age());
        let hint = reply.cookie(HINT).expect("a hint");
        assert_eq!((without_age(&hint), hint.value.as_str()), (domain_wide(), "1"));
        assert_eq!(hint.max_age(), refresh.max_age());
        let names: Vec<String> = reply.cookies().into_iter().map(|cookie| cookie.name).collect();
        assert!(
            names.iter().all(|name| [ACCESS, REFRESH, BROWSER, HINT].contains(&name.as_str())),
            "{names:?}"
        );
        assert!(names.iter().filter(|name| *name == REFRESH).count() == 1, "{names:?}");
    }
}

/// C1: the cookie for forms also stays on this host.
#[tokio::test]
async fn the_browser_cookie_stays_on_this_host() {
    let app = TestApp::start().await;
    let browser = app.person().get("/login").await.cookie(BROWSER).expect("a browser cookie");
    assert_eq!(without_age(&browser), host_only());
    assert_eq!(browser.max_age(), 86_400);
}

/// C2: the cookie expires with its token, even if the session's end comes first.
#[tokio::test]
async fn near_the_end_of_a_session_the_cookies_live_only_as_long_as_it_does() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let day = std::time::Duration::from_secs(86_400);
    for _ in 0..7 {
        app.wait(4 * day);
        ada.get("/login").await;
    }
    app.wait(2 * day - std::time::Duration::from_secs(120));
    let last = ada.get("/login").await;
    for name in [ACCESS, REFRESH] {
        let age = last.cookie(name).expect(name).max_age();
        // The remaining two minutes, less the duration of the test.
        assert!((60..=120).contains(&age), "{name} lives {age} s");
    }
}

/// C9: deletions use the same attributes. Otherwise the browser would keep the cookies.
#[tokio::test]
async fn a_logout_deletes_each_cookie_under_the_attributes_it_was_set_with() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let set = ada.log_in("ada@example.org", PASSWORD).await;
    let out = ada.log_out().await;
    for name in [ACCESS, REFRESH] {
        let (set, gone) = (set.cookie(name).unwrap(), out.cookie(name).unwrap());
        assert_eq!(without_age(&set), without_age(&gone), "{name}");
        assert_eq!((gone.value.as_str(), gone.max_age()), ("", 0), "{name}");
    }
}

/// C3: with ordinary names.
#[tokio::test]
async fn the_cookies_of_an_ordinary_user_are_small() {
    let app = TestApp::start().await;
    app.user("ada.lovelace@example.org", PASSWORD).await;
    let reply = app.person().log_in("ada.lovelace@example.org", PASSWORD).await;
    for cookie in reply.cookies() {
        let size = cookie.name.len() + cookie.value.len();
        assert!(size < 1200, "{} has {size} bytes", cookie.name);
    }
}

/// C3: with the longest possible names, address, hosts and cookie name. A browser drops larger
/// cookies.
#[test]
fn the_longest_legal_claims_still_fit_in_a_cookie() {
    let database = TestDatabase::create();
    let domain =
        format!("{}.{}.{}.{}.example.org", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(43));
    let flags = ServeFlags {
        auth_url: Some(format!("https://s.{domain}")),
        cookie_domain: Some(domain),
        access_cookie_name: Some(format!("__Secure-{}", "n".repeat(55))),
        ..flags(&database)
    };
    let (config, clock) = (config(&flags), TestClock::default());
    let limits = config.session_limits;
    let app = App::open(config, clock.clock()).unwrap();
    let longest = "\u{1F9D1}".repeat(150);
    let user = User {
        id: auth_service::db::types::Id::new(clock.now()),
        email: Email::parse(&format!("{}@{}.example.org", "x".repeat(64), "y".repeat(63))).unwrap(),
        email_verified_at: Some(clock.now()),
        first_name: longest.clone(),
        last_name: longest,
        password_hash: PasswordHash::dummy(4),
        is_active: true,
        is_staff: true,
        is_superuser: true,
        date_joined: clock.now(),
        last_login: None,
        roles: Roles::default().with(&(0..Roles::MAX).map(longest_role).collect::<Vec<_>>()).unwrap(),
        language: None,
        login_notices: true,
    };
    let row = user.clone();
    let session = app.db.run_blocking(|conn| {
        diesel::insert_into(auth_service::db::schema::users::table).values(&row).execute(conn)?;
        Session::begin(
            conn,
            row.id,
            &Amr::parse("pwd otp hwk mfa"),
            &RequestContext::operator(&clock.clock()),
            limits,
        )
        .map_err(auth_service::db::DatabaseError::from)
    });
    let current = Current { user, session: session.unwrap(), at: clock.now() };
    let issued = app.tokens.issue(&current);
    let tokens =
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(issued).unwrap();
    let answer = app.cookies.set_session_cookies(actix_web::HttpResponse::Ok().finish(), &tokens).unwrap();
    let sizes: Vec<usize> =
        answer.cookies().map(|cookie| cookie.name().len() + cookie.value().len()).collect();
    assert!(sizes.len() == 3 && sizes.iter().all(|size| *size <= 4096), "{sizes:?}");
    assert!(sizes[0] > 3000, "the test no longer makes a long token: {sizes:?}");
}

fn longest_role(n: usize) -> Role {
    Role::parse(&format!("{n:02}{}", "x".repeat(30))).unwrap()
}

/// C10: names without a prefix and cookies without `Secure` are for a developer's own machine only.
#[test]
fn cookies_lose_their_guards_on_a_localhost_host_over_http_alone() {
    let database = TestDatabase::create();
    let insecure = |auth_url: &str, cookie_domain: &str| ServeFlags {
        auth_url: Some(auth_url.to_owned()),
        cookie_domain: Some(cookie_domain.to_owned()),
        cookie_secure: Some("false".to_owned()),
        ..flags(&database)
    };
    for (auth_url, domain) in [
        ("https://auth.example.org", "example.org"),
        ("https://auth.sso.localhost:8000", "sso.localhost"),
        ("http://auth.example.org", "example.org"),
        ("http://auth.localhost.example.org", "example.org"),
        ("http://auth.sso.localhost.evil.net", "sso.localhost"),
    ] {
        assert!(Config::parse(&insecure(auth_url, domain)).is_err(), "{auth_url}");
    }
    let local = config(&insecure("http://auth.sso.localhost:8000", "sso.localhost"));
    let access = Cookies::new(&local).access("x", std::time::Duration::from_secs(9)).to_string();
    assert_eq!(access, "sso_access=x; HttpOnly; SameSite=Lax; Path=/; Domain=sso.localhost; Max-Age=9");
}

fn flags(database: &TestDatabase) -> ServeFlags {
    let mut flags = ServeFlags {
        secret_key: Some("pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho".to_owned()),
        ..ServeFlags::default()
    };
    flags.database.database_url = Some(database.url.clone());
    flags
}

fn config(flags: &ServeFlags) -> Config {
    let mut config = Config::parse(flags).unwrap();
    config.passwords.bcrypt_cost = 4;
    config
}

/// C3, C17: messages that are never shown accumulate, but their cookie stays small.
#[tokio::test]
async fn messages_that_nobody_reads_do_not_pile_up() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    for n in 0..40 {
        // Each of these leaves a message for a page that is never opened.
        let reply = ada.get(&format!("/login?next=https://{n}.{}.net/", "e".repeat(60))).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        let cookie = ada.cookie(BROWSER).unwrap();
        assert!(BROWSER.len() + cookie.len() < 2048, "{n}: {}", cookie.len());
    }
    let page = ada.get("/").await;
    assert_eq!(page.text.matches("We could not take you back").count(), 3, "{}", page.text);
}
