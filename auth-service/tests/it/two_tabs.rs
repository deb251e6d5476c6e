//! Two tabs, and two presses of one button: one is first, and the other causes no error.

use reqwest::StatusCode;
use tokio::task::JoinSet;

use auth_service::forms::csrf::{NO_COOKIE, STALE};
use auth_service::users::User;

use crate::support::{PASSWORD, Person, REFRESH, TestApp, english};

const SHOP: &str = "https://shop.example.org/cart";
const NEW: [(&str, &str); 4] =
    [("first_name", "Ada"), ("last_name", "Lovelace"), ("email", "ada@example.org"), ("password", PASSWORD)];

fn credentials(password: &str) -> [(&str, &str); 2] {
    [("email", "ada@example.org"), ("password", password)]
}

#[tokio::test]
async fn the_second_of_two_login_tabs_goes_where_it_was_going() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let [first, second] = [ada.get("/login").await, ada.get(&format!("/login?next={SHOP}")).await];
    assert_eq!(ada.fill_in_on(&first, "/login", &credentials(PASSWORD)).await.status, StatusCode::SEE_OTHER);
    let session = ada.session_id();
    let reply =
        ada.fill_in_on(&second, "/login", &[("email", " ADA@example.org"), ("password", PASSWORD)]).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, SHOP), "{}", reply.text);
    assert_eq!(ada.session_id(), session, "it is the login that there is");
}

/// X2: a stale form has no effect.
#[tokio::test]
async fn a_stale_login_form_logs_nobody_else_in_and_does_not_speak_of_cookies() {
    let app = TestApp::start().await;
    for email in ["ada@example.org", "bob@example.org"] {
        app.user(email, PASSWORD).await;
    }
    let ada = app.person();
    let [first, second] = [ada.get("/login").await, ada.get("/login").await];
    ada.fill_in_on(&first, "/login", &credentials(PASSWORD)).await;
    let session = ada.session_id();
    let reply =
        ada.fill_in_on(&second, "/login", &[("email", "bob@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.says(&english(&STALE)) && !reply.says("cookies"), "{}", reply.text);
    assert_eq!(reply.field("email").as_deref(), Some("bob@example.org"), "what was typed is kept");
    assert_eq!(ada.session_id(), session);
    // The error page has a working form.
    let again =
        ada.fill_in_on(&reply, "/login", &[("email", "bob@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_ne!(ada.session_id(), session);
}

/// A browser that restores its tabs opens them at the same moment, and keeps the cookie of the last
/// response.
#[tokio::test]
async fn of_two_tabs_opened_at_once_in_a_fresh_browser_neither_is_told_that_cookies_are_off() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let [first, _second] = [ada.another().get("/login").await, ada.get("/login").await];
    let reply = ada.fill_in_on(&first, "/login", &credentials(PASSWORD)).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.says(&english(&STALE)) && !reply.says("cookies"), "{}", reply.text);
    assert_eq!(ada.fill_in_on(&reply, "/login", &credentials(PASSWORD)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookie_is_told_so() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for (path, fields) in
        [("/login", credentials(PASSWORD).to_vec()), ("/register", NEW.to_vec()), ("/logout", vec![])]
    {
        // Whoever holds no login is shown no button to log out, so the proof comes from another page.
        let with_form = if path == "/logout" { "/register" } else { path };
        let page = app.person().get(with_form).await;
        let forgetful = app.person();
        let reply = forgetful.fill_in_on(&page, path, &fields).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        assert!(reply.says(&english(&NO_COOKIE)), "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn the_second_of_two_logout_tabs_is_told_that_the_first_was_faster() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let [first, second] = [ada.get("/logout").await, ada.get(&format!("/logout?next={SHOP}")).await];
    ada.fill_in_on(&first, "/logout", &[]).await;
    let reply = ada.fill_in_on(&second, "/logout", &[]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.says(&english(&STALE)) && !reply.says("cookies"), "{}", reply.text);
    assert_eq!(ada.fill_in_on(&reply, "/logout", &[]).await.location(), format!("{SHOP}?sso_logged_out=1"));
}

/// If another person has logged in meanwhile, an older page does not log them out.
#[tokio::test]
async fn a_logout_page_from_before_the_login_ends_no_login() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let before = ada.get("/register").await;
    ada.log_in("ada@example.org", PASSWORD).await;
    let reply = ada.fill_in_on(&before, "/logout", &[]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.says(&english(&STALE)), "{}", reply.text);
    assert!(reply.cookie(REFRESH).is_none() && ada.is_logged_in().await);
}

async fn presses_at_once(person: &Person, apps: &[&TestApp], presses: usize) -> Vec<crate::support::Reply> {
    let page = person.get("/register").await;
    let token = page.field("csrf_token").unwrap();
    let mut all = JoinSet::new();
    for n in 0..presses {
        // Each press has the cookies from before the first response.
        let (finger, token) = (person.at(apps[n % apps.len()]), token.clone());
        all.spawn(async move {
            let mut fields = NEW.to_vec();
            fields.push(("csrf_token", &token));
            finger.post("/register", &fields).await
        });
    }
    all.join_all().await
}

async fn accounts(app: &TestApp) -> usize {
    app.sql(|conn| User::list_after(conn, "", 10)).await.len()
}

/// On one instance and on two, whichever response the browser shows.
#[tokio::test]
async fn pressing_create_account_twice_makes_one_account_and_says_nothing_of_a_taken_address() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    for reply in presses_at_once(&app.person(), &[&app, &other], 4).await {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        assert_eq!(reply.location(), "https://auth.example.org/");
        assert!(reply.cookie(REFRESH).is_some(), "whichever answer the browser keeps logs in");
    }
    assert_eq!(accounts(&app).await, 1);
    assert_eq!(app.events("registered").await.len(), 1, "one account, one event");
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_second_press_after_the_first_answer_goes_where_the_first_went() {
    let app = TestApp::start().await;
    let ada = app.person();
    let page = ada.get("/register").await;
    for _ in 0..2 {
        let reply = ada.fill_in_on(&page, "/register", &NEW).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/"));
    }
    assert!(ada.get("/").await.says("Your account was created"));
    assert_eq!(app.events("login").await.len(), 1, "the second press finds the login of the first");
}

/// Another page, password or person is not a second press.
#[tokio::test]
async fn a_taken_address_is_told_to_whoever_did_not_make_that_account_with_this_form() {
    let app = TestApp::start().await;
    let ada = app.person();
    let page = ada.get("/register").await;
    // The presses that follow have the cookies from before the answer.
    let before = ada.copy();
    ada.fill_in_on(&page, "/register", &NEW).await;
    let taken = |reply: crate::support::Reply| {
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.says("already has an account"), "{}", reply.text);
    };
    taken(before.copy().fill_in("/register", &NEW).await);
    taken(app.person().fill_in("/register", &NEW).await);
    let mut other_password = NEW;
    other_password[3].1 = "seven lanterns over the weir";
    taken(before.copy().fill_in_on(&page, "/register", &other_password).await);
    let mut other_address = NEW;
    other_address[2].1 = "grace@example.org";
    let reply = before.copy().fill_in_on(&page, "/register", &other_address).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "the same page makes another account: {}", reply.text);
}
