//! Pages: `/`, `/private`, `/staff`, and unknown addresses.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;

use crate::people::{AUTH, Demo, OTHER};

const BACK_HOME: &str = "next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2F";

#[actix_web::test]
async fn a_stranger_is_welcome_and_told_where_to_log_in() {
    let page = Demo::new().anonymous().opens("/").await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("Welcome");
    page.shows(&format!("href=\"{AUTH}/login?{BACK_HOME}\""));
    page.does_not_show("/logout");
}

#[actix_web::test]
async fn who_is_logged_in_is_greeted_by_name_and_can_log_out() {
    let demo = Demo::new();
    let mut ada = demo.issuer.claims_for("ada@example.org");
    ada.user_first_name = "Ada".into();
    let page = demo.logged_in_with(&ada).opens("/").await;
    page.shows("Hello, <bdi>Ada</bdi>");
    page.shows(&format!("href=\"{AUTH}/logout?{BACK_HOME}\""));
    page.shows(&format!("href=\"{AUTH}/?{BACK_HOME}\""));
}

#[actix_web::test]
async fn who_comes_from_the_logout_reads_that_they_are_logged_out() {
    let demo = Demo::new();
    let said = "You are logged out.";
    demo.anonymous().opens("/?sso_logged_out=1").await.shows(said);
    for other in ["/", "/?sso_logged_out=0", "/?sso_logged_out=1&sso_logged_out=1"] {
        let page = demo.anonymous().opens(other).await;
        assert_eq!(page.status, StatusCode::OK, "{other}");
        page.does_not_show(said);
    }
    // Whoever is logged in is told nothing that is not true.
    let ada = demo.issuer.claims_for("ada@example.org");
    demo.logged_in_with(&ada).opens("/?sso_logged_out=1").await.does_not_show(said);
}

#[actix_web::test]
async fn who_has_no_name_is_greeted_by_the_address() {
    let demo = Demo::new();
    let mut nameless = demo.issuer.claims_for("ada@example.org");
    (nameless.user_first_name, nameless.user_last_name) = (String::new(), String::new());
    demo.logged_in_with(&nameless).opens("/").await.shows("Hello, <bdi>ada@example.org</bdi>");
}

#[actix_web::test]
async fn an_expired_login_is_nobody_on_the_open_page() {
    let demo = Demo::new();
    let page = demo.expired("ada@example.org").opens("/").await;
    assert_eq!(page.status, StatusCode::OK);
    page.does_not_show("Hello");
}

/// If the token has expired and the session has not, one silent redirect renews the login.
#[actix_web::test]
async fn the_open_page_asks_the_login_once_who_is_there() {
    let demo = Demo::new();
    let mut browser = demo.anonymous();
    browser.cookie = Some("__Secure-sso_hint=1".to_owned());
    browser.opens("/").await.redirects_to(&format!("{AUTH}/login?silent=1&{BACK_HOME}"));
    browser.cookie = Some("__Secure-sso_hint=1; __Host-sso_asked=1".to_owned());
    browser.opens("/").await.shows("Welcome");
}

