//! The package's examples, run.

use actix_web::{App, test};
use axum::body::{Body, to_bytes};
use axum::http;
use shared_claims::Claims;
use shared_claims::actix::SharedLoginMiddleware;
use shared_claims::testing::TestIssuer;
use tower::ServiceExt;

use crate::support_web::{answer, opens};

#[allow(dead_code, reason = "its main is not called")]
#[path = "../../examples/actix.rs"]
mod actix_example;
#[allow(dead_code, reason = "its main is not called")]
#[path = "../../examples/axum.rs"]
mod axum_example;
#[allow(dead_code, reason = "its main is not called")]
#[path = "../../examples/verify_only.rs"]
mod verify_only_example;

/// The page of both services for a browser with this cookie.
async fn page(issuer: &TestIssuer, address: &str, cookie: &str) -> (u16, String) {
    let app = App::new().wrap(SharedLoginMiddleware::new(issuer.login())).configure(actix_example::routes);
    let request = opens(address).insert_header(("Cookie", cookie));
    let on_actix = answer(&test::init_service(app).await, request).await;
    let request = http::Request::get(address)
        .header("accept", "text/html")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("cookie", cookie)
        .body(Body::empty());
    let on_axum = axum_example::app(issuer.login()).oneshot(request.unwrap()).await.unwrap();
    let status = on_axum.status().as_u16();
    let body = to_bytes(on_axum.into_body(), usize::MAX).await.unwrap();
    assert_eq!((on_actix.status.as_u16(), on_actix.body.as_bytes()), (status, &body[..]), "{address}");
    (status, on_actix.body)
}

fn cookie(issuer: &TestIssuer, claims: Option<&Claims>) -> String {
    claims.map(|claims| issuer.cookie(claims)).unwrap_or_default()
}

#[actix_web::test]
async fn the_services_greet_their_people_and_send_strangers_to_the_login() {
    let issuer = TestIssuer::new();
    let ada = issuer.claims_for("ada@example.org");
    let mut bob = issuer.claims_for("bob@example.org");
    bob.user_is_staff = true;
    for (who, address, status, says) in [
        (None, "/", 200, "Hello, whoever you are."),
        (None, "/private", 303, ""),
        (Some(&ada), "/", 200, "Hello, Test Person."),
        (Some(&ada), "/private", 200, "Your data is filed under"),
        (Some(&ada), "/staff", 403, "Not for this account"),
        (Some(&bob), "/staff", 200, "Tea, Test Person?"),
        (None, "/sso.js", 200, "sso"),
    ] {
        let (answered, body) = page(&issuer, address, &cookie(&issuer, who)).await;
        assert_eq!(answered, status, "{address}");
        assert!(body.contains(says), "{address}: {body}");
    }
}

#[actix_web::test]
async fn the_verifier_alone_says_whose_a_token_is() {
    let issuer = TestIssuer::new();
    let ada = issuer.claims_for("ada@example.org");
    let verify = |claims: &Claims| {
        verify_only_example::verify(issuer.jwks().as_bytes(), &issuer.sign(claims), ada.iat)
    };
    assert_eq!(verify(&ada).unwrap(), format!("Test Person ({})", ada.sub));
    let late = issuer.expired_claims_for("ada@example.org");
    assert_eq!(verify(&late).unwrap_err().to_string(), "the token has expired");
}
