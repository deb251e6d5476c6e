//! What the login page tells: where it leads, for how long, whom to ask, and that it cannot take
//! somebody back.

use std::fs;

use auth_service::config::ServeFlags;
use reqwest::StatusCode;

use crate::support::{PASSWORD, TestApp, Tweaks};

async fn app_with(flags: ServeFlags) -> TestApp {
    TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await
}

#[tokio::test]
async fn a_service_is_called_by_its_name_with_its_icon_and_its_host_below() {
    let folder = tempfile::tempdir().unwrap();
    let icon = folder.path().join("wiki.svg");
    fs::write(&icon, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let services =
        format!("Demo & <b>=https://demo.example.org:8443, Wiki=https://wiki.example.org {}", icon.display());
    let app = app_with(ServeFlags { services: Some(services), ..ServeFlags::default() }).await;
    let ada = app.person();
    let demo = ada.get("/login?next=https://demo.example.org:8443/a").await;
    assert!(
        demo.text.contains("Log in to continue to <strong>Demo &amp; &lt;b&gt;</strong>"),
        "{}",
        demo.text
    );
    assert!(demo.says("<span class=\"host\">demo.example.org:8443</span>"), "{}", demo.text);

    let wiki = ada.get("/register?next=https://wiki.example.org/a").await;
    assert!(wiki.says("To continue to <strong>Wiki</strong>"), "{}", wiki.text);
    let rest = wiki.text.split_once("<img src=\"/static/service-").expect(&wiki.text).1;
    let address = format!("/static/service-{}", rest.split('"').next().unwrap());
    let picture = ada.get(&address.replace("&#x2F;", "/")).await;
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert_eq!(picture.header("cache-control"), Some("public, max-age=31536000, immutable"));

    let other = ada.get("/login?next=https://shop.example.org/a").await;
    assert!(other.says("Log in to continue to <strong>shop.example.org</strong>"), "{}", other.text);
    assert!(!other.text.contains("class=\"host\""), "{}", other.text);
    // Our own pages are no service.
    for path in ["/login", "/login?next=/account/sessions", "/login?next=https://auth.example.org/"] {
        assert!(!ada.get(path).await.says("to continue to"), "{path}");
    }
}

#[tokio::test]
async fn the_page_says_how_long_a_login_stays_and_leads_on_who_forgot_their_password() {
    let lifetime = Some("36h".to_owned());
    let app = app_with(ServeFlags { refresh_token_lifetime: lifetime, ..ServeFlags::default() }).await;
    let page = app.person().get("/login").await;
    assert!(page.says("You stay logged in for 36 hours on this browser."), "{}", page.text);
    let page = app.person().sending("accept-language", "de").get("/login").await;
    assert!(page.says("Sie bleiben in diesem Browser 36 Stunden lang angemeldet."), "{}", page.text);

    let page = TestApp::start().await.person().get("/login").await;
    assert!(page.says("You stay logged in for 5 days on this browser."), "{}", page.text);
    assert!(page.says("<a href=\"/password/forgot\">Forgot your password?</a>"), "{}", page.text);
}

#[tokio::test]
async fn a_destination_that_is_refused_is_told_on_the_page_and_in_the_log() {
    let app = TestApp::start().await;
    for (next, words, logged) in [
        (
            "http://127.0.0.1:20303/a",
            "We could not take you back to 127.0.0.1:20303: it is not below example.org.",
            "127.0.0.1:20303",
        ),
        (
            "http://plain.example.org/",
            "We could not take you back to plain.example.org: this login does not lead there.",
            "plain.example.org",
        ),
        (
            "https://call.us.now@Evil.Net/and-pay?now",
            "We could not take you back to evil.net: it is not below example.org.",
            "evil.net",
        ),
        ("mailto:eve@evil.net", "We could not take you back to where you came from:", "is no address"),
    ] {
        let page = app.person().get(&format!("/login?next={next}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says(words), "{next}: {}", page.text);
        assert!(app.log().lines().any(|line| line.contains("WARN") && line.contains(logged)), "{next}");
        for more in ["call.us.now", "and-pay", "eve@"] {
            assert!(!page.text.contains(more), "{next}: {}", page.text);
        }
    }
    // Words are no host, and our own pages are missed by nobody.
    for next in ["", "your%20account%20is%20locked", "/login", "https://auth.example.org/cookies"] {
        assert!(!app.person().get(&format!("/login?next={next}")).await.says("We could not"), "{next}");
    }
}

#[tokio::test]
async fn somebody_logged_in_is_told_of_a_refused_destination_on_the_page_where_they_land() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let reply = ada.get("/login?next=http://127.0.0.1:20303/").await;
    assert_eq!(reply.location(), "https://auth.example.org/");
    assert!(ada.get("/").await.says("We could not take you back to 127.0.0.1:20303"));
    assert!(!ada.get("/").await.says("We could not take you back"), "it is told once");
}

/// A form that says nothing about a person is drawn once for all.
#[tokio::test]
async fn visitors_get_the_same_form_with_tokens_of_their_own_and_no_message_of_another_one() {
    let app = TestApp::start().await;
    let visit = async |path: &str, language: &str| {
        let page = app.person().sending("accept-language", language).get(path).await;
        let token = page.field("csrf_token").unwrap();
        (page.text.replace(&token, "token"), token)
    };
    let refused = "/login?next=http://127.0.0.1:20303/a";
    for _ in 0..2 {
        assert!(visit(refused, "en").await.0.contains("We could not take you back"));
        let ((first, one), (second, other)) = (visit("/login", "en").await, visit("/login", "en").await);
        assert!(first.contains(">Log in<") && !first.contains("We could not"), "{first}");
        assert_eq!(first, second);
        assert_ne!(one, other);
        let mut others = vec![first, visit("/login", "de").await.0];
        for next in ["/account/sessions", "https://shop.example.org/a", "https://shop.example.org/b"] {
            others.push(visit(&format!("/login?next={next}"), "en").await.0);
        }
        for (n, page) in others.iter().enumerate() {
            assert!(!others[..n].contains(page), "{page}");
        }
    }
}
