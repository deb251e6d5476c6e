//! Setup of a service on actix: one middleware, or `SameOrigin` beside a registered login.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{App, test, web};
use shared_claims::actix::{SameOrigin, SharedLoginMiddleware, User};
use shared_claims::testing::TestIssuer;

use crate::support_web::{Answer, answer, opens, sends};

async fn hello(user: User) -> String {
    format!("hello {}", user.user_email)
}

/// The responses of services that are set up in either way, to two requests.
async fn both_ways(issuer: &TestIssuer, cookie: &str, site: &'static str) -> [Answer; 4] {
    let route = || web::resource("/").route(web::get().to(hello)).route(web::post().to(hello));
    let wrapped = App::new().wrap(SharedLoginMiddleware::new(issuer.login())).service(route());
    let wrapped = test::init_service(wrapped).await;
    let registered = App::new().app_data(web::Data::new(issuer.login())).wrap(SameOrigin).service(route());
    let registered = test::init_service(registered).await;
    let opens = || opens("/").insert_header(("Cookie", cookie));
    let sends =
        || sends("/", "a=b").insert_header(("Cookie", cookie)).insert_header(("Sec-Fetch-Site", site));
    [
        answer(&wrapped, opens()).await,
        answer(&registered, opens()).await,
        answer(&wrapped, sends()).await,
        answer(&registered, sends()).await,
    ]
}

/// A header without the random secret of a trip to the login.
fn shown(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map_or("", |value| value.to_str().unwrap());
    let is_trip = value.starts_with("__Host-sso_sent=");
    value.chars().skip(if is_trip { "__Host-sso_sent=".len() + 16 } else { 0 }).collect()
}

#[actix_web::test]
async fn the_middleware_alone_does_what_guard_and_registration_do() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for (cookie, site, opened, sent) in [
        (ada.as_str(), "same-origin", StatusCode::OK, StatusCode::OK),
        (ada.as_str(), "same-site", StatusCode::OK, StatusCode::FORBIDDEN),
        ("", "same-origin", StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED),
    ] {
        let [page, other_page, form, other_form] = both_ways(&issuer, cookie, site).await;
        assert_eq!((page.status, form.status), (opened, sent), "{cookie} {site}");
        for (one, other) in [(page, other_page), (form, other_form)] {
            assert_eq!((one.status, one.body), (other.status, other.body));
            for name in ["location", "set-cookie", "vary", "cache-control"] {
                assert_eq!(shown(&one.headers, name), shown(&other.headers, name), "{name}");
            }
        }
    }
}
