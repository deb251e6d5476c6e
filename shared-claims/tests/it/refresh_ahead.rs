//! Refresh ahead: a page that is rendered just before the token expires would contain a form that
//! is sent too late.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;
use shared_claims::web::{Context, Decision, Denial, RequestInfo, Requirement, decide, needs_reachability};
use shared_claims::{Claims, Identity, KeySource, Settings, SharedLogin};

use crate::support::{NOW, Server, jwks};
use crate::support_web::{ask, calls, opens, sends};

const ROUND: &str = "http://auth.sso.localhost:8000/login?silent=1&next=";

/// Ada's token, with `left` seconds left of `life`.
fn ending(issuer: &TestIssuer, left: i64, life: i64) -> Claims {
    let mut claims = issuer.claims_for("ada@example.org");
    claims.exp = claims.iat + left;
    (claims.iat, claims.nbf, claims.auth_time) = (claims.exp - life, claims.exp - life, claims.exp - life);
    claims
}

#[actix_web::test]
async fn a_page_opened_in_the_last_minute_goes_round_by_the_login_first() {
    let issuer = TestIssuer::new();
    let old = issuer.cookie(&ending(&issuer, 50, 300));
    for address in ["/private?page=2", "/"] {
        let answer = ask(&issuer.login(), opens(address).insert_header(("Cookie", old.clone()))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}");
        assert!(answer.header("location").starts_with(ROUND), "{}", answer.header("location"));
        assert_eq!(
            answer.header("set-cookie"),
            "__Host-sso_ahead=1; Path=/; Max-Age=65; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let fresh = issuer.cookie(&ending(&issuer, 90, 300));
    let answer = ask(&issuer.login(), opens("/private").insert_header(("Cookie", fresh))).await;
    assert_eq!(answer.status, StatusCode::OK);
}

/// Whatever the result: the session may be over, or this clock so far ahead that every token seems
/// old.
#[actix_web::test]
async fn a_browser_that_was_sent_round_is_served_the_next_time() {
    let issuer = TestIssuer::new();
    let old = issuer.cookie(&ending(&issuer, 50, 300));
    for more in ["__Host-sso_ahead=1", "__Host-sso_ahead=whatever", "__Host-sso_ahead=1; __Host-sso_ahead=2"]
    {
        let back = opens("/private").insert_header(("Cookie", format!("{old}; {more}")));
        assert_eq!(ask(&issuer.login(), back).await.body, "hello ada@example.org", "{more}");
    }
}

/// Only pages in a tab are redirected. Prefetches are tested in `prefetch.rs`.
#[actix_web::test]
async fn nothing_but_a_page_in_a_tab_goes_round() {
    let issuer = TestIssuer::new();
    let old = issuer.cookie(&ending(&issuer, 50, 300));
    for request in [
        calls("/private"),
        calls("/"),
        sends("/private", "text=x"),
        opens("/private").insert_header(("Sec-Fetch-Dest", "iframe")),
        opens("/private").method(actix_web::http::Method::HEAD).uri("/anything"),
    ] {
        let answer = ask(&issuer.login(), request.insert_header(("Cookie", old.clone()))).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

fn decided(settings: &Settings, claims: Claims, facts: &Context) -> Decision {
    let headers = vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let asked = RequestInfo::new("GET", "/", &headers);
    let identity = Identity::Person(Box::new(claims));
    let decision = decide(&asked, identity.clone(), Requirement::user(), settings, facts);
    if matches!(decision, Decision::Deny(_)) {
        assert!(needs_reachability(&asked, &identity, Requirement::user(), settings, facts));
    }
    decision
}

/// Never more than half of a token's lifetime. Otherwise people with short tokens would be
/// redirected at every click.
#[test]
fn it_is_time_below_a_minute_or_half_of_the_life_of_the_token() {
    let issuer = TestIssuer::new();
    for (setting, life, left, remember) in [
        ("60", 300, 60, None),
        ("60", 300, 59, Some(65)),
        ("60", 300, 1, Some(65)),
        ("60", 300, 0, Some(65)),
        ("60", 300, -4, Some(65)),
        ("60", 100, 50, None),
        ("60", 100, 49, Some(55)),
        ("60", 4, 2, None),
        ("60", 4, 1, Some(7)),
        ("2m", 300, 119, Some(125)),
        ("5m", 300, 150, None),
        ("0", 300, 1, None),
        ("0", 300, -4, None),
    ] {
        let settings = with_refresh_ahead(&issuer, setting);
        let mut claims = issuer.claims_for("ada@example.org");
        (claims.exp, claims.iat) = (NOW + left, NOW + left - life);
        let expected = match remember {
            Some(remember) => Decision::Deny(Denial::RefreshAhead { remember }),
            None => Decision::Serve(Box::new(claims.clone())),
        };
        assert_eq!(decided(&settings, claims, &Context::at(NOW)), expected, "{setting} {life} {left}");
    }
}

fn with_refresh_ahead(issuer: &TestIssuer, setting: &str) -> Settings {
    let same = issuer.settings();
    Settings::from_lookup(|name| match name {
        "AUTH_URL" => Some(same.auth_url()),
        "SERVICE_URL" => Some(same.service_url()),
        "COOKIE_DOMAIN" => Some(same.cookie_domain().to_owned()),
        "REFRESH_AHEAD" => Some(setting.to_owned()),
        _ => None,
    })
    .unwrap()
}

#[test]
fn who_lacks_the_right_is_told_so_without_a_detour() {
    let issuer = TestIssuer::new();
    let mut claims = issuer.claims_for("ada@example.org");
    (claims.exp, claims.iat) = (NOW + 10, NOW - 290);
    let headers = vec![("sec-fetch-mode", "navigate")];
    let asked = RequestInfo::new("GET", "/", &headers);
    let identity = Identity::Person(Box::new(claims));
    let decision =
        decide(&asked, identity, Requirement::right(|_| false), &issuer.settings(), &Context::at(NOW));
    assert!(matches!(decision, Decision::Deny(Denial::Forbidden { .. })));
}

/// Z2: while auth-service is down, people who are logged in are served until their token expires.
#[actix_web::test]
async fn nobody_is_sent_round_while_auth_service_is_down() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let down = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".to_vec();
    let server = Server::start(move |n| if n == 1 { jwks(&set) } else { down.clone() });
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let login = SharedLogin::with_keys(issuer.settings(), source.clone());
    let old = || opens("/private").insert_header(("Cookie", issuer.cookie(&ending(&issuer, 50, 300))));
    // The first load proves for ten seconds that auth-service can be reached. After that a new load
    // is needed before a redirect.
    assert_eq!(ask(&login, old()).await.status, StatusCode::SEE_OTHER);
    assert_eq!(server.hits(), 1);
    source.refreshed().await;
    assert!(!source.reachable().await);
    assert_eq!(ask(&login, old()).await.body, "hello ada@example.org");
    assert_eq!(server.hits(), 2);
}

/// A load that is too old proves nothing: the outage is noticed although no load is due for
/// minutes.
#[actix_web::test]
async fn an_outage_is_noticed_before_somebody_is_sent_into_it() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let server = Server::start(move |n| if n == 1 { jwks(&set) } else { Vec::new() });
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    actix_web::rt::time::sleep(std::time::Duration::from_millis(10_100)).await;
    assert_eq!(server.hits(), 1);
    let both =
        [source.clone(), source.clone()].map(|s| actix_web::rt::spawn(async move { s.reachable().await }));
    for one in both {
        assert!(!one.await.unwrap());
    }
    assert_eq!(server.hits(), 2, "one question for both");
}

#[actix_web::test]
async fn keys_from_a_file_say_nothing_about_auth_service() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    std::fs::write(&path, TestIssuer::new().jwks()).unwrap();
    assert!(KeySource::file(&path).unwrap().reachable().await);
    assert!(KeySource::fixed(TestIssuer::new().keys()).reachable().await);
}
