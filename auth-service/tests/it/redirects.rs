//! N1: whatever `next` says, no form or page that takes it leads to another origin.

use reqwest::StatusCode;
use url::form_urlencoded;

use super::redirect_readings::is_home;
use super::redirect_table::{REFUSED, TAKEN, too_long, too_long_and_elsewhere};
use crate::support::{PASSWORD, Person, Reply, TRIP, TestApp};

const HOME: &str = "https://auth.example.org/";
const LOGIN: &str = "https://auth.example.org/login";

fn with_next(path: &str, next: &str) -> String {
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish())
}

/// All hostile values with their expected results, and all valid ones.
fn table() -> Vec<(String, Option<&'static str>)> {
    assert!(REFUSED.len() > 150);
    let refused = REFUSED.iter().map(|next| (*next).to_owned()).chain(too_long_and_elsewhere());
    let taken = TAKEN.iter().map(|(next, canonical)| ((*next).to_owned(), Some(*canonical)));
    let told = too_long().into_iter().map(|next| (next, Some("https://auth.example.org/login/too-long")));
    refused.map(|next| (next, None)).chain(taken).chain(told).collect()
}

fn assert_sent_to(reply: &Reply, expected: &str, next: &str) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{next:?}: {}", reply.text);
    assert_eq!(reply.headers.get_all("location").iter().count(), 1, "{next:?}");
    assert_eq!(reply.location(), expected, "{next:?}");
    assert!(is_home(reply.location()), "{next:?} led to {}", reply.location());
}

/// Asserts that the page carries `next` in its canonical form or not at all, and links nowhere
/// else.
fn assert_page_leads_home(page: &Reply, taken: Option<&str>, next: &str) {
    assert_eq!(page.status, StatusCode::OK, "{next:?}: {}", page.text);
    assert_eq!(page.field("next").as_deref(), taken, "{next:?}");
    for address in addresses_in(&page.text) {
        assert!(is_home(&address), "{next:?} became the link {address}");
        assert!(taken.is_some() || !address.contains("next="), "{next:?} is carried on by {address}");
    }
}

/// Every `href`, `action` and `src` of a page, decoded like in a browser.
fn addresses_in(text: &str) -> Vec<String> {
    let base = url::Url::parse(HOME).unwrap();
    ["href=\"", "action=\"", "src=\""]
        .iter()
        .flat_map(|attribute| text.split(attribute).skip(1))
        .map(|rest| rest.split('"').next().unwrap().replace("&#x2F;", "/").replace("&amp;", "&"))
        .map(|address| base.join(&address).unwrap().into())
        .collect()
}

async fn ada_logged_in(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    ada
}

/// N1
#[tokio::test]
async fn the_login_page_carries_on_only_a_next_that_leads_home() {
    let app = TestApp::start().await;
    let ada = app.person();
    for (next, taken) in table() {
        assert_page_leads_home(&ada.get(&with_next("/login", &next)).await, taken, &next);
    }
}

/// N1
#[tokio::test]
async fn the_registration_page_carries_on_only_a_next_that_leads_home() {
    let app = TestApp::start().await;
    let ada = app.person();
    for (next, taken) in table() {
        assert_page_leads_home(&ada.get(&with_next("/register", &next)).await, taken, &next);
    }
}

/// N1
#[tokio::test]
async fn the_logout_page_carries_on_only_a_next_that_leads_home() {
    let app = TestApp::start().await;
    let ada = ada_logged_in(&app).await;
    for (next, taken) in table() {
        assert_page_leads_home(&ada.get(&with_next("/logout", &next)).await, taken, &next);
    }
}

/// N1, N4
#[tokio::test]
async fn whoever_is_logged_in_already_is_sent_on_only_to_a_next_that_leads_home() {
    let app = TestApp::start().await;
    let ada = ada_logged_in(&app).await;
    for (next, taken) in table() {
        // Several are spellings of one URL, and repeated visits would look like a redirect loop.
        ada.forget_cookie(TRIP);
        let reply = ada.get(&with_next("/login", &next)).await;
        assert_sent_to(&reply, taken.unwrap_or(HOME), &next);
        assert!(reply.cookie("__Host-sso_refresh").is_some(), "{next:?} renewed the login all the same");
    }
}

/// N1, N3
#[tokio::test]
async fn a_login_sends_on_only_to_a_next_that_leads_home() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for (next, taken) in table() {
        let ada = app.person();
        let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", &next)];
        let reply = ada.fill_in("/login", &fields).await;
        assert_sent_to(&reply, taken.unwrap_or(HOME), &next);
        assert!(reply.cookie("__Host-sso_refresh").is_some(), "{next:?} logged in all the same");
    }
}

/// N1
#[tokio::test]
async fn a_registration_sends_on_only_a_next_that_leads_home() {
    let app = TestApp::start().await;
    for (number, (next, taken)) in table().into_iter().enumerate() {
        let email = format!("ada{number}@example.org");
        let fields = [
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("next", &next),
        ];
        let reply = app.person().fill_in("/register", &fields).await;
        assert_sent_to(&reply, taken.unwrap_or(HOME), &next);
    }
}

/// N1
#[tokio::test]
async fn a_logout_sends_on_only_to_a_next_that_leads_home() {
    let app = TestApp::start().await;
    let ada = app.person();
    for (next, taken) in table() {
        // Whoever is logged out already is shown no button, but may still send the form.
        let page = ada.get("/register").await;
        let reply = ada.fill_in_on(&page, "/logout", &[("next", &next)]).await;
        assert_sent_to(&reply, &taken.map_or_else(|| LOGIN.to_owned(), after_logout), &next);
    }
}

/// The address with the mark for services.
fn after_logout(canonical: &str) -> String {
    let mut url = url::Url::parse(canonical).unwrap();
    if url.host_str() != Some("auth.example.org") {
        url.query_pairs_mut().append_pair("sso_logged_out", "1");
    }
    url.into()
}

/// N1: the parameter itself, written in unusual ways.
#[tokio::test]
async fn an_unusual_query_leads_nowhere_else() {
    let app = TestApp::start().await;
    let ada = ada_logged_in(&app).await;
    for query in [
        "",
        "next",
        "next=",
        "next=https://evil.net",
        "next=%2F%2Fevil.net",
        "next=%252F%252Fevil.net",
        "next=%09%2F%2Fevil.net",
        "next=/%09/evil.net%00",
        "next=%ff%fe//evil.net",
        "next=+//evil.net",
        "next[]=https://shop.example.org/",
        "NEXT=https://shop.example.org/",
        "%20next=https://shop.example.org/",
        "x=1;next=https://shop.example.org/",
        "next=https://shop.example.org/&next=https://shop.example.org/",
        "next=https://shop.example.org/&next=https://evil.net/",
        "next=https://evil.net/&next=https://shop.example.org/",
        "next=https://shop.example.org/&ne%78t=https://evil.net/",
        "next=https://evil.net/;next=https://shop.example.org/",
        "redirect=https://evil.net&url=https://evil.net&return_to=//evil.net&continue=//evil.net",
    ] {
        assert_sent_to(&ada.get(&format!("/login?{query}")).await, HOME, query);
    }
    assert!(ada.is_logged_in().await);
}
