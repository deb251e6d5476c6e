//! The API: `/api/me`.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use shared_claims::Claims;

use crate::people::{AUTH, Demo};

#[actix_web::test]
async fn a_script_learns_who_is_logged_in() {
    let demo = Demo::new();
    let claims = demo.issuer.claims_for("ada@example.org");
    let answer = demo.logged_in_with(&claims).fetches("/api/me").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(serde_json::from_str::<Claims>(&answer.body).unwrap(), claims);
}

/// The page, its scripts, and the policy that lets them renew.
#[actix_web::test]
async fn a_page_asks_by_script_and_may_renew_the_login() {
    let demo = Demo::new();
    let page = demo.logged_in("ada@example.org").opens("/private").await;
    assert_eq!(page.status, StatusCode::OK);
    for script in ["/sso.js", "/renewal.js"] {
        page.shows(&format!("<script src=\"{script}\" defer></script>"));
        let script = demo.anonymous().fetches(script).await;
        assert_eq!(script.status, StatusCode::OK);
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        assert!(script.header("cache-control").starts_with("public"), "{}", script.header("cache-control"));
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("script-src 'self'; connect-src 'self' {AUTH};")), "{policy}");
    assert_eq!(demo.anonymous().opens("/private").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_script_without_a_login_is_told_where_to_get_one() {
    let demo = Demo::new();
    for browser in [demo.anonymous(), demo.expired("ada@example.org")] {
        let answer = browser.fetches("/api/me").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(problem["login_url"].as_str().unwrap().starts_with(&format!("{AUTH}/login")), "{problem}");
        assert_eq!(problem["renew_url"], json!(format!("{AUTH}/api/session/renew")));
    }
}
