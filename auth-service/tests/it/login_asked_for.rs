//! Requests of services to the login: silent renewal, reauthentication, and a frame beside a kept
//! form.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::{ACCESS, HINT, PASSWORD, Person, REFRESH, Reply, TestApp};

const SHOP: &str = "https://shop.example.org/cart";

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    ada
}

fn claims(reply: &Reply) -> Value {
    use base64::Engine;
    let token = reply.cookie(ACCESS).expect("an access token").value;
    let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[tokio::test]
async fn a_silent_login_renews_and_comes_back() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let reply = ada.get(&format!("/login?silent=1&next={SHOP}")).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, SHOP));
    assert!(reply.cookie(ACCESS).is_some() && reply.cookie(HINT).is_some());
}

/// A planted or stale hint costs one redirect, and is deleted.
#[tokio::test]
async fn a_silent_login_of_nobody_shows_no_form_and_takes_the_hint_away() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let was_logged_in = ada.copy();
    ada.log_out().await;
    for person in [app.person(), was_logged_in] {
        person.set_cookie(HINT, "1");
        let reply = person.get(&format!("/login?silent=1&next={SHOP}")).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, SHOP));
        let hint = reply.cookie(HINT).unwrap();
        assert_eq!((hint.max_age(), hint.attributes["domain"].as_str()), (0, "example.org"));
        assert!(reply.cookie(REFRESH).is_none() && reply.cookie(ACCESS).is_none(), "R9");
    }
}

/// Without a valid target it is an ordinary login page.
#[tokio::test]
async fn a_silent_login_that_leads_nowhere_is_a_login() {
    let app = TestApp::start().await;
    for path in ["/login?silent=1", "/login?silent=1&next=https://evil.net/", "/login?silent=2&next=/x"] {
        assert_eq!(app.person().get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_logout_takes_the_hint_away() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    assert!(ada.cookie(HINT).is_some());
    ada.log_out().await;
    assert!(ada.cookie(HINT).is_none());
}

/// M9: a service can require the password again, and gets a token that shows it.
#[tokio::test]
async fn a_service_can_ask_for_the_password_again() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let address = format!("/login?max_age=600&next={SHOP}");
    assert_eq!(ada.get(&address).await.location(), SHOP, "given a moment ago");
    app.wait(Duration::from_secs(601));
    let form = ada.get(&address).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.says("Please enter your password once more to continue."), "{}", form.text);
    assert_eq!(form.field("email").as_deref(), Some("ada@example.org"));
    assert_eq!(form.field("next").as_deref(), Some(SHOP));
    assert!(ada.is_logged_in().await, "asking is no logout");
    let before = ada.session_id();
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let reply = ada.fill_in_on(&form, "/login", &fields).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, SHOP));
    let now = app.clock.now().unix_seconds();
    assert!((now - 2..=now).contains(&claims(&reply)["auth_time"].as_i64().unwrap()));
    assert_ne!(ada.session_id(), before, "S1: a login is a new session");
    assert_eq!(ada.get(&address).await.location(), SHOP);
}

/// Whatever is wrong with the answer, the page stays the one that asked.
#[tokio::test]
async fn a_wrong_answer_is_told_on_the_page_that_asked() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(601));
    let (session, address) = (ada.session_id(), format!("/login?max_age=600&next={SHOP}"));
    let mut asked = ada.get(&address).await;
    for (password, status, told) in [
        ("a wrong password indeed", StatusCode::UNAUTHORIZED, "That is not your password."),
        ("", StatusCode::UNPROCESSABLE_ENTITY, "Please enter your password."),
        ("another wrong password", StatusCode::UNAUTHORIZED, "That is not your password."),
    ] {
        asked =
            ada.fill_in_on(&asked, &address, &[("email", "ada@example.org"), ("password", password)]).await;
        assert_eq!(asked.status, status, "{}", asked.text);
        assert!(asked.says("<h1>Confirm it’s you</h1>") && asked.says(told), "{}", asked.text);
        assert!(asked.tag("email").contains("readonly") && asked.tag("password").contains("aria-invalid"));
        assert!(
            asked.says("menu-name\">Ada Lovelace"),
            "who is logged in keeps name and menu: {}",
            asked.text
        );
        assert!(asked.says("href=\"https://shop.example.org/\">Cancel"), "{}", asked.text);
        assert!(!asked.says("Create an account") && asked.cookie(REFRESH).is_none(), "{}", asked.text);
        assert_eq!(ada.session_id(), session);
    }
    let done =
        ada.fill_in_on(&asked, &address, &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(done.location(), SHOP);
}

#[tokio::test]
async fn who_does_not_want_to_confirm_goes_back_to_the_service_or_to_the_account() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(601));
    for (next, out) in [
        (format!("&next={SHOP}"), "https://shop.example.org/"),
        ("&next=/account/sessions".to_owned(), "https://auth.example.org/"),
        (String::new(), "https://auth.example.org/"),
        ("&next=https://evil.net/".to_owned(), "https://auth.example.org/"),
    ] {
        let asked = ada.get(&format!("/login?max_age=600{next}")).await;
        assert!(asked.says(&format!("href=\"{out}\">Cancel")), "{next}: {}", asked.text);
    }
}

