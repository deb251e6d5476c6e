//! `Option<User>`: `None` for every request that `User` would refuse, in both frameworks.

use actix_web::{App, test, web};
use axum::body::Body;
use axum::extract::Form;
use axum::{Router, http, routing};
use serde::Deserialize;
use shared_claims::actix::{SharedLoginMiddleware, User};
use shared_claims::axum::SharedLoginLayer;
use shared_claims::testing::TestIssuer;
use tower::ServiceExt;

use crate::support_web::{answer, sends};

#[derive(Deserialize)]
struct Note {
    text: String,
}

fn said(user: Option<User>, text: &str) -> String {
    format!("{}: {text}", user.map_or("nobody".to_owned(), |user| user.into_claims().user_email))
}

/// The response of both services to a form with these cookies.
async fn sent_with(issuer: &TestIssuer, cookies: &str) -> String {
    let actix = App::new()
        .wrap(SharedLoginMiddleware::new(issuer.login()))
        .route("/", web::post().to(async |user: Option<User>, note: web::Form<Note>| said(user, &note.text)));
    let request = sends("/", "text=milk").insert_header(("Cookie", cookies));
    let on_actix = answer(&test::init_service(actix).await, request).await.body;
    let axum = Router::new()
        .route("/", routing::post(async |user: Option<User>, Form(note): Form<Note>| said(user, &note.text)))
        .layer(SharedLoginLayer::new(issuer.login()));
    let request = http::Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookies)
        .body(Body::from("text=milk"));
    let on_axum = axum.oneshot(request.unwrap()).await.unwrap().into_body();
    let on_axum = axum::body::to_bytes(on_axum, usize::MAX).await.unwrap();
    assert_eq!(on_actix, String::from_utf8_lossy(&on_axum), "{cookies}");
    on_actix
}

#[actix_web::test]
async fn an_optional_user_is_nobody_wherever_a_user_would_be_refused() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let bob = issuer.cookie(&issuer.claims_for("bob@example.org"));
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    assert_eq!(sent_with(&issuer, &ada).await, "ada@example.org: milk");
    for nobody in [String::new(), late, format!("{ada}; {bob}")] {
        assert_eq!(sent_with(&issuer, &nobody).await, "nobody: milk", "{nobody}");
    }
}
