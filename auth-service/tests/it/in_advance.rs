//! Prefetch and prerender: requests before a click.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use crate::support::{PASSWORD, Person, Reply, TestApp};

const SAYING_SO: [(&str, &str); 5] = [
    ("sec-purpose", "prefetch"),
    ("sec-purpose", "prefetch;prerender"),
    ("purpose", "prefetch"),
    ("x-purpose", "preview"),
    ("x-moz", "prefetch"),
];

async fn in_advance(person: &Person, path: &str, (name, value): (&str, &str)) -> Reply {
    let request = person.request(Method::GET, path).header(name, value).header("sec-fetch-dest", "document");
    person.send(request.header("sec-fetch-mode", "navigate").header("accept", "text/html")).await
}

/// R15: a click renews a session, and hovering over a link does not.
#[tokio::test]
async fn nothing_is_renewed_and_no_page_is_handed_out_before_anybody_has_clicked() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    app.wait(Duration::from_secs(301));
    let generation = app.session_of(&ada).await.generation;
    let shop = "/login?next=https://shop.example.org/cart";
    for saying in SAYING_SO {
        for path in [
            shop,
            "/login",
            "/login/frame",
            "/",
            "/account/sessions",
            "/account/password",
            "/logout",
            "/register",
            "/password/forgot",
            "/password/reset?token=x",
            "/auth/verify",
        ] {
            let reply = in_advance(&ada, path, saying).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {saying:?}: {}", reply.text);
            assert!(reply.cookies().is_empty() && reply.header("location").is_none(), "{path} {saying:?}");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
            assert!(!reply.text.contains("ada@example.org"), "{path} {saying:?}: {}", reply.text);
        }
    }
    assert_eq!(app.session_of(&ada).await.generation, generation);
    // The real click.
    assert_eq!(ada.get(shop).await.location(), "https://shop.example.org/cart");
    assert_eq!(app.session_of(&ada).await.generation, generation + 1);
}

#[tokio::test]
async fn what_is_the_same_for_everybody_may_be_fetched_in_advance() {
    let app = TestApp::start().await;
    for path in ["/static/style.css", "/.well-known/jwks.json"] {
        let reply = in_advance(&app.person(), path, ("sec-purpose", "prefetch")).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
    }
}
