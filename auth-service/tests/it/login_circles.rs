//! A service that refuses every token redirects the browser back: the loop ends with an
//! explanation.

use std::time::Duration;

use reqwest::StatusCode;

use crate::support::{PASSWORD, Person, TRIP, TestApp};

const SHOP: &str = "https://shop.example.org/cart?b=1";

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    ada
}

fn login_for(next: &str) -> String {
    format!(
        "/login?{}",
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish()
    )
}

/// A browser that a service redirects to the login each time, and that comes back to the same URL.
async fn go_round(ada: &Person, from: &str, most: usize) -> (Vec<String>, crate::support::Reply) {
    let (mut visited, mut here) = (Vec::new(), from.to_owned());
    loop {
        let reply = ada.get(&login_for(&here)).await;
        if reply.status != StatusCode::SEE_OTHER {
            return (visited, reply);
        }
        here = reply.location().to_owned();
        visited.push(here.clone());
        assert!(visited.len() <= most, "{visited:?}");
    }
}

/// N9: from the third time on, a service that knows the parameter can explain the problem. For
/// others the login ends the loop.
#[tokio::test]
async fn a_browser_that_goes_in_circles_is_stopped_after_six_rounds() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (visited, last) = go_round(&ada, SHOP, 5).await;
    let marked = |n: u32| format!("{SHOP}&sso_loop={n}");
    assert_eq!(visited, [SHOP.to_owned(), SHOP.to_owned(), marked(3), marked(4), marked(5)]);
    assert_eq!(last.status, StatusCode::CONFLICT);
    assert!(
        last.says("That service does not take your login") && last.says("shop.example.org"),
        "{}",
        last.text
    );
    assert!(ada.is_logged_in().await, "nobody is logged out by it");
    assert!(app.log().contains("a service does not take the login"));
}

#[tokio::test]
async fn who_comes_back_later_or_from_elsewhere_goes_in_no_circle() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for round in 0..8 {
        app.wait(Duration::from_secs(11));
        assert_eq!(ada.get(&login_for(SHOP)).await.location(), SHOP, "round {round}");
    }
    for page in 0..8 {
        let next = format!("https://shop.example.org/{page}");
        assert_eq!(ada.get(&login_for(&next)).await.location(), next);
    }
}

/// Without the marker the browser has not come back from the service. So the service has not
/// refused the login.
#[tokio::test]
async fn whoever_presses_the_same_link_again_and_again_is_sent_there_each_time() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for press in 0..25 {
        let reply = ada.get(&login_for(SHOP)).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "press {press}: {}", reply.text);
        assert!(reply.location().starts_with(SHOP), "press {press}: {}", reply.location());
    }
}

/// A service that removes the marker from its URLs sends `refused` with its redirect.
#[tokio::test]
async fn a_service_that_says_that_it_refused_the_browser_is_believed_after_three_trips() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let refused = format!("{}&refused=1", login_for(SHOP));
    let mut seen = Vec::new();
    for _ in 0..6 {
        let reply = ada.get(&refused).await;
        seen.push(reply.status.as_u16());
    }
    assert_eq!(seen, [303, 303, 303, 303, 303, 409]);
    // In a foreign link the parameter alone has no effect.
    let eve = ada.another();
    eve.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(eve.get(&refused).await.location(), SHOP);
}

/// R2: many tabs at the same time are no loop.
#[tokio::test]
async fn twenty_tabs_on_one_page_at_once_are_all_sent_there() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let mut tabs = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let tab = ada.copy();
        tabs.spawn(async move { tab.get(&login_for(SHOP)).await.location().to_owned() });
    }
    assert!(tabs.join_all().await.iter().all(|location| location == SHOP));
}

/// The browser's cookie is not trusted, and leads to allowed origins only.
#[tokio::test]
async fn a_forged_memory_changes_no_more_than_the_parameter() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    ada.get(&login_for(SHOP)).await;
    let real = ada.cookie(TRIP).unwrap();
    let place = real.split('.').nth(1).unwrap().to_owned();
    for forged in [
        "nonsense".to_owned(),
        format!("4294967295.{place}.{}", app.clock.now().unix_seconds()),
        format!("9.{place}.9223372036854775807"),
        format!("2.{place}.-9223372036854775808"),
        "x".repeat(3000),
    ] {
        ada.set_cookie(TRIP, &forged);
        let reply = ada.get(&login_for(SHOP)).await;
        assert!(
            reply.status == StatusCode::CONFLICT
                || reply.location().starts_with("https://shop.example.org/cart"),
            "{forged}"
        );
    }
    // A sibling cannot set it because of its prefix. Two copies count as none.
    let cookies = format!("{}; {TRIP}=5.{place}.0", ada.cookie_header());
    let twice = app.person().request(reqwest::Method::GET, &login_for(SHOP)).header("cookie", cookies);
    assert_eq!(ada.send(twice).await.location(), SHOP);
}

/// A page of our own needs no token.
#[tokio::test]
async fn our_own_pages_are_no_circle() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for _ in 0..8 {
        let reply = ada.get("/login?next=/account/sessions").await;
        assert_eq!(reply.location(), "https://auth.example.org/account/sessions");
        assert!(reply.cookie(TRIP).is_none());
    }
}
