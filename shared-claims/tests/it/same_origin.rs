//! Same-origin check: only our own pages can change data.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;

use crate::support_web::{Answer, ask, sends};

const US: &str = "http://demo.sso.localhost:8001";

async fn posted(headers: &[(&str, &str)]) -> Answer {
    let issuer = TestIssuer::new();
    let mut request = TestRequest::post().uri("/private");
    for header in headers {
        request = request.append_header(*header);
    }
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    ask(&issuer.login(), request.insert_header(("Cookie", ada))).await
}

/// X3, X4: a sibling sub-domain is another origin, whoever is logged in.
#[actix_web::test]
async fn a_post_from_elsewhere_is_refused() {
    for headers in [
        &[("Sec-Fetch-Site", "cross-site")][..],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", US)],
        &[("Sec-Fetch-Site", "")],
        &[("Sec-Fetch-Site", "Same-Origin")],
        &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", "null")],
        &[("Origin", "http://auth.sso.localhost:8000")],
        &[("Origin", "http://evil.sso.localhost:8001")],
        &[("Origin", "https://demo.sso.localhost:8001")],
        &[("Origin", "http://demo.sso.localhost")],
        &[("Origin", "http://demo.sso.localhost:8001/")],
        &[("Origin", "http://demo.sso.localhost:8001.evil.example")],
        &[("Origin", US), ("Origin", US)],
        &[("Origin", "null"), ("Referer", "http://demo.sso.localhost:8001/")],
        &[("Referer", "http://evil.sso.localhost:8001/")],
        &[("Referer", "http://demo.sso.localhost:8001@evil.example/")],
        &[("Referer", "/notes")],
        &[("Referer", "")],
    ] {
        let answer = posted(headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(answer.json()["code"], "cross_site_request");
    }
}

#[actix_web::test]
async fn a_post_from_our_own_page_goes_through() {
    for headers in [
        &[("Sec-Fetch-Site", "same-origin")][..],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
        &[("Sec-Fetch-Site", "none")],
        &[("Origin", US)],
        &[("Referer", "http://demo.sso.localhost:8001/notes?x=1")],
        &[("Origin", US), ("Referer", "http://evil.example/")],
    ] {
        assert_eq!(posted(headers).await.body, "done, ada@example.org", "{headers:?}");
    }
}

/// Forms have no CSRF token to rely on. So a request that does not name its origin is refused.
#[actix_web::test]
async fn a_post_that_does_not_say_where_it_comes_from_is_refused() {
    assert_eq!(posted(&[]).await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_person_gets_a_page() {
    let request = sends("/private", "").insert_header(("Sec-Fetch-Site", "same-site"));
    let answer = ask(&TestIssuer::new().login(), request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("This was not sent by a page of this service"));
}

/// X1: safe methods pass, and all others are checked.
#[actix_web::test]
async fn only_safe_methods_pass_without_a_question() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for method in
        ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW", "get"]
    {
        let request = TestRequest::with_uri("/anything")
            .method(method.parse().unwrap())
            .insert_header(("Sec-Fetch-Site", "cross-site"))
            .insert_header(("Cookie", ada.clone()));
        let safe = ["GET", "HEAD", "OPTIONS"].contains(&method);
        let expected = if safe { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(ask(&issuer.login(), request).await.status, expected, "{method}");
    }
}
