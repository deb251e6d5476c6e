//! Too many cookies: the page links to the page that deletes them, in the same way on both
//! frameworks.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::web::{Denial, MAX_COOKIE_BYTES, RequestInfo, check_cookie_size};

use super::support_web::ask;

fn cookies(bytes: usize) -> String {
    let mut cookies = "bomb-1=".to_owned();
    cookies.push_str(&"x".repeat(bytes - cookies.len()));
    cookies
}

const IN_A_TAB: [(&str, &str); 2] = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];

fn in_a_tab(target: &str, bytes: usize) -> TestRequest {
    let request = TestRequest::with_uri(target).insert_header(("cookie", cookies(bytes)));
    IN_A_TAB.into_iter().fold(request, |request, header| request.insert_header(header))
}

/// C15
#[actix_web::test]
async fn a_person_is_led_to_where_the_cookies_are_deleted_and_back() {
    let login = TestIssuer::new().login();
    for (target, address) in [
        ("/private?a=b", "/private/cookies?next="),
        ("/", "/cookies?next="),
        ("/notes/", "/notes/cookies?next="),
    ] {
        let answer = ask(&login, in_a_tab(target, MAX_COOKIE_BYTES + 1)).await;
        assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "{target}");
        let link = format!("href=\"{}{address}", login.settings().auth_url());
        assert!(answer.body.contains(&link), "{target}: {}", answer.body);
        assert!(answer.body.contains("Clean up") && !answer.body.contains("bomb"), "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.headers.get("set-cookie").is_none());
    }
    let german = in_a_tab("/private", MAX_COOKIE_BYTES + 1).insert_header(("accept-language", "de"));
    assert!(ask(&login, german).await.body.contains("Zu viele Cookies"));
}

/// C15
#[actix_web::test]
async fn a_program_is_told_where_to_send_the_person() {
    let login = TestIssuer::new().login();
    for request in [TestRequest::get(), TestRequest::post()] {
        let request = request.uri("/private").insert_header(("cookie", cookies(MAX_COOKIE_BYTES + 1)));
        let answer = ask(&login, request).await;
        assert_eq!(answer.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        let problem = answer.json();
        assert_eq!(problem["code"], "too_many_cookies");
        let there = format!("{}/private/cookies?next=", login.settings().auth_url());
        assert!(problem["cookies_url"].as_str().unwrap().starts_with(&there), "{problem}");
    }
}

#[actix_web::test]
async fn up_to_the_limit_they_are_nobodys_business() {
    let login = TestIssuer::new().login();
    let answer = ask(&login, in_a_tab("/", MAX_COOKIE_BYTES)).await;
    assert_eq!(answer.status, StatusCode::OK);
}

/// Also in several headers, as HTTP/2 sends them.
#[test]
fn all_headers_are_weighed_together() {
    let half = MAX_COOKIE_BYTES / 2;
    for (second, too_many) in [(half, false), (half + 1, true)] {
        let headers = vec![("cookie", cookies(half)), ("Cookie", cookies(second))];
        let weighed = check_cookie_size(&RequestInfo::new("GET", "/", &headers));
        assert_eq!(weighed, too_many.then_some(Denial::TooManyCookies { bytes: MAX_COOKIE_BYTES + 1 }));
    }
}
