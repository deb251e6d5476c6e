//! The notice of a login from a browser and a network that are new, and "It was not me".

use std::time::Duration;

use reqwest::StatusCode;

use auth_service::config::ServeFlags;

use crate::support::{Mailbox, PASSWORD, Person, TestApp, Tweaks};

const ADA: &str = "ada@example.org";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";

/// A service behind a proxy, which says where people are.
async fn start() -> TestApp {
    let flags = ServeFlags { trusted_proxies: Some("127.0.0.0/8".to_owned()), ..ServeFlags::default() };
    let config: fn(&mut _) = |config: &mut auth_service::config::Config| {
        config.session_limits.verified_only = false;
    };
    let mailbox = Some(Mailbox::new());
    TestApp::start_with(Tweaks { flags, mailbox, config: Some(config), ..Tweaks::default() }).await
}

fn at(app: &TestApp, address: &str) -> Person {
    app.person().sending("x-forwarded-for", address).using(FIREFOX)
}

async fn logs_in(person: &Person) {
    assert_eq!(person.log_in(ADA, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_login_from_a_new_browser_in_a_new_network_is_told_with_device_address_and_time() {
    let app = start().await;
    app.user(ADA, PASSWORD).await;
    logs_in(&at(&app, "192.0.2.7")).await;
    app.assert_no_letter_to(ADA).await;
    // Another browser at home, in the same network.
    logs_in(&at(&app, "192.0.2.200")).await;
    app.assert_no_letter_to(ADA).await;
    logs_in(&at(&app, "198.51.100.9")).await;
    let letter = app.letter_to(ADA).await;
    assert_eq!(letter.subject, "A new login at One account");
    for said in ["Firefox on Linux", "198.51.100.9", "UTC"] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
    // From then on the network is known.
    app.wait(Duration::from_secs(3600));
    logs_in(&at(&app, "198.51.100.10")).await;
    app.assert_no_letter_to(ADA).await;
}

/// Somebody on a journey, with their own laptop.
#[tokio::test]
async fn a_browser_that_was_logged_in_before_is_known_everywhere() {
    let app = start().await;
    app.user(ADA, PASSWORD).await;
    let ada = at(&app, "192.0.2.7");
    logs_in(&ada).await;
    ada.log_out().await;
    let abroad = at(&app, "203.0.113.5");
    abroad.take_cookies_of(&ada);
    logs_in(&abroad).await;
    app.assert_no_letter_to(ADA).await;
}

/// V11
#[tokio::test]
async fn it_was_not_me_ends_that_login_and_leads_to_a_new_password() {
    let app = start().await;
    app.user(ADA, PASSWORD).await;
    let (ada, thief) = (at(&app, "192.0.2.7"), at(&app, "198.51.100.9"));
    logs_in(&ada).await;
    logs_in(&thief).await;
    let letter = app.letter_to(ADA).await;
    for _ in 0..2 {
        let page = ada.get(&letter.link()).await;
        assert!(page.says("Was that not you?"), "{}", page.text);
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    }
    assert!(thief.is_logged_in().await, "opening the link changes nothing");
    // The thief sets another password first.
    let fields = [("current_password", PASSWORD), ("password", "a password of the thief")];
    assert_eq!(thief.fill_in("/account/password", &fields).await.status, StatusCode::SEE_OTHER);
    let phone = app.person();
    let pressed = phone.fill_in(&letter.link(), &[("token", &letter.token())]).await;
    assert!(pressed.location().ends_with("/password/forgot"), "{}", pressed.text);
    assert_eq!(phone.get("/password/forgot").await.field("email").as_deref(), Some(ADA));
    assert!(!thief.is_logged_in().await);
    assert_eq!(app.person().log_in(ADA, "a password of the thief").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(phone.get(&letter.link()).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn whoever_does_not_want_to_know_is_not_told_and_nobody_is_flooded() {
    let app = start().await;
    app.user(ADA, PASSWORD).await;
    let ada = at(&app, "192.0.2.7");
    logs_in(&ada).await;
    for n in 1..5 {
        logs_in(&at(&app, &format!("198.51.{n}.9"))).await;
    }
    app.letter_to(ADA).await;
    app.assert_no_letter_to(ADA).await;
    assert!(ada.get("/account/profile").await.text.contains(" checked"));
    let profile = [("first_name", "Ada"), ("last_name", ""), ("language", "en")];
    assert_eq!(ada.fill_in("/account/profile", &profile).await.status, StatusCode::SEE_OTHER);
    assert!(!ada.get("/account/profile").await.text.contains(" checked"));
    app.wait(Duration::from_secs(3600));
    logs_in(&at(&app, "203.0.113.77")).await;
    app.assert_no_letter_to(ADA).await;
}
