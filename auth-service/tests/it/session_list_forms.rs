//! Access to the forms of the session list, and the responses to everyone else.

use reqwest::{Method, StatusCode};

use super::csrf::{FOREIGN, send_with};
use super::session_list::{FIREFOX, PATH, browser, desk_and_phone, end, listed, logins};
use crate::support::{ACCESS, PASSWORD, REFRESH, Reply, TestApp, english};
use auth_service::forms::csrf::STALE;

/// The page without the parts that differ at every visit.
fn seen(page: &Reply) -> String {
    let token = page.field("csrf_token").expect("a form");
    format!("{} {:?}\n{}", page.status, page.header("cache-control"), page.text.replace(&token, "(token)"))
}

/// X1: links, images and previews end no session, and neither do other methods.
#[tokio::test]
async fn only_a_posted_form_ends_a_login() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let token = desk.get(PATH).await.field("csrf_token").unwrap();
    let before = app.trail().await.len();
    for what in ["all", "others", &phone.session_id().to_string()] {
        let path = format!("{PATH}?end={what}&csrf_token={token}&_method=POST");
        for (method, status) in
            [("GET", 200), ("HEAD", 200), ("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("OPTIONS", 405)]
        {
            let request = desk.request(Method::from_bytes(method.as_bytes()).unwrap(), &path);
            let request = request
                .header("x-http-method-override", "POST")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("end={what}&csrf_token={token}"));
            let reply = desk.send(request).await;
            assert_eq!(reply.status.as_u16(), status, "{method} {what}");
            assert!(reply.cookie(REFRESH).is_none() && reply.cookie(ACCESS).is_none(), "{method} {what}");
        }
    }
    assert_eq!(app.trail().await.len(), before, "nothing happened");
    assert_eq!(listed(&desk).await.len(), 2);
    assert_eq!(app.session_of(&desk).await.generation, 1, "to look at the page renews nothing");
}

/// X2: without a token, with another browser's token, and with one from before the login.
#[tokio::test]
async fn a_form_without_this_browsers_proof_ends_nothing_and_the_page_says_why() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let desk = app.person().using(FIREFOX);
    let early = desk.get("/login").await.field("csrf_token").unwrap();
    desk.log_in("ada@example.org", PASSWORD).await;
    let phone = browser(&app, "ada@example.org", FIREFOX).await;
    let foreign = phone.get(PATH).await.field("csrf_token").unwrap();
    for token in ["", "x", &early, &foreign, &"A".repeat(86)] {
        for what in ["all", "others", &desk.session_id().to_string(), &phone.session_id().to_string()] {
            let reply = desk.post(PATH, &[("end", what), ("csrf_token", token)]).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{what} with {token:?}");
            assert!(reply.says(&english(&STALE)) && reply.field("csrf_token").is_some(), "{}", reply.text);
            assert!(reply.cookie(REFRESH).is_none(), "{what} with {token:?}");
        }
    }
    assert_eq!(desk.post(PATH, &[("end", "all")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(listed(&desk).await.len(), 2);
}

/// X3, X4: forms of other origins are refused, even with a valid token.
#[tokio::test]
async fn a_siblings_page_ends_nobodys_login() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let token = desk.get(PATH).await.field("csrf_token").unwrap();
    for headers in FOREIGN {
        for what in ["all", &phone.session_id().to_string()] {
            let reply = send_with(&desk, PATH, &[("end", what), ("csrf_token", &token)], headers).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{headers:?}");
            assert!(reply.cookies().is_empty(), "{headers:?}");
        }
    }
    assert_eq!(listed(&desk).await.len(), 2);
    let own = [("sec-fetch-site", "same-origin"), ("origin", "https://auth.example.org")];
    assert_eq!(send_with(&desk, PATH, &[("end", "others"), ("csrf_token", &token)], &own).await.status, 303);
}

/// C11: every service sees the access cookie. On this host it gives no access.
#[tokio::test]
async fn the_access_cookie_alone_neither_shows_nor_ends_a_login() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    let service = app.person();
    service.set_cookie(ACCESS, &desk.access_token());
    let page = service.get(PATH).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().starts_with("https://auth.example.org/login?next="), "{}", page.location());
    let token = service.get("/login").await.field("csrf_token").unwrap();
    for what in ["all", "others", &desk.session_id().to_string()] {
        let reply =
            service.post(PATH, &[("end", what), ("csrf_token", &token), ("password", PASSWORD)]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{what}");
        assert!(reply.location().starts_with("https://auth.example.org/login"), "{what}");
    }
    assert_eq!(listed(&desk).await.len(), 2);
}