/// There is nothing to confirm for somebody else, or when the login is over.
#[tokio::test]
async fn another_address_and_a_login_that_is_over_get_the_ordinary_form() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(601));
    let address = "/login?max_age=600";
    let asked = ada.get(address).await;
    let other = [("email", "bob@example.org"), ("password", "a wrong password indeed")];
    let form = ada.fill_in_on(&asked, address, &other).await;
    assert!(form.says("<h1>Log in</h1>") && form.says("email and password don’t match"), "{}", form.text);
    let late = ada.copy();
    let asked = late.get(address).await;
    ada.log_out().await;
    let own = [("email", "ada@example.org"), ("password", "a wrong password indeed")];
    let form = late.fill_in_on(&asked, address, &own).await;
    assert!(form.status == 401 && form.says("<h1>Log in</h1>"), "{}", form.text);
}

#[tokio::test]
async fn a_password_of_this_very_second_may_be_asked_for_and_nonsense_asks_for_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(1));
    assert_eq!(ada.get(&format!("/login?max_age=0&next={SHOP}")).await.status, StatusCode::OK);
    for nonsense in ["max_age=-1", "max_age=soon", "max_age=0&max_age=0", "max_age="] {
        let reply = ada.get(&format!("/login?{nonsense}&next={SHOP}/{nonsense}")).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{nonsense}");
    }
}

fn framed(person: &Person, site: &str, dest: &str) -> reqwest::RequestBuilder {
    person.request(Method::GET, "/login/frame").header("sec-fetch-site", site).header("sec-fetch-dest", dest)
}

/// The page around it keeps a form that was sent too late.
#[tokio::test]
async fn a_page_of_our_services_can_renew_the_login_in_a_frame() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(301));
    let reply = ada.send(framed(&ada, "same-origin", "iframe")).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.says("You are logged in again") && reply.says("Ada Lovelace"), "{}", reply.text);
    assert!(reply.text.contains("data-name=\"Ada Lovelace\""), "for the page around it: {}", reply.text);
    assert!(claims(&reply)["exp"].as_i64().unwrap() > app.clock.now().unix_seconds() + 290);
    let policy = reply.header("content-security-policy").unwrap();
    assert!(
        policy.contains("frame-ancestors 'self' https://example.org:* https://*.example.org:*")
            || policy.contains("frame-ancestors 'self' https://example.org https://*.example.org"),
        "{policy}"
    );
    assert!(policy.contains("form-action 'none'") && policy.contains("default-src 'none'"), "{policy}");
    assert!(
        !reply.text.contains("<form") && !reply.text.contains("<button"),
        "nothing to be clicked in a trap"
    );
}

#[tokio::test]
async fn the_frame_of_a_session_that_is_over_leads_to_the_login_in_another_tab() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let saved = ada.copy();
    ada.log_out().await;
    let reply = saved.send(framed(&saved, "same-origin", "iframe")).await;
    assert!(reply.says("Your login has ended") && reply.text.contains("target=\"_blank\""), "{}", reply.text);
    assert!(
        reply.text.contains("/login?next=https%3A%2F%2Fauth.example.org%2Flogin%2Fdone"),
        "{}",
        reply.text
    );
    assert!(reply.cookies().is_empty(), "R9: {:?}", reply.cookies());
    let done = ada.fill_in(
        "/login?next=https%3A%2F%2Fauth.example.org%2Flogin%2Fdone",
        &[("email", "ada@example.org"), ("password", PASSWORD)],
    );
    assert_eq!(done.await.location(), "https://auth.example.org/login/done");
    assert!(ada.get("/login/done").await.says("close this tab"));
}

/// R15: no frames of other sites, and no requests other than frames.
#[tokio::test]
async fn other_sites_frames_images_and_scripts_renew_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let generation = app.session_of(&ada).await.generation;
    for (site, dest) in
        [("cross-site", "iframe"), ("same-site", "image"), ("same-site", "script"), ("same-site", "empty")]
    {
        let reply = ada.send(framed(&ada, site, dest)).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{site} {dest}");
        assert!(reply.cookies().is_empty());
    }
    assert_eq!(app.session_of(&ada).await.generation, generation);
    // No other page can be framed.
    for path in ["/", "/login", "/logout", "/account/sessions"] {
        let policy = ada.get(path).await.header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

/// R15: a sibling that `ALLOWED_ORIGINS` does not name can use a hidden frame too. The response
/// leads on where a browser may show it, and renews nothing itself.
#[tokio::test]
async fn a_frame_renews_nothing_that_may_not_be_shown() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let generation = app.session_of(&ada).await.generation;
    app.wait(Duration::from_secs(301));
    for dest in ["iframe", "frame", "object", "embed"] {
        let reply = ada.send(framed(&ada, "same-site", dest)).await;
        let text = reply.text.replace("&#x2F;", "/");
        assert!(text.contains("content=\"0;url=https://auth.example.org/login/frame\""), "{dest}: {text}");
        assert!(reply.status == StatusCode::OK && reply.cookies().is_empty(), "{:?}", reply.cookies());
        assert!(reply.header("content-security-policy").unwrap().contains("frame-ancestors 'self' https://"));
    }
    assert_eq!(app.session_of(&ada).await.generation, generation);
}

