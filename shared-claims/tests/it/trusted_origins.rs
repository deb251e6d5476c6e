//! Trusted origins: siblings that the operator names may send requests, and their scripts may read
//! the responses.

use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;

use crate::support_web::{Answer, ask};

const APP: &str = "https://app.example.org";
const EVIL: &str = "https://evil.example.org";

fn api() -> TestIssuer {
    let api = TestIssuer::new().for_domain("https://auth.example.org", "example.org");
    api.for_service("https://api.example.org").trusting(&format!("{APP}, https://App2.example.org:443/"))
}

/// A request that a script of that origin makes.
fn sends(method: Method, origin: &'static str) -> TestRequest {
    TestRequest::with_uri("/private?a=b")
        .method(method)
        .insert_header(("Accept", "*/*"))
        .insert_header(("Origin", origin))
        .insert_header(("Referer", format!("{origin}/")))
        .insert_header(("Sec-Fetch-Mode", "cors"))
        .insert_header(("Sec-Fetch-Dest", "empty"))
        .insert_header(("Sec-Fetch-Site", "same-site"))
}

/// A browser's preflight request.
fn preflight(origin: &'static str) -> TestRequest {
    sends(Method::OPTIONS, origin)
        .insert_header(("Access-Control-Request-Method", "PUT"))
        .insert_header(("Access-Control-Request-Headers", "content-type,x-request-id"))
}

async fn asked(issuer: &TestIssuer, request: TestRequest) -> Answer {
    ask(&issuer.login(), request).await
}

async fn asked_by_ada(issuer: &TestIssuer, request: TestRequest) -> Answer {
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    asked(issuer, request.insert_header(("Cookie", ada))).await
}

fn may_be_read_by(answer: &Answer) -> (&str, &str) {
    (answer.header("access-control-allow-origin"), answer.header("access-control-allow-credentials"))
}

#[actix_web::test]
async fn a_named_sibling_posts_as_the_person_and_reads_the_answer() {
    let api = api();
    for origin in [APP, "https://app2.example.org"] {
        let answer = asked_by_ada(&api, sends(Method::POST, origin)).await;
        assert_eq!(answer.body, "done, ada@example.org", "{origin}");
        assert_eq!(may_be_read_by(&answer), (origin, "true"));
        assert!(answer.headers.get_all("vary").any(|vary| vary.to_str().unwrap().contains("Origin")));
    }
    let page = asked_by_ada(&api, sends(Method::GET, APP)).await;
    assert_eq!((page.body.as_str(), may_be_read_by(&page)), ("hello ada@example.org", (APP, "true")));
}

/// X3, X11: no other origin may, and by default there is none.
#[actix_web::test]
async fn nobody_else_may() {
    let nobody = TestIssuer::new().for_domain("https://auth.example.org", "example.org");
    let nobody = nobody.for_service("https://api.example.org");
    for (issuer, origin) in [
        (&api(), EVIL),
        (&api(), "https://app.example.org.evil.net"),
        (&api(), "https://xapp.example.org"),
        (&api(), "https://app.example.org:8443"),
        (&api(), "http://app.example.org"),
        (&api(), "https://app.example.org/"),
        (&api(), "null"),
        (&nobody, APP),
    ] {
        let posted = asked_by_ada(issuer, sends(Method::POST, origin)).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "{origin}");
        let read = asked_by_ada(issuer, sends(Method::GET, origin)).await;
        let question = asked(issuer, preflight(origin)).await;
        for answer in [posted, read, question] {
            assert_eq!(may_be_read_by(&answer), ("", ""), "{origin}");
        }
    }
    let twice = sends(Method::POST, APP).append_header(("Origin", EVIL));
    assert_eq!(asked_by_ada(&api(), twice).await.status, StatusCode::FORBIDDEN);
    let elsewhere = sends(Method::POST, APP).insert_header(("Sec-Fetch-Site", "cross-site"));
    assert_eq!(asked_by_ada(&api(), elsewhere).await.status, StatusCode::FORBIDDEN);
}

/// Browsers that send only `Origin`, or only `Referer`.
#[actix_web::test]
async fn older_browsers_are_believed_in_the_same_order() {
    for (headers, expected) in [
        (&[("Origin", APP)][..], StatusCode::OK),
        (&[("Referer", "https://app.example.org/page")], StatusCode::OK),
        (&[("Referer", "https://evil.example.org/page")], StatusCode::FORBIDDEN),
        (&[("Origin", EVIL), ("Referer", "https://app.example.org/page")], StatusCode::FORBIDDEN),
    ] {
        let mut request = TestRequest::post().uri("/private");
        for header in headers {
            request = request.insert_header(*header);
        }
        assert_eq!(asked_by_ada(&api(), request).await.status, expected, "{headers:?}");
    }
}

/// A preflight has no cookies, so that every handler here would refuse it.
#[actix_web::test]
async fn the_preflight_is_answered_before_anybody_asks_who_it_is() {
    let answer = asked(&api(), preflight(APP)).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(may_be_read_by(&answer), (APP, "true"));
    assert_eq!(answer.header("access-control-allow-methods"), "PUT");
    assert_eq!(answer.header("access-control-allow-headers"), "content-type,x-request-id");
    assert_eq!(answer.header("access-control-max-age"), "600");
    assert_eq!(answer.headers.get_all("access-control-allow-origin").count(), 1);
    let no_question = asked(&api(), sends(Method::OPTIONS, APP)).await;
    assert_eq!(no_question.status, StatusCode::UNAUTHORIZED, "a plain OPTIONS is the handler's");
}

/// The response has the renewal URL, and the login leads back to the script's page.
#[actix_web::test]
async fn a_refusal_can_be_read_and_leads_back_to_the_sibling() {
    let answer = asked(&api(), sends(Method::POST, APP)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(may_be_read_by(&answer), (APP, "true"));
    assert_eq!(answer.json()["renew_url"], "https://auth.example.org/api/session/renew");
    let login = "https://auth.example.org/login?next=https%3A%2F%2Fapp.example.org%2F";
    assert_eq!(answer.json()["login_url"], login);
}
