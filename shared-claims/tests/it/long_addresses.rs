//! Long URLs: the login leads back to them byte for byte, or opens in another tab. None is replaced
//! by the front page.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;
use url::Url;

use crate::support_web::{Answer, ask, calls, opens, sends};

/// nginx's limit for the head of a response, less the other headers.
const ROOM: usize = 3072;

fn letters(many: usize) -> String {
    format!("/private?q={}", "%E4%B8%AD".repeat(many))
}

fn ids(many: u128) -> String {
    let ids: Vec<_> = (0..many).map(|n| format!("id={}", uuid::Uuid::from_u128(n << 64))).collect();
    format!("/private?{}", ids.join("&"))
}

/// The URL to which the login leads back.
fn comes_back_to(answer: &Answer) -> String {
    let location = answer.header("location");
    assert!(location.len() <= ROOM, "{} bytes", location.len());
    let login = Url::parse(location).unwrap();
    let (_, next) = login.query_pairs().find(|(name, _)| name == "next").unwrap();
    Url::parse(&next).unwrap().into()
}

#[actix_web::test]
async fn long_addresses_come_back_from_the_login() {
    let login = TestIssuer::new().login();
    for target in [letters(220), ids(30), letters(320), format!("/private?q={}", "a+b%26c".repeat(150))] {
        let answer = ask(&login, opens(&target)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{target}");
        assert_eq!(comes_back_to(&answer), format!("http://demo.sso.localhost:8001{target}"));
    }
}

/// A short URL is encoded as in a form.
#[actix_web::test]
async fn an_address_of_usual_length_is_spelt_as_forms_spell_it() {
    let answer = ask(&TestIssuer::new().login(), opens("/private?q=%C3%A4")).await;
    let next = "http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate%3Fq%3D%25C3%25A4";
    assert_eq!(answer.header("location"), format!("http://auth.sso.localhost:8000/login?next={next}"));
}

#[actix_web::test]
async fn an_address_too_long_for_a_redirect_stays_and_the_login_is_offered_beside_it() {
    let login = TestIssuer::new().login();
    for target in [letters(400), ids(200), format!("/private?q={}&sso_loop=3", "x".repeat(7_900))] {
        let answer = ask(&login, opens(&target)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("location"), "");
        let here = target.trim_end_matches("&sso_loop=3").replace('&', "&amp;");
        let link = format!("href=\"http://demo.sso.localhost:8001{here}\">Open the page</a>");
        assert!(answer.body.contains(&link), "{}", answer.body);
        assert!(answer.body.contains("<iframe src=\"http://auth.sso.localhost:8000/login/frame\""));
        assert!(answer.body.contains(
            "href=\"http://auth.sso.localhost:8000/login?next=%2Flogin%2Fdone\" target=\"_blank\""
        ));
        assert_eq!(ask(&login, calls(&target)).await.header("content-type"), "application/problem+json");
    }
}

/// A page that is open to all is served without a silent redirect.
#[actix_web::test]
async fn an_address_too_long_for_a_redirect_makes_no_silent_trip() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let target = letters(400).replace("/private", "/");
    let answer = ask(&login, opens(&target).insert_header(("cookie", "__Secure-sso_hint=1"))).await;
    assert_eq!(answer.status, StatusCode::OK);

    let mut claims = issuer.claims_for("ada@example.org");
    claims.exp = claims.iat + 30;
    (claims.iat, claims.nbf, claims.auth_time) = (claims.iat - 270, claims.nbf - 270, claims.auth_time - 270);
    let about_to_end = issuer.cookie(&claims);
    let answer = ask(&login, opens(&letters(400)).insert_header(("cookie", about_to_end))).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_kept_form_is_sent_again_to_the_long_address_it_was_sent_to() {
    let target = letters(400);
    let answer = ask(&TestIssuer::new().login(), sends(&target, "text=hello")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains(&format!("action=\"http://demo.sso.localhost:8001{target}\"")),
        "{}",
        answer.body
    );
}
