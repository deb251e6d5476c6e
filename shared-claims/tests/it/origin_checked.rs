//! The origin check cannot be forgotten: extractors let no change through that nobody checked.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::TestRequest;
use actix_web::{App, Error, HttpMessage, test, web};
use shared_claims::actix::{Fresh, MaybeUser, SameOrigin, SharedLoginMiddleware, User};
use shared_claims::testing::TestIssuer;
use shared_claims::web::OriginChecked;
use tower::ServiceExt;

use crate::logs::Log;
use crate::support_web::{Answer, answer, calls, opens, sends};

/// The middleware of a service with a check of its own, here one that all requests pass.
pub async fn vouch_for(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    req.extensions_mut().insert(OriginChecked::by_own_proof());
    next.call(req).await
}

/// Middleware that makes a `DELETE` of every request.
async fn delete_instead(
    mut req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    req.head_mut().method = Method::DELETE;
    next.call(req).await
}

fn routes(app: &mut web::ServiceConfig) {
    app.route("/user", web::to(async |user: User| user.user_email.clone()))
        .route("/fresh", web::to(async |user: Fresh<600>| user.user_email.clone()))
        .route("/maybe", web::to(async |visitor: MaybeUser| format!("somebody: {}", visitor.is_some())))
        .route("/option", web::to(async |user: Option<User>| format!("somebody: {}", user.is_some())));
}

/// The answer of a service that registered the login and forgot the check.
async fn unguarded(issuer: &TestIssuer, request: TestRequest) -> Answer {
    let app = App::new().app_data(web::Data::new(issuer.login())).configure(routes);
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    answer(&test::init_service(app).await, request.insert_header(("Cookie", ada))).await
}

/// X13: a form on a sibling's page would go through as the person who is logged in.
#[actix_web::test]
async fn no_change_reaches_a_handler_where_the_check_was_forgotten() {
    let issuer = TestIssuer::new();
    for address in ["/user", "/fresh", "/maybe"] {
        for site in ["same-origin", "same-site", "cross-site"] {
            let form = sends(address, "text=FORGED").insert_header(("Sec-Fetch-Site", site));
            let refused = unguarded(&issuer, form).await;
            assert_eq!(refused.status, StatusCode::INTERNAL_SERVER_ERROR, "{address} {site}");
            assert!(!refused.body.contains("FORGED"));
        }
        let socket = calls(address).insert_header(("Upgrade", "websocket"));
        assert_eq!(unguarded(&issuer, socket).await.status, StatusCode::INTERNAL_SERVER_ERROR, "{address}");
        assert_eq!(unguarded(&issuer, opens(address)).await.status, StatusCode::OK, "{address}");
    }
    assert_eq!(unguarded(&issuer, sends("/option", "")).await.body, "somebody: false");
}

#[actix_web::test]
async fn the_log_and_in_development_the_answer_say_what_to_add() {
    let (log, guard) = Log::of_this_thread();
    let refused = unguarded(&TestIssuer::new(), sends("/user", "text=x")).await;
    drop(guard);
    let cure = ".wrap(SharedLoginMiddleware::new(login))";
    assert!(refused.json()["detail"].as_str().unwrap().contains(cure), "{}", refused.body);
    let text = log.text();
    assert!(text.contains("ERROR") && text.contains(cure) && text.contains("method=\"POST\""), "{text}");
}

#[actix_web::test]
async fn in_production_the_answer_says_nothing_of_the_program() {
    let issuer = TestIssuer::new()
        .for_domain("https://auth.example.org", "example.org")
        .for_service("https://shop.example.org");
    let refused = unguarded(&issuer, sends("/user", "text=x")).await;
    assert_eq!(refused.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(refused.json()["detail"], "This service is not set up completely.");
}

/// A check that saw a `GET` has checked nothing.
#[actix_web::test]
async fn a_request_that_became_a_change_after_the_check_is_refused() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let guarded = || App::new().app_data(web::Data::new(issuer.login())).configure(routes);
    let request = || opens("/user").insert_header(("Cookie", ada.clone()));
    let checked_first = test::init_service(guarded().wrap(from_fn(delete_instead)).wrap(SameOrigin)).await;
    assert_eq!(answer(&checked_first, request()).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let checked_last = test::init_service(guarded().wrap(SameOrigin).wrap(from_fn(delete_instead))).await;
    assert_eq!(answer(&checked_last, request()).await.body, "ada@example.org");
}

#[actix_web::test]
async fn nor_on_axum() {
    use axum::body::Body;
    use axum::extract::Request;
    use axum::middleware::map_request;
    use shared_claims::axum::{SharedLoginLayer, User};
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let delete = map_request(async |mut request: Request| {
        *request.method_mut() = axum::http::Method::DELETE;
        request
    });
    let handler = axum::routing::any(async |user: User| user.user_email.clone());
    let app =
        axum::Router::new().route("/", handler.layer(delete)).layer(SharedLoginLayer::new(issuer.login()));
    let (log, guard) = Log::of_this_thread();
    let request = Request::get("/").header("cookie", ada).body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 500);
    drop(guard);
    let text = log.text();
    assert!(text.contains("ERROR") && text.contains(".layer(SharedLoginLayer::new(login))"), "{text}");
}

#[actix_web::test]
async fn a_service_with_a_check_of_its_own_says_so() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let app = App::new().wrap(from_fn(vouch_for)).configure(routes).app_data(web::Data::new(issuer.login()));
    let request = sends("/user", "text=x").insert_header(("Cookie", ada));
    assert_eq!(answer(&test::init_service(app).await, request).await.body, "ada@example.org");
}

/// The middleware in one step has the check.
#[actix_web::test]
async fn the_middleware_is_all_that_it_takes() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let app = App::new().wrap(SharedLoginMiddleware::new(issuer.login())).configure(routes);
    let app = test::init_service(app).await;
    for (site, status) in [("same-origin", StatusCode::OK), ("same-site", StatusCode::FORBIDDEN)] {
        let form = sends("/user", "text=x").insert_header(("Sec-Fetch-Site", site));
        assert_eq!(answer(&app, form.insert_header(("Cookie", ada.clone()))).await.status, status, "{site}");
    }
}
