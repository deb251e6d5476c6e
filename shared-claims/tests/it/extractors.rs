//! Extractors: which requests they accept.

use actix_web::http::StatusCode;
use actix_web::{App, test, web};
use shared_claims::actix::{SameOrigin, User};
use shared_claims::testing::TestIssuer;

use crate::support_web::{answer, ask, calls, opens, sends};

#[actix_web::test]
async fn somebody_who_is_logged_in_gets_through() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for request in [opens("/private"), calls("/private")] {
        let answer = ask(&issuer.login(), request.insert_header(("Cookie", ada.clone()))).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "hello ada@example.org"));
    }
}

#[actix_web::test]
async fn an_open_page_greets_whom_it_knows_and_serves_everybody() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    let foreign = TestIssuer::new();
    let foreign = foreign.cookie(&foreign.claims_for("ada@example.org"));
    for (cookie, greeting) in [
        (ada.as_str(), "hello ada@example.org"),
        ("", "hello stranger"),
        ("__Secure-sso_access=", "hello stranger"),
        ("__Secure-sso_access=x.y.z", "hello stranger"),
        (&late, "hello stranger"),
        (&foreign, "hello stranger"),
    ] {
        let answer = ask(&login, opens("/").insert_header(("Cookie", cookie))).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, greeting));
    }
}

#[actix_web::test]
async fn staff_pages_are_for_staff_and_superuser_pages_for_superusers() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let mut claims = issuer.claims_for("ada@example.org");
    for (staff, superuser) in [(false, false), (true, false), (false, true), (true, true)] {
        (claims.user_is_staff, claims.user_is_superuser) = (staff, superuser);
        let cookie = issuer.cookie(&claims);
        for (address, may) in [("/staff", staff), ("/superuser", superuser)] {
            let page = ask(&login, opens(address).insert_header(("Cookie", cookie.clone()))).await;
            let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(page.status, expected, "{address} {staff} {superuser}");
            if !may {
                assert!(page.body.contains("Not for this account"));
                let script = ask(&login, calls(address).insert_header(("Cookie", cookie.clone()))).await;
                assert_eq!(script.status, StatusCode::FORBIDDEN);
                assert_eq!(script.json()["code"], "forbidden");
            }
        }
    }
}

#[actix_web::test]
async fn staff_pages_ask_strangers_to_log_in() {
    let answer = ask(&TestIssuer::new().login(), opens("/staff")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn a_handler_can_ask_twice_who_it_is() {
    let issuer = TestIssuer::new();
    let ada = issuer.claims_for("ada@example.org");
    let answer = ask(&issuer.login(), opens("/both").insert_header(("Cookie", issuer.cookie(&ada)))).await;
    assert_eq!(answer.body, format!("{} true", ada.sub));
}

#[actix_web::test]
async fn a_logged_in_persons_form_reaches_the_handler() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for address in ["/notes", "/notes-user-first"] {
        let answer =
            ask(&issuer.login(), sends(address, "text=buy+milk").insert_header(("Cookie", ada.clone())))
                .await;
        assert_eq!(answer.body, "ada@example.org: buy milk");
    }
}

/// Not a panic: the log tells the developer what is missing.
#[actix_web::test]
async fn a_service_that_forgot_to_register_the_login_answers_500() {
    let app = App::new().route("/", web::get().to(async |_: User| "in"));
    let open = answer(&test::init_service(app).await, opens("/")).await;
    assert_eq!(open.status, StatusCode::INTERNAL_SERVER_ERROR);
    let app = App::new().wrap(SameOrigin).route("/", web::post().to(async || "in"));
    let posted = answer(&test::init_service(app).await, sends("/", "")).await;
    assert_eq!(posted.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!posted.body.contains("SharedLogin"));
}
