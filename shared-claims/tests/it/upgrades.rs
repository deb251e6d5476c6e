//! WebSocket upgrades: any page can open one by `GET`, so the origin check applies to them too.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::web::{Denial, RequestInfo, check_origin};

use crate::support_web::{Answer, ask};

const US: &str = "http://demo.sso.localhost:8001";
const SIBLING: &str = "http://evil.sso.localhost:8001";

type Sent<'h> = Vec<(&'static str, &'h str)>;

/// The handshakes that Chromium and Firefox send, and others.
fn handshakes() -> Vec<Sent<'static>> {
    let whole = vec![
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    vec![
        whole.clone(),
        [&whole[..], &[("sec-fetch-mode", "websocket"), ("sec-fetch-dest", "empty")]].concat(),
        vec![("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket")],
        vec![("upgrade", "h2c, websocket")],
        vec![("upgrade", "h2c"), ("upgrade", "websocket")],
        vec![("upgrade", "websocket/13")],
        // The rest that a proxy may leave.
        whole[2..].to_vec(),
        whole[3..].to_vec(),
    ]
}

async fn opened(headers: &[(&'static str, &str)]) -> Answer {
    let issuer = TestIssuer::new();
    let mut request = TestRequest::get().uri("/private");
    for header in headers {
        request = request.append_header(*header);
    }
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    ask(&issuer.login(), request.insert_header(("Cookie", ada))).await
}

/// X3, X4, X10
#[actix_web::test]
async fn a_siblings_page_opens_no_websocket() {
    for handshake in handshakes() {
        for from in [
            &[("origin", SIBLING)][..],
            &[("origin", SIBLING), ("sec-fetch-site", "same-site")],
            &[("origin", US), ("sec-fetch-site", "same-site")],
            &[("origin", "null")],
            &[("origin", "http://demo.sso.localhost")],
            &[("origin", "https://demo.sso.localhost:8001")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", US), ("origin", SIBLING)],
            // Every browser sends the origin of a WebSocket (RFC 6455, section 4.1).
            &[],
        ] {
            let answer = opened(&[&handshake[..], from].concat()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{handshake:?} {from:?}");
            assert_eq!(answer.json()["code"], "cross_site_request");
        }
    }
}

#[actix_web::test]
async fn our_own_page_opens_one() {
    for handshake in handshakes() {
        for from in [&[("origin", US)][..], &[("origin", US), ("sec-fetch-site", "same-origin")]] {
            let answer = opened(&[&handshake[..], from].concat()).await;
            assert_eq!(answer.body, "hello ada@example.org", "{handshake:?} {from:?}");
        }
    }
}

/// Some programs offer HTTP/2 with every request. Browsers never do.
#[actix_web::test]
async fn a_request_that_stays_http_is_no_upgrade() {
    for headers in [&[("connection", "Upgrade, HTTP2-Settings"), ("upgrade", "h2c")][..], &[("upgrade", "")]]
    {
        let answer = opened(&[headers, &[("sec-fetch-site", "same-site")]].concat()).await;
        assert_eq!(answer.body, "hello ada@example.org", "{headers:?}");
    }
    let insecure = [("upgrade-insecure-requests", "1"), ("sec-fetch-site", "cross-site")];
    assert_eq!(opened(&insecure).await.body, "hello ada@example.org", "a link from elsewhere");
}

/// X10: over HTTP/2 and HTTP/3 an upgrade is a `CONNECT` (RFC 8441, RFC 9220).
#[test]
fn over_http_2_it_is_the_same() {
    let settings = TestIssuer::new().settings();
    for (site, expected) in [
        ("same-site", Some(Denial::CrossSite)),
        ("cross-site", Some(Denial::CrossSite)),
        ("same-origin", None),
    ] {
        let headers = vec![("sec-fetch-site", site), ("sec-websocket-version", "13")];
        assert_eq!(
            check_origin(&RequestInfo::new("CONNECT", "/chat", &headers), &settings),
            expected,
            "{site}"
        );
    }
    let headers = vec![("origin", SIBLING)];
    assert_eq!(
        check_origin(&RequestInfo::new("CONNECT", "/chat", &headers), &settings),
        Some(Denial::CrossSite)
    );
    let headers = vec![("origin", US)];
    assert_eq!(check_origin(&RequestInfo::new("CONNECT", "/chat", &headers), &settings), None);
}

/// A trusted sibling may open one too.
#[actix_web::test]
async fn a_trusted_sibling_opens_one() {
    let app = "http://app.sso.localhost:8001";
    let issuer = TestIssuer::new().trusting(app);
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for (origin, status) in [(app, StatusCode::OK), (SIBLING, StatusCode::FORBIDDEN)] {
        let request = TestRequest::get()
            .uri("/private")
            .insert_header(("Upgrade", "websocket"))
            .insert_header(("Origin", origin))
            .insert_header(("Cookie", ada.clone()));
        assert_eq!(ask(&issuer.login(), request).await.status, status, "{origin}");
    }
}