/// E8: another person's session, a revoked one and an unknown one get the same response.
#[tokio::test]
async fn what_is_not_ones_own_living_login_cannot_be_ended_and_looks_the_same() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.user("bob@example.org", PASSWORD).await;
    let bob = browser(&app, "bob@example.org", FIREFOX).await;
    let ended = phone.session_id().to_string();
    phone.log_out().await;
    // If the response shows a part of the trail, it does so in each case.
    let bobs = seen(&end(&desk, &bob.session_id().to_string()).await);
    assert!(bobs.starts_with("422") && bobs.contains("That login was not found."), "{bobs}");
    let random = auth_service::random::uuid_v4().to_string();
    let user = app.session_of(&bob).await.user_id.to_string();
    for what in [&*random, &ended, &user, "", "x", "This", "ALL", "all ", "*", "%", "1", "0"] {
        assert_eq!(seen(&end(&desk, what).await), bobs, "{what:?}");
    }
    assert!(bob.is_logged_in().await);
    assert_eq!(bob.get("/login").await.status, 303);
    assert!(app.events("session_ended").await.is_empty());
    assert_eq!(listed(&desk).await, [desk.session_id().to_string()]);
}

/// A UUID has several spellings, all of the same session.
#[tokio::test]
async fn ones_own_login_is_found_under_every_spelling_of_its_id() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    let spellings: [fn(uuid::Uuid) -> String; 4] = [
        |id| id.to_string().to_uppercase(),
        |id| id.simple().to_string(),
        |id| id.braced().to_string(),
        |id| id.urn().to_string(),
    ];
    for spelling in spellings {
        let phone = browser(&app, "ada@example.org", FIREFOX).await;
        let reply = end(&desk, &spelling(phone.session_id().uuid())).await;
        assert_eq!(reply.status, 303);
        assert!(!phone.is_logged_in().await);
    }
    // Also for this browser's own session, whose end is a logout.
    let reply = end(&desk, &desk.session_id().to_string().to_uppercase()).await;
    assert_eq!(reply.location(), "https://auth.example.org/login");
}

/// I1, I3: malformed forms.
#[tokio::test]
async fn a_hostile_form_ends_nothing() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    let token = desk.get(PATH).await.field("csrf_token").unwrap();
    for (body, status) in [
        (format!("end=all&end=others&csrf_token={token}"), 400),
        (format!("end=all&csrf_token={token}&csrf_token={token}"), 400),
        (format!("end=all&csrf_token={token}&user_id=1"), 400),
        (format!("end=all&csrf_token={token}&next=/"), 400),
        (format!("end=a%00ll&csrf_token={token}"), 400),
        (format!("end=%ff&csrf_token={token}"), 400),
        (format!("end[]=all&csrf_token={token}"), 400),
        (format!("csrf_token={token}"), 400),
        (String::new(), 400),
        (format!("end={}&csrf_token={token}", "x".repeat(15_000)), 422),
        (format!("end={}&csrf_token={token}", "x".repeat(20_000)), 413),
        (format!("end=%27%20OR%201%3D1--&csrf_token={token}"), 422),
    ] {
        let request = desk
            .request(Method::POST, PATH)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone());
        assert_eq!(desk.send(request).await.status.as_u16(), status, "{body:.60}");
    }
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=b"] {
        let body = format!("end=all&csrf_token={token}");
        let request = desk.request(Method::POST, PATH).header("content-type", kind).body(body);
        assert_eq!(desk.send(request).await.status, 415, "{kind}");
    }
    assert_eq!(listed(&desk).await.len(), 2);
}

/// S3, I1: a user agent may contain anything. The page shows it as text.
#[tokio::test]
async fn a_name_with_markup_is_shown_as_text_and_a_hostile_one_breaks_nothing() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let desk = browser(&app, "ada@example.org", FIREFOX).await;
    let long = format!("{}/1", "Mozilla ".repeat(1300));
    assert!(long.len() > 10_000);
    let hostile: [&[u8]; 14] = [
        b"<script>alert(1)</script>",
        b"\"><img src=x onerror=alert(1)>/1",
        b"Firefox/1 <b>Windows</b>",
        b"x' onmouseover='alert(1)",
        b"{{ 7 * 7 }}{% raw %}",
        b"</bdi></h2><form action=//evil.net>",
        b"&lt;script&gt;",
        b"\xff\xfe\x80 Firefox/1",
        b"caf\xe9/1",
        "\u{202E}xof\u{2028}eriF\u{200B}/1".as_bytes(),
        b"tab\tin/1",
        b"",
        b"   ",
        long.as_bytes(),
    ];
    for name in hostile {
        let reader = desk.copy();
        let other = app.person().using(name);
        let said = name.escape_ascii().to_string();
        assert_eq!(other.log_in("ada@example.org", PASSWORD).await.status, 303, "{said:.60}");
        assert_eq!(other.get("/login").await.status, 303, "{said:.60}");
        let page = reader.get(PATH).await;
        let listed = logins(&page);
        assert_eq!(listed.len(), 2, "{said:.60}");
        for mark in
            ["<script", "<img src=x", "onerror", "onmouseover", "evil.net", "<b>", "<bdi>49", "raw %}"]
        {
            assert!(!page.without_our_scripts().contains(mark), "{said:.60}: {mark}: {}", page.text);
        }
        let kept = app.session_of(&other).await.user_agent.unwrap_or_default();
        assert!(kept.chars().count() <= 300 && !kept.chars().any(char::is_control), "{kept}");
        assert_eq!(end(&reader, "others").await.status, 303, "{said:.60}");
        assert!(!other.is_logged_in().await, "{said:.60}");
    }
}
