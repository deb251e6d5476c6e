//! Prefetch and prerender: a page that a browser fetches before a click may be shown minutes later,
//! to another person.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;

use crate::support_web::{ask, calls, opens, sends};

const SAYING_SO: [(&str, &str); 4] = [
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("X-Moz", "prefetch"),
];

/// Otherwise a page from before the logout could be shown after it.
#[actix_web::test]
async fn no_page_of_somebody_is_handed_out_in_advance() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    let mut claims = issuer.claims_for("ada@example.org");
    (claims.exp, claims.iat, claims.nbf) = (claims.iat + 50, claims.iat - 250, claims.nbf - 250);
    let ending = issuer.cookie(&claims);
    for saying in SAYING_SO {
        for cookies in ["a=1", "__Secure-sso_hint=1", &*ada, &*late, &*ending] {
            for path in ["/private?page=2", "/staff", "/pay", "/"] {
                if path == "/" && cookies == "a=1" {
                    continue;
                }
                for request in [opens(path), calls(path)] {
                    let request = request.insert_header(("Cookie", cookies)).insert_header(saying);
                    let answer = ask(&issuer.login(), request).await;
                    assert_eq!(
                        answer.status,
                        StatusCode::FORBIDDEN,
                        "{path} {cookies} {saying:?}: {}",
                        answer.body
                    );
                    assert_eq!(answer.header("cache-control"), "no-store");
                    assert!(answer.header("set-cookie").is_empty() && answer.header("location").is_empty());
                    assert!(!answer.body.contains("ada@example.org"), "{}", answer.body);
                }
            }
        }
    }
}

/// If a browser shows the response, its page has a link to continue. A script gets the reason.
#[actix_web::test]
async fn what_is_refused_in_advance_says_so() {
    let login = TestIssuer::new().login();
    let page = ask(&login, opens("/private?a=b&c").insert_header(SAYING_SO[0])).await;
    assert!(page.body.contains("<h1>Open this page</h1>"), "{}", page.body);
    assert!(page.body.contains("href=\"http://demo.sso.localhost:8001/private?a=b&amp;c\""), "{}", page.body);
    let german = opens("/private").insert_header(SAYING_SO[0]).insert_header(("Accept-Language", "de"));
    assert!(ask(&login, german).await.body.contains("<h1>Diese Seite öffnen</h1>"));
    assert_eq!(
        ask(&login, calls("/private").insert_header(SAYING_SO[0])).await.json()["code"],
        "not_in_advance"
    );
}

/// Without a hint of a session, the page is the same for all and may wait in a browser.
#[actix_web::test]
async fn an_open_page_is_handed_out_in_advance_where_nobody_was_ever_logged_in() {
    let login = TestIssuer::new().login();
    for saying in SAYING_SO {
        let answer = ask(&login, opens("/").insert_header(saying)).await;
        assert_eq!((answer.status, &*answer.body), (StatusCode::OK, "hello stranger"));
    }
}

/// Browsers do not send the header with a form, and a form is not lost because of it.
#[actix_web::test]
async fn a_form_is_never_sent_in_advance() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let sent = sends("/notes", "text=milk").insert_header(SAYING_SO[0]);
    assert_eq!(ask(&issuer.login(), sent.insert_header(("Cookie", ada))).await.body, "ada@example.org: milk");
    let kept = ask(&issuer.login(), sends("/notes", "text=milk").insert_header(SAYING_SO[0])).await;
    assert!(kept.status == StatusCode::UNAUTHORIZED && kept.body.contains("value=\"milk\""), "{}", kept.body);
}

/// The count of trips, which proves a redirect loop, includes navigations only.
#[actix_web::test]
async fn what_is_asked_in_advance_is_no_trip_to_the_login() {
    let login = TestIssuer::new().login();
    let mut jar = String::from("a=1");
    for _ in 0..7 {
        let answer =
            ask(&login, opens("/private").insert_header(("Cookie", jar.clone())).insert_header(SAYING_SO[0]))
                .await;
        if let Some(line) = answer.headers.get("set-cookie") {
            jar = line.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
    }
    let back = ask(&login, opens("/private?sso_loop=3").insert_header(("Cookie", jar))).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "no circle: {}", back.body);
    assert!(back.header("location").ends_with("&refused=1"), "{}", back.header("location"));
}
