//! Open pages: they still know the person when the token has expired and the session has not.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;
use shared_claims::web::{Context, Decision, Denial, RequestInfo, Requirement, decide, needs_reachability};
use shared_claims::{Identity, KeySource, Rejection, SharedLogin};

use crate::support::{NOW, Server, jwks};
use crate::support_web::{ask, calls, opens};

const HINT: &str = "__Secure-sso_hint=1";

#[actix_web::test]
async fn a_hint_of_a_session_leads_once_round_by_the_login() {
    let issuer = TestIssuer::new();
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    for cookies in [HINT.to_owned(), format!("{late}; {HINT}")] {
        let answer = ask(&issuer.login(), opens("/?page=2").insert_header(("Cookie", cookies.clone()))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(
            answer.header("location"),
            "http://auth.sso.localhost:8000/login?silent=1&next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2F%3Fpage%3D2"
        );
        let asked = "__Host-sso_asked=1; Path=/; Max-Age=300; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(answer.header("set-cookie"), asked);
        // The hint was wrong, planted or left over. There is no second redirect.
        let back = opens("/?page=2").insert_header(("Cookie", format!("{cookies}; __Host-sso_asked=1")));
        assert_eq!(ask(&issuer.login(), back).await.body, "hello stranger");
    }
}

#[actix_web::test]
async fn without_a_hint_an_open_page_is_answered_at_once() {
    let issuer = TestIssuer::new();
    for cookies in ["", "__Secure-sso_hint=", "%5F%5FSecure-sso_hint=1", "sso_hint=1"] {
        let answer = ask(&issuer.login(), opens("/").insert_header(("Cookie", cookies))).await;
        assert_eq!(answer.body, "hello stranger", "{cookies}");
    }
}

#[actix_web::test]
async fn only_what_a_person_is_about_to_read_goes_round() {
    let issuer = TestIssuer::new();
    // Prefetches are tested in `prefetch.rs`.
    for request in [calls("/"), opens("/").insert_header(("Sec-Fetch-Dest", "iframe"))] {
        let answer = ask(&issuer.login(), request.insert_header(("Cookie", HINT))).await;
        assert_eq!(answer.body, "hello stranger");
    }
}

#[actix_web::test]
async fn who_is_known_needs_no_hint() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let answer = ask(&issuer.login(), opens("/").insert_header(("Cookie", format!("{ada}; {HINT}")))).await;
    assert_eq!(answer.body, "hello ada@example.org");
}

#[test]
fn only_open_pages_ask_and_only_where_auth_service_answers() {
    let settings = TestIssuer::new().settings();
    let headers = vec![("sec-fetch-mode", "navigate"), ("cookie", HINT)];
    let asked = RequestInfo::new("GET", "/", &headers);
    let mut down = Context::at(NOW);
    down.reachable = false;
    for (identity, need, facts, expected) in [
        (
            Identity::Nobody(None),
            Requirement::visitor(),
            Context::at(NOW),
            Decision::Deny(Denial::Silent { clear: false }),
        ),
        (
            Identity::Nobody(Some(Rejection::Expired)),
            Requirement::visitor(),
            Context::at(NOW),
            Decision::Deny(Denial::Silent { clear: false }),
        ),
        (Identity::Nobody(None), Requirement::visitor(), down, Decision::ServeAnonymous),
        (
            Identity::Nobody(None),
            Requirement::user(),
            Context::at(NOW),
            Decision::Deny(Denial::RedirectToLogin { clear: false, max_age: None }),
        ),
        // A redirect would not help: the cookies stay the same, or there are no keys.
        (Identity::Conflict, Requirement::visitor(), Context::at(NOW), Decision::ServeAnonymous),
        (Identity::NoKeys, Requirement::visitor(), Context::at(NOW), Decision::ServeAnonymous),
    ] {
        if expected == Decision::Deny(Denial::Silent { clear: false }) {
            assert!(needs_reachability(&asked, &identity, need, &settings, &facts));
        }
        assert_eq!(decide(&asked, identity, need, &settings, &facts), expected);
    }
}

/// Z2: an open page is served while auth-service is down.
#[actix_web::test]
async fn an_open_page_is_served_while_auth_service_is_down() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let server = Server::start(move |n| if n == 1 { jwks(&set) } else { Vec::new() });
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    source.refreshed().await;
    let login = SharedLogin::with_keys(issuer.settings(), source);
    let answer = ask(&login, opens("/").insert_header(("Cookie", HINT))).await;
    assert_eq!(answer.body, "hello stranger");
}
