//! Logging out.

use reqwest::StatusCode;

use crate::support::{PASSWORD, Person, TestApp};

const LOGIN: &str = "https://auth.example.org/login";

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    ada
}

#[tokio::test]
async fn the_page_asks_and_its_button_logs_out() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let page = ada.get("/logout").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("<h1>Log out <bdi>Ada Lovelace</bdi>?</h1>"), "{}", page.text);
    assert!(page.says("<bdi>ada@example.org</bdi>") && page.says("in this browser"), "{}", page.text);
    assert_eq!(page.text.matches("<button").count(), 1);
    assert!(ada.is_logged_in().await, "looking at the page is not logging out");

    let out = ada.fill_in_on(&page, "/logout", &[]).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, LOGIN));
    let login = ada.get("/login").await;
    assert!(login.says("You are now logged out."), "{}", login.text);
    assert!(!ada.get("/login").await.says("You are now logged out."));
    assert!(!ada.is_logged_in().await);
}

/// C9: a cookie is deleted only with the attributes with which it was set.
#[tokio::test]
async fn both_cookies_are_taken_away_as_they_were_set() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let welcome = ada.log_in("ada@example.org", PASSWORD).await;
    let out = ada.log_out().await;
    for name in ["__Secure-sso_access", "__Host-sso_refresh"] {
        let (set, gone) = (welcome.cookie(name).unwrap(), out.cookie(name).unwrap());
        assert_eq!((gone.value.as_str(), gone.max_age()), ("", 0), "{name}");
        for attribute in ["domain", "path", "secure", "httponly", "samesite"] {
            assert_eq!(gone.attribute(attribute), set.attribute(attribute), "{name} {attribute}");
        }
    }
}

/// S4
#[tokio::test]
async fn a_copy_of_the_cookies_is_worth_nothing_after_the_logout() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let copy = ada.copy();
    assert!(copy.is_logged_in().await);
    ada.log_out().await;
    assert!(!copy.is_logged_in().await);
    let form = copy.get("/login").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.says("Log in") && form.cookies().iter().all(|cookie| !cookie.name.ends_with("access")));
}

#[tokio::test]
async fn whoever_came_from_a_service_goes_back_there() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let shop = "/logout?next=https%3A%2F%2Fshop.example.org%2F";
    let page = ada.get(shop).await;
    assert!(page.text.contains("href=\"https://shop.example.org/\">Cancel</a>"), "{}", page.text);
    let out = ada.fill_in_on(&page, "/logout", &[]).await;
    // A service can say where the browser comes from.
    let marked = "https://shop.example.org/?sso_logged_out=1";
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, marked));
    // If its page needs a login, the login says it, and the mark goes no further.
    let login = ada.get("/login?next=https%3A%2F%2Fshop.example.org%2F%3Fsso_logged_out%3D1").await;
    assert!(login.says("You are now logged out."), "{}", login.text);
    assert_eq!(login.field("next").as_deref(), Some("https://shop.example.org/"));
    ada.log_in("ada@example.org", PASSWORD).await;
    let evil = ada.fill_in("/logout?next=https%3A%2F%2Fevil.net%2F", &[]).await;
    assert_eq!(evil.location(), LOGIN);
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_logged_out_without_a_fuss() {
    let app = TestApp::start().await;
    let out = app.person().log_out().await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, LOGIN));
}

#[tokio::test]
async fn whoever_is_not_logged_in_reads_that_and_is_asked_nothing() {
    let app = TestApp::start().await;
    let page = app.person().get("/logout").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("<h1>You are logged out.</h1>"), "{}", page.text);
    assert!(!page.text.contains("<form"), "{}", page.text);
    // A session that ended elsewhere has left its cookies here, and a service may still take them.
    let ada = ada(&app).await;
    ada.copy().log_out().await;
    let page = ada.get("/logout").await;
    assert!(page.says("<h1>Log out?</h1>"), "{}", page.text);
    let out = ada.fill_in_on(&page, "/logout", &[]).await;
    assert_eq!(out.cookie("__Secure-sso_access").unwrap().max_age(), 0);
}

#[tokio::test]
async fn a_button_that_lay_open_too_long_is_shown_again_and_then_works() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let page = ada.get("/logout?next=%2Fregister").await;
    ada.forget_cookie("__Host-sso_browser");
    let stale = ada.fill_in_on(&page, "/logout", &[]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(stale.says("open for too long"), "{}", stale.text);
    assert_eq!(stale.field("next").as_deref(), Some("https://auth.example.org/register"));
    assert!(ada.is_logged_in().await);
    let out = ada.fill_in_on(&stale, "/logout", &[]).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/register"));
    assert!(!ada.is_logged_in().await);
}

#[tokio::test]
async fn one_browser_logs_out_and_the_other_stays() {
    let app = TestApp::start().await;
    let phone = ada(&app).await;
    let desk = app.person();
    desk.log_in("ada@example.org", PASSWORD).await;
    desk.log_out().await;
    assert!(phone.is_logged_in().await && !desk.is_logged_in().await);
}

/// C16: the browser's cache of our pages is cleared, and only our cookies are deleted.
#[tokio::test]
async fn a_logout_clears_what_the_browser_keeps_of_our_pages() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(ada.get("/logout").await.header("clear-site-data"), None);
    let refused = ada.post("/logout", &[("csrf_token", "x")]).await;
    assert_eq!(refused.header("clear-site-data"), None, "nobody else can clear it");
    assert_eq!(ada.log_out().await.header("clear-site-data"), Some("\"cache\", \"storage\""));
}
