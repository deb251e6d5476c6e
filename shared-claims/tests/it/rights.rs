//! Rights: roles, and recent authentication.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;

use crate::support_web::{ask, calls, opens, sends};

#[actix_web::test]
async fn a_page_for_a_role_is_for_who_has_exactly_that_role() {
    let issuer = TestIssuer::new();
    for (roles, status) in [
        (vec!["editor"], 200),
        (vec!["author", "editor"], 200),
        (vec![], 403),
        (vec!["Editor"], 403),
        (vec!["editors", "edit", "editor "], 403),
    ] {
        let mut claims = issuer.claims_for("ada@example.org");
        claims.roles = roles.iter().map(|role| (*role).to_owned()).collect();
        // Being staff or a superuser does not imply the role.
        (claims.user_is_staff, claims.user_is_superuser) = (true, true);
        let cookie = issuer.cookie(&claims);
        let page = ask(&issuer.login(), opens("/editor").insert_header(("Cookie", cookie))).await;
        assert_eq!(page.status.as_u16(), status, "{roles:?}");
    }
    assert_eq!(ask(&issuer.login(), opens("/editor")).await.status, StatusCode::SEE_OTHER);
}

fn proved(issuer: &TestIssuer, seconds_ago: i64) -> String {
    let mut claims = issuer.claims_for("ada@example.org");
    claims.auth_time -= seconds_ago;
    issuer.cookie(&claims)
}

#[actix_web::test]
async fn who_logged_in_a_moment_ago_gets_through() {
    let issuer = TestIssuer::new();
    for request in [opens("/pay"), calls("/pay")] {
        let answer = ask(&issuer.login(), request.insert_header(("Cookie", proved(&issuer, 300)))).await;
        assert_eq!(answer.body, "ada@example.org");
    }
    let form = sends("/pay", "text=ten").insert_header(("Cookie", proved(&issuer, 300)));
    assert_eq!(ask(&issuer.login(), form).await.body, "ada@example.org paid ten");
}

#[actix_web::test]
async fn a_page_asks_to_log_in_again_and_gets_its_reader_back() {
    let issuer = TestIssuer::new();
    let page = opens("/pay?to=eve").insert_header(("Cookie", proved(&issuer, 3600)));
    let answer = ask(&issuer.login(), page).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.header("location"),
        "http://auth.sso.localhost:8000/login?max_age=600&next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fpay%3Fto%3Deve"
    );
    let lines: Vec<_> = answer.headers.get_all("set-cookie").collect();
    assert!(
        lines.len() == 1 && answer.header("set-cookie").starts_with("__Host-sso_sent="),
        "no token is taken away"
    );
}

/// Renewal would not help, so the response has no `renew_url`.
#[actix_web::test]
async fn a_script_is_told_where_the_password_is_asked_again() {
    let issuer = TestIssuer::new();
    let call = calls("/pay")
        .insert_header(("Referer", "http://demo.sso.localhost:8001/cart"))
        .insert_header(("Cookie", proved(&issuer, 3600)));
    let answer = ask(&issuer.login(), call).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let problem = answer.json();
    assert_eq!(problem["code"], "fresh_login_required");
    assert_eq!(
        problem["login_url"],
        "http://auth.sso.localhost:8000/login?max_age=600&next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fcart"
    );
    assert!(problem.get("renew_url").is_none());
}

#[actix_web::test]
async fn a_form_waits_until_the_password_was_typed_again() {
    let issuer = TestIssuer::new();
    let form = sends("/pay", "text=ten").insert_header(("Cookie", proved(&issuer, 3600)));
    let page = ask(&issuer.login(), form).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    for words in [
        "This needs a fresh login",
        "<a href=\"http://auth.sso.localhost:8000/login?max_age=600&amp;next=%2Flogin%2Fdone\" target=\"_blank\">",
        "name=\"text\" value=\"ten\"",
        "Send again",
        // A renewed session is no proof of who sits there, so the frame is told what is needed.
        "<iframe src=\"http://auth.sso.localhost:8000/login/frame?max_age=600\"",
    ] {
        assert!(page.body.contains(words), "no {words:?} in {}", page.body);
    }
}