/// A form on the page can still be sent for minutes, not seconds.
#[actix_web::test]
async fn a_page_opened_in_the_last_minute_of_a_token_renews_it_first() {
    let demo = Demo::new();
    let mut claims = demo.issuer.claims_for("ada@example.org");
    claims.exp = claims.iat + 30;
    (claims.iat, claims.nbf, claims.auth_time) = (claims.iat - 270, claims.nbf - 270, claims.auth_time - 270);
    let answer = demo.logged_in_with(&claims).opens("/notes").await;
    answer.redirects_to(&format!("{AUTH}/login?silent=1&{BACK_HOME}notes"));
    assert_eq!(demo.logged_in_with(&claims).fetches("/api/me").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_browser_that_comes_back_without_a_login_gets_an_end_and_not_a_loop() {
    let demo = Demo::new();
    let mut browser = demo.anonymous();
    browser.cookie = Some("__Host-sso_sent=AAAAAAAAAAAAAAAA".to_owned());
    let page = browser.opens("/private?x=1&sso_loop=3&sso_trip=AAAAAAAAAAAAAAAA").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.shows("<code>no_cookie</code>");

    let marked_by_a_stranger = demo.anonymous().opens("/private?x=1&sso_loop=3").await;
    assert_eq!(marked_by_a_stranger.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_private_page_sends_strangers_to_the_login_and_gets_them_back() {
    let demo = Demo::new();
    let answer = demo.anonymous().opens("/private?from=mail&x=1").await;
    let next = "http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate%3Ffrom%3Dmail%26x%3D1";
    answer.redirects_to(&format!("{AUTH}/login?next={next}"));
    demo.expired("ada@example.org")
        .opens("/private?from=mail&x=1")
        .await
        .redirects_to(answer.header("location"));

    let page = demo.logged_in("ada@example.org").opens("/private?from=mail&x=1").await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("ada@example.org");
    page.shows(&demo.issuer.claims_for("ada@example.org").user_uuid.to_string());
}

#[actix_web::test]
async fn the_staff_page_is_for_staff_only() {
    let demo = Demo::new();
    assert_eq!(demo.anonymous().opens("/staff").await.status, StatusCode::SEE_OTHER);

    let ada = demo.logged_in("ada@example.org");
    let refused = ada.opens("/staff").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.shows("Not for this account");
    refused.shows("<nav class=\"tabs\"");
    refused.shows("<details class=\"menu\">");
    ada.opens("/").await.does_not_show("\"/staff\"");
    ada.posts("/notes", "text=my+secret").await.redirects_to("/notes?saved");

    let grace = demo.staff("grace@example.org");
    grace.opens("/").await.shows("\"/staff\"");
    let page = grace.opens("/staff").await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("keeps 1 note of 1 person.");
    page.does_not_show("my secret");
}

#[actix_web::test]
async fn hostile_names_are_shown_as_text() {
    let demo = Demo::new();
    let mut claims = demo.issuer.claims_for("ada@example.org");
    claims.user_first_name = "<script>alert(1)</script>{{ site }}".into();
    let browser = demo.logged_in_with(&claims);
    for path in ["/", "/private", "/notes"] {
        let page = browser.opens(path).await;
        page.does_not_show("<script>");
        page.shows("&lt;script&gt;");
        page.shows("{{ site }}");
    }
}

#[actix_web::test]
async fn unknown_addresses_and_wrong_methods_get_a_page_of_ours() {
    let demo = Demo::new();
    let page = demo.anonymous().opens("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.shows("Nothing here");

    let page = demo.anonymous().posts("/private", "").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(page.header("allow"), "GET, HEAD");
    page.shows("Not like this");
}

#[actix_web::test]
async fn head_is_answered_like_get_and_health_needs_no_login() {
    let demo = Demo::new();
    for path in
        ["/", "/healthz", "/style.css", "/icon.svg", "/lists.svg", "/favicon.ico", "/sso.js", "/renewal.js"]
    {
        let answer = demo.ask(TestRequest::with_uri(path).method(Method::HEAD)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    assert_eq!(demo.ask(TestRequest::with_uri("/healthz")).await.body, "ok");
}

#[actix_web::test]
async fn an_error_keeps_the_name_and_the_way_to_the_other_pages() {
    let demo = Demo::new();
    let page = demo.logged_in("ada@example.org").opens("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.shows("<bdi class=\"menu-name\">Test Person</bdi>");
    page.shows("href=\"/notes\"");
    demo.expired("ada@example.org").opens("/nowhere").await.does_not_show("menu-name");
}

#[actix_web::test]
async fn the_front_page_leads_to_the_other_service() {
    let demo = Demo::new();
    let link = format!("href=\"{OTHER}\"");
    demo.anonymous().opens("/").await.shows(&link);
    let page = demo.logged_in("ada@example.org").opens("/").await;
    page.shows(&link);
    page.shows("Open Lists: you are logged in there too");
    page.shows("this page reads the login you have on auth.sso.localhost.");
}

#[actix_web::test]
async fn the_ways_of_logging_in_are_told_in_words() {
    let demo = Demo::new();
    let mut claims = demo.issuer.claims_for("ada@example.org");
    claims.amr = ["pwd", "otp", "face"].map(str::to_owned).into();
    demo.logged_in_with(&claims).opens("/private").await.shows("<dd>Password, One-time code, face</dd>");
    assert_eq!(demo.anonymous().opens("/whoami").await.header("location"), "/private");
}
