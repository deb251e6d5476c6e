//! Outages: auth-service or our own database is down.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;
use shared_claims::{Settings, SharedLogin};

use crate::people::{AUTH, Demo, SELF};

fn fetching_keys_from(jwks: &str) -> SharedLogin {
    let settings = Settings::from_lookup(|name| {
        let value = match name {
            "AUTH_URL" => AUTH,
            "COOKIE_DOMAIN" => "sso.localhost",
            "SERVICE_URL" => SELF,
            "AUTH_JWKS" => jwks,
            _ => return None,
        };
        Some(value.to_owned())
    });
    SharedLogin::new(settings.unwrap()).unwrap()
}

fn answer_one_request(mut connection: TcpStream, json: &str) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        request.extend(byte);
    }
    let length = json.len();
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{json}"
    )
    .unwrap();
}

/// Z2
#[actix_web::test]
async fn people_are_served_while_auth_service_is_down() {
    let issuer = TestIssuer::new();
    let auth_service = TcpListener::bind("127.0.0.1:0").unwrap();
    let login = fetching_keys_from(&format!("http://{}/", auth_service.local_addr().unwrap()));
    answer_one_request(auth_service.accept().unwrap().0, &issuer.jwks());
    assert!(login.keys().ready().await.is_some());
    drop(auth_service);

    let demo = Demo::trusting(issuer, login);
    let ada = demo.logged_in("ada@example.org");
    ada.posts("/notes", "text=still+here").await.redirects_to("/notes?saved");
    ada.opens("/notes").await.shows("still here");
    assert_eq!(demo.anonymous().opens("/").await.status, StatusCode::OK);
    assert_eq!(demo.anonymous().opens("/private").await.status, StatusCode::SEE_OTHER);
}

#[actix_web::test]
async fn before_auth_service_was_ever_reached_nobody_is_sent_in_circles() {
    // Nobody listens there.
    let demo = Demo::trusting(TestIssuer::new(), fetching_keys_from("http://127.0.0.1:1/"));
    let ada = demo.logged_in("ada@example.org");
    let answer = ada.opens("/private").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(answer.header("retry-after"), "");
    assert_eq!(ada.opens("/").await.status, StatusCode::OK);
    assert_eq!(ada.opens("/healthz").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_broken_database_is_a_page_of_ours_that_tells_nothing() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    demo.break_database();
    let page = ada.opens("/notes").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.shows("Something broke");
    page.does_not_show("table");
    assert_eq!(ada.opens("/private").await.status, StatusCode::OK);
}
