//! Serving of `sso.js`. Its behaviour in a page is tested in `tests/sso.test.mjs`, by `node
//! --test`.

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, web};

use crate::support_web::{Answer, answer};

async fn asked(request: TestRequest) -> Answer {
    let app = App::new().route("/sso.js", web::get().to(shared_claims::actix::script));
    answer(&init_service(app).await, request.uri("/sso.js")).await
}

#[actix_web::test]
async fn the_script_is_served_as_what_it_is_and_kept_for_an_hour() {
    let script = asked(TestRequest::get()).await;
    assert_eq!((script.status, script.body.as_str()), (StatusCode::OK, shared_claims::web::SCRIPT));
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("x-content-type-options"), "nosniff");
    assert_eq!(script.header("cache-control"), "public, max-age=3600");
    assert_eq!(script.header("set-cookie"), "");
}

#[actix_web::test]
async fn who_has_the_script_is_not_sent_it_again() {
    let etag = asked(TestRequest::get()).await.header("etag").to_owned();
    for (known, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!("\"other\", {etag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
        (etag.trim_matches('"').to_owned(), 200),
    ] {
        let script = asked(TestRequest::get().insert_header(("If-None-Match", known.clone()))).await;
        assert_eq!(script.status.as_u16(), status, "{known}");
        assert_eq!(script.body.is_empty(), status == 304);
        assert_eq!(script.header("etag"), etag);
    }
}

/// A strict policy allows the script: it evaluates no text, and sets no style or markup.
#[test]
fn the_script_does_nothing_that_a_strict_policy_forbids() {
    for forbidden in
        ["eval(", "new Function", "innerHTML", "insertAdjacent", ".style", "document.write", "import("]
    {
        assert!(!shared_claims::web::SCRIPT.contains(forbidden), "{forbidden}");
    }
}
