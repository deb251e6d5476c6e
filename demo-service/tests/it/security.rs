//! Security: forged requests, planted cookies, headers.

use actix_web::http::header::{COOKIE, HOST};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;

use crate::people::{AUTH, Demo, SELF};

/// X3, X4
#[actix_web::test]
async fn only_our_own_pages_can_post() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    for (from, fetch_site) in [
        ("http://blog.sso.localhost:8002", "same-site"),
        (AUTH, "same-site"),
        ("https://evil.example", "cross-site"),
        ("null", "cross-site"),
        (SELF, "same-site"),
    ] {
        let answer = ada.is_made_to_post(from, fetch_site, "/notes", "text=forged").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{from} {fetch_site}");
    }
    let old_browser = TestRequest::with_uri("/notes").method(Method::POST).insert_header(("origin", "null"));
    assert_eq!(demo.ask(old_browser).await.status, StatusCode::FORBIDDEN);
    ada.opens("/notes").await.shows("Nothing yet");
}

/// X1
#[actix_web::test]
async fn opening_an_address_changes_nothing() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    ada.posts("/notes", "text=here+to+stay").await.redirects_to("/notes?saved");
    for path in ["/notes?text=planted", "/notes?delete=1"] {
        ada.opens(path).await;
    }
    let page = ada.opens("/notes").await;
    page.shows("here to stay");
    page.does_not_show("planted");
}

/// X9
#[actix_web::test]
async fn no_other_origin_is_invited_to_read() {
    let demo = Demo::new();
    let preflight = TestRequest::with_uri("/api/me")
        .method(Method::OPTIONS)
        .insert_header(("origin", "http://blog.sso.localhost:8002"))
        .insert_header(("access-control-request-method", "POST"));
    let answer = demo.ask(preflight).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
}

/// C7
#[actix_web::test]
async fn cookies_of_two_people_are_nobody() {
    let demo = Demo::new();
    let mut browser = demo.logged_in("ada@example.org");
    let eve = demo.issuer.cookie(&demo.issuer.claims_for("eve@example.org"));
    browser.cookie = Some(format!("{}; {eve}", browser.cookie.unwrap()));
    assert_eq!(browser.opens("/notes").await.status, StatusCode::CONFLICT);
    browser.opens("/").await.does_not_show("Hello");
}

/// C4, C6, C8
#[actix_web::test]
async fn planted_and_broken_cookies_neither_let_in_nor_lock_out() {
    let demo = Demo::new();
    let ada = demo.issuer.cookie(&demo.issuer.claims_for("ada@example.org"));
    let stranger = TestIssuer::new();
    let forged = stranger.cookie(&stranger.claims_for("eve@example.org"));
    for cookie in [ada.replacen("__", "%5F%5F", 1), ada.replacen("__Secure-", "__secure-", 1), forged.clone()]
    {
        let mut browser = demo.anonymous();
        browser.cookie = Some(cookie);
        assert_eq!(browser.opens("/private").await.status, StatusCode::SEE_OTHER);
    }
    let beside_rubbish = TestRequest::with_uri("/private")
        .append_header((COOKIE, &b"broken; x=\xff\xfe; =; "[..]))
        .append_header((COOKIE, forged))
        .append_header((COOKIE, ada));
    assert_eq!(demo.ask(beside_rubbish).await.status, StatusCode::OK);
}

/// H1, H2, H4, H6, H7
#[actix_web::test]
async fn every_answer_makes_the_browser_careful() {
    let demo = Demo::new();
    let (nobody, ada) = (demo.anonymous(), demo.logged_in("ada@example.org"));
    for answer in [
        nobody.opens("/").await,
        nobody.opens("/private").await,
        nobody.opens("/nowhere").await,
        nobody.fetches("/api/me").await,
        ada.opens("/notes").await,
        ada.opens("/staff").await,
        ada.opens("/notes/x.css").await,
        ada.posts("/notes", "text=").await,
        ada.posts("/notes", "delete=x").await,
        ada.is_made_to_post(AUTH, "same-site", "/notes", "text=x").await,
        demo.expired("ada@example.org").posts("/notes", "text=x").await,
    ] {
        let policy = answer.header("content-security-policy");
        for directive in
            ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(directive), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let scripts = policy.split("; ").find(|directive| directive.starts_with("script-src"));
        // The page that keeps a form has one of its own, by its hash.
        let is_strict =
            |scripts: &str| scripts == "script-src 'self'" || scripts.starts_with("script-src 'sha256-");
        assert!(scripts.is_none_or(is_strict), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("server"), "");
        assert_eq!(answer.header("strict-transport-security"), "", "only with https");
    }
    assert!(ada.opens("/notes").await.header("vary").contains("Cookie"));
}

/// H3
#[actix_web::test]
async fn https_stays_https() {
    let issuer = TestIssuer::new()
        .for_domain("https://auth.example.org", "example.org")
        .for_service("https://demo.example.org");
    let login = issuer.login();
    let page = Demo::trusting(issuer, login).anonymous().opens("/").await;
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
    page.shows("https://auth.example.org/login?next=https%3A%2F%2Fdemo.example.org%2F");
}

/// H5
#[actix_web::test]
async fn no_page_but_the_one_with_a_script_has_any_and_none_is_inline() {
    let demo = Demo::new();
    let staff = demo.staff("grace@example.org");
    staff.posts("/notes", "text=one").await.redirects_to("/notes?saved");
    for path in ["/", "/notes", "/notes/all", "/staff", "/nowhere"] {
        let page = staff.opens(path).await;
        for inline in ["<script", "<style", " style=", " onclick=", "javascript:"] {
            page.does_not_show(inline);
        }
    }
    let page = staff.opens("/private").await;
    assert_eq!(page.body.matches("<script").count(), page.body.matches("<script src=\"/").count());
    for inline in ["<style", " style=", " onclick=", "javascript:"] {
        page.does_not_show(inline);
    }
}

/// N7
#[actix_web::test]
async fn the_host_header_is_never_believed() {
    let demo = Demo::new();
    for path in ["/", "/private", "/nowhere"] {
        let request = demo.anonymous().navigation(Method::GET, path, "none");
        let spoofed = request
            .insert_header((HOST, "evil.example"))
            .insert_header(("x-forwarded-host", "evil.example"))
            .insert_header(("forwarded", "host=evil.example"));
        let answer = demo.ask(spoofed).await;
        answer.does_not_show("evil.example");
        assert!(!answer.header("location").contains("evil.example"));
    }
}

/// I2
#[actix_web::test]
async fn too_many_headers_are_refused() {
    let demo = Demo::new();
    let request = TestRequest::with_uri("/").insert_header(("x-much", "x".repeat(17 * 1024)));
    let answer = demo.ask(request).await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    answer.shows("Too much at once");
}

/// C15: every host of the domain can set cookies, so too many of them are not the person's fault.
#[actix_web::test]
async fn too_many_cookies_lead_to_where_they_are_deleted() {
    let demo = Demo::new();
    let request = TestRequest::with_uri("/private")
        .insert_header(("cookie", format!("bomb={}", "x".repeat(17 * 1024))))
        .insert_header(("accept", "text/html"));
    let answer = demo.ask(request).await;
    assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    answer.shows("/private/cookies?next=");
}
