//! Rules of redirects: N2 to N8.

use reqwest::StatusCode;

use super::host::with_host;
use crate::support::{BROWSER, PASSWORD, Person, TRIP, TestApp, Tweaks};
use auth_service::config::ServeFlags;

const SHOP: &str = "https://shop.example.org/cart?a=1";

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    app.person()
}

/// The path and query of a URL of ours, as a browser requests it.
fn path_of(location: &str) -> &str {
    location.strip_prefix("https://auth.example.org").expect("an address of ours")
}

/// N2: the redirect has the parsed URL, serialized again, and never the raw input.
#[tokio::test]
async fn the_address_sent_on_to_is_written_anew() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let raw = "https://SHOP.example.org:443/a/./b/../\u{fc}?q=\"x\"";
    let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", raw)];
    let reply = ada.fill_in("/login", &fields).await;
    assert_eq!(reply.location(), "https://shop.example.org/a/%C3%BC?q=%22x%22");
}

/// N3: after every form the next request is a GET, so that a password is not posted to another
/// host.
#[tokio::test]
async fn every_form_is_answered_with_see_other() {
    let app = TestApp::start().await;
    let ada = app.person();
    assert_eq!(ada.register("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.log_out().await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.get("/login").await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.log_out().await.status, StatusCode::SEE_OTHER);
}

/// N4: a refused `next` changes the target and nothing else.
#[tokio::test]
async fn a_refused_next_changes_nothing_about_the_login() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let mut answers = Vec::new();
    for next in [SHOP, "https://evil.net/"] {
        let ada = app.person();
        let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", next)];
        let reply = ada.fill_in("/login", &fields).await;
        let mut names: Vec<_> = reply.cookies().into_iter().map(|c| (c.name, c.attributes)).collect();
        names.sort();
        let renewed = ada.get(&format!("/login?next={next}")).await;
        // Left out: these remember the last redirect for a moment, and the message about the refusal.
        let sent = renewed.cookies().into_iter().filter(|cookie| ![TRIP, BROWSER].contains(&&*cookie.name));
        let mut again: Vec<_> = sent.map(|c| (c.name, c.attributes)).collect();
        again.sort();
        answers.push((reply.status, names, renewed.status, again));
        assert!(ada.is_logged_in().await);
    }
    let ages = |answers: &str| answers.replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!(ages(&format!("{:?}", answers[0])), ages(&format!("{:?}", answers[1])));
}

/// N5: a `next` that leads to the login or the logout page ends soon, and does not log out.
#[tokio::test]
async fn a_next_that_leads_back_to_us_ends_in_five_steps_and_logs_nobody_out() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    ada.log_in("ada@example.org", PASSWORD).await;
    for start in [
        "/login?next=/".to_owned(),
        "/login?next=/logout".to_owned(),
        "/login?next=/logout?next=/logout".to_owned(),
        "/login?next=/login".to_owned(),
        "/login?next=/register?next=/login".to_owned(),
        "/login?next=%2Flogin%3Fnext%3D%252Flogin%253Fnext%253D%25252Flogin".to_owned(),
        format!("/login?{}", "next=/login?".repeat(30)),
        format!("/login?{}", "next=/%6Cogin?".repeat(30)),
        format!("/login?{}", "next=/%6c%6f%67%69%6e?".repeat(30)),
        format!("/login?{}", "next=https://auth.example.org/login?".repeat(30)),
    ] {
        let mut path = start.clone();
        let mut steps = 0;
        loop {
            let reply = ada.get(&path).await;
            if reply.status == StatusCode::OK {
                break;
            }
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{start}");
            path = path_of(reply.location()).to_owned();
            steps += 1;
            assert!(steps <= 5, "{start} still goes on, to {path}");
        }
        assert!(ada.is_logged_in().await, "{start}");
    }
}

/// N6: the hidden field has the canonical URL, escaped for HTML.
#[tokio::test]
async fn the_hidden_field_holds_the_canonical_address_escaped() {
    let app = TestApp::start().await;
    let raw = "https://shop.example.org/%3Cb%3E?a=1%26b='%22%3E%3Cscript%3E";
    // Whoever holds no login is shown no form to log out.
    let logged_in = ada(&app).await;
    logged_in.log_in("ada@example.org", PASSWORD).await;
    let stranger = app.person();
    for (person, path) in [(&stranger, "/login"), (&stranger, "/register"), (&logged_in, "/logout")] {
        let page = person.get(&format!("{path}?next={}", raw.replace('%', "%25").replace('&', "%26"))).await;
        assert_eq!(
            page.field("next").as_deref(),
            Some("https://shop.example.org/%3Cb%3E?a=1%26b=%27%22%3E%3Cscript%3E"),
            "{}",
            page.text
        );
        let page = person.get(&format!("{path}?next=https://shop.example.org/?a=1%26b=2'\"<script>")).await;
        assert!(page.tag("next").contains("a=1&amp;b=2"), "{}", page.tag("next"));
        assert!(!page.without_our_scripts().contains("<script"));
    }
}