/// A download, or a page that a service worker passes on. Chromium sends `navigate` and `empty` for
/// both. A page's script cannot.
#[tokio::test]
async fn a_download_is_sent_by_the_login_and_back() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(301));
    let saves = |person: &Person, path: &str| {
        let request = person.request(Method::GET, path).header("sec-fetch-site", "same-site");
        request.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "empty")
    };
    let file = "https://shop.example.org/invoices/7.pdf";
    let reply = ada.send(saves(&ada, &format!("/login?next={file}"))).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, file));
    assert!(reply.cookie(ACCESS).is_some(), "renewed");
    let stranger = app.person();
    let form = stranger.send(saves(&stranger, &format!("/login?next={file}"))).await;
    assert!(form.status == StatusCode::OK && form.text.contains("name=\"password\""), "{}", form.text);
}

fn in_a_frame(person: &Person, site: &str, path: &str) -> reqwest::RequestBuilder {
    let request = person.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
    let request = request.header("sec-fetch-site", site).header("sec-fetch-mode", "navigate");
    request.header("sec-fetch-dest", "iframe")
}

/// A service's own page in a frame, after its token has expired: it is renewed and back, and no
/// page with a button was framed.
#[tokio::test]
async fn a_page_in_a_frame_of_the_domain_is_renewed_and_back() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let generation = app.session_of(&ada).await.generation;
    app.wait(Duration::from_secs(301));
    let page = "https://shop.example.org/widget?a=b";
    let carried = "https%3A%2F%2Fshop.example.org%2Fwidget%3Fa%3Db";
    // Firefox sends `cross-site` after a redirect. The policy decides who may frame it.
    for site in ["same-site", "same-origin", "cross-site"] {
        let sent = ada.send(in_a_frame(&ada, site, &format!("/login?next={carried}&x=y"))).await;
        let text = sent.text.replace("&#x2F;", "/");
        let frame = format!("content=\"0;url=https://auth.example.org/login/frame?next={carried}\"");
        assert!(sent.status == StatusCode::OK && text.contains(&frame), "{text}");
        assert!(sent.header("content-security-policy").unwrap().contains("frame-ancestors 'self' https://"));
        assert!(
            !text.contains("<form") && sent.cookies().is_empty(),
            "renewed where it can be shown: {text}"
        );
    }
    assert_eq!(app.session_of(&ada).await.generation, generation);
    let back = ada.send(in_a_frame(&ada, "same-origin", &format!("/login/frame?next={carried}"))).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, page));
    assert!(back.cookie(ACCESS).is_some());
    // R15: a frame of another site does not rotate the session.
    let other = ada.send(in_a_frame(&ada, "cross-site", &format!("/login/frame?next={carried}"))).await;
    assert!(other.status == StatusCode::FORBIDDEN && other.cookies().is_empty(), "{}", other.text);
    // N1: nor does it lead to other origins.
    let evil = ada.send(in_a_frame(&ada, "same-origin", "/login/frame?next=https://evil.net/")).await;
    assert!(evil.status == StatusCode::OK && !evil.text.contains("evil"), "{}", evil.text);
}

#[tokio::test]
async fn in_a_frame_nobody_is_asked_for_a_password() {
    let app = TestApp::start().await;
    let carried = "https%3A%2F%2Fshop.example.org%2Fwidget";
    let stranger = app.person();
    let page =
        stranger.send(in_a_frame(&stranger, "same-origin", &format!("/login/frame?next={carried}"))).await;
    assert!(page.says("Your login has ended") && page.says("Then go on here"), "{}", page.text);
    assert!(page.text.contains(&format!("/login/frame?next={carried}\"")), "{}", page.text);
    assert!(!page.text.contains("<input") && !page.text.contains("<button"), "{}", page.text);
    let ada = ada(&app).await;
    app.wait(Duration::from_secs(601));
    let fresh = format!("/login/frame?next={carried}&max_age=600");
    let page = ada.send(in_a_frame(&ada, "same-origin", &fresh)).await;
    assert!(page.status == StatusCode::OK && page.says("needs your password once more"), "{}", page.text);
    assert!(page.text.contains("&amp;max_age=600\" target=\"_blank\""), "{}", page.text);
}

/// In a frame, too, a service that refuses the login leads to an error page.
#[tokio::test]
async fn a_frame_that_goes_in_circles_comes_to_an_end() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let mut last = None;
    for _ in 0..6 {
        let path = "/login/frame?next=https://shop.example.org/widget?sso_loop=3";
        last = Some(ada.send(in_a_frame(&ada, "same-origin", path)).await);
    }
    let end = last.unwrap();
    assert_eq!(end.status, StatusCode::CONFLICT);
    let policy = end.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'self' https://"), "{policy}");
}