/// N6: the hidden field's value is checked again when the form is sent.
#[tokio::test]
async fn a_hidden_field_that_was_tampered_with_is_judged_again() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let page = ada.get(&format!("/login?next={SHOP}")).await;
    let token = page.field("csrf_token").unwrap();
    let fields = [("csrf_token", &*token), ("email", "ada@example.org"), ("password", PASSWORD)];
    let reply = ada.post("/login", &[&fields[..], &[("next", "https://evil.net/")]].concat()).await;
    assert_eq!(reply.location(), "https://auth.example.org/");
}

/// N6: a refused value is not shown again, whatever else was wrong with the form.
#[tokio::test]
async fn a_form_that_comes_back_keeps_a_good_next_and_drops_a_bad_one() {
    let app = TestApp::start().await;
    for (next, kept) in [(SHOP, Some(SHOP)), ("//evil.net", None), ("javascript:alert(1)", None)] {
        let ada = app.person();
        let wrong =
            ada.fill_in("/login", &[("email", "x@example.org"), ("password", "no"), ("next", next)]).await;
        assert_eq!((wrong.status, wrong.field("next").as_deref()), (StatusCode::UNAUTHORIZED, kept));
        let fields = [("email", ""), ("password", ""), ("next", next)];
        let invalid = ada.fill_in("/login", &fields).await;
        assert_eq!(
            (invalid.status, invalid.field("next").as_deref()),
            (StatusCode::UNPROCESSABLE_ENTITY, kept)
        );
        let stale = ada.post("/login", &[&fields[..], &[("csrf_token", "x")]].concat()).await;
        assert_eq!((stale.status, stale.field("next").as_deref()), (StatusCode::FORBIDDEN, kept));
        let stale = ada.post("/logout", &[("csrf_token", "x"), ("next", next)]).await;
        assert_eq!((stale.status, stale.field("next").as_deref()), (StatusCode::FORBIDDEN, kept));
        assert!(!stale.text.contains("evil.net") && !stale.text.contains("javascript:"));
    }
}

/// N8: with a list of origins, the parent domain and its other hosts are refused.
#[tokio::test]
async fn with_listed_origins_nobody_is_sent_elsewhere_even_below_the_parent_domain() {
    let flags = ServeFlags {
        allowed_origins: Some("https://shop.example.org,https://wiki.example.org:8443".to_owned()),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let ada = ada(&app).await;
    ada.log_in("ada@example.org", PASSWORD).await;
    for good in [SHOP, "https://wiki.example.org:8443/x", "https://auth.example.org/logout"] {
        assert_eq!(ada.get(&format!("/login?next={good}")).await.location(), good);
    }
    assert_eq!(ada.get("/login?next=/logout").await.location(), "https://auth.example.org/logout");
    for bad in [
        "https://example.org/",
        "https://other.example.org/",
        "https://shop.example.org:8443/",
        "https://wiki.example.org/",
        "https://a.shop.example.org/",
        "http://shop.example.org/",
        "https://auth.example.org:8443/",
    ] {
        let reply = ada.get(&format!("/login?next={bad}")).await;
        assert_eq!(reply.location(), "https://auth.example.org/", "{bad}");
    }
}

/// N8 in reverse: in development the scheme is http, and https is refused.
#[tokio::test]
async fn in_development_only_the_scheme_of_the_auth_url_is_allowed() {
    let flags = ServeFlags {
        auth_url: Some("http://auth.sso.localhost:8000".to_owned()),
        cookie_domain: Some("sso.localhost".to_owned()),
        ..ServeFlags::default()
    };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let ada = ada(&app).await;
    let open = async |next: &str| {
        let request = ada.request(reqwest::Method::GET, &format!("/login?next={next}"));
        ada.send(with_host(request, "auth.sso.localhost:8000")).await.field("next")
    };
    let demo = "http://demo.sso.localhost:8001/private";
    assert_eq!(open(demo).await.as_deref(), Some(demo));
    for bad in ["https://demo.sso.localhost:8001/", "http://localhost/", "http://evil.localhost/"] {
        assert_eq!(open(bad).await, None, "{bad}");
    }
}
