//! `POST /api/session/renew`: a login, renewed by a script of one of our services.

use auth_service::db::types::Stored;
use std::collections::BTreeSet;
use std::time::Duration;

use auth_service::config::ServeFlags;
use reqwest::Method;
use tokio::task::JoinSet;

use super::csrf::SIBLING;
use super::database_down::Gone;
use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp, Trail, Tweaks};

const PATH: &str = "/api/session/renew";
const PAUSE: Duration = Duration::from_secs(31);

/// The request of a script's `fetch` on a page of `origin`, with each origin in a header of its
/// own.
async fn renew_from(person: &Person, origins: &[&str]) -> Reply {
    let request = person
        .request(Method::POST, PATH)
        .header("sec-fetch-site", "same-site")
        .header("sec-fetch-mode", "cors")
        .header("sec-fetch-dest", "empty");
    person.send(origins.iter().fold(request, |request, origin| request.header("origin", *origin))).await
}

/// A browser's preflight request.
async fn preflight(person: &Person, origins: &[&str]) -> Reply {
    let request = person
        .request(Method::OPTIONS, PATH)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    person.send(origins.iter().fold(request, |request, origin| request.header("origin", *origin))).await
}

#[track_caller]
fn assert_may_read(reply: &Reply, origin: &str) {
    assert_eq!(reply.header("access-control-allow-origin"), Some(origin), "{}", reply.text);
    assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
    assert_varies_by_origin(reply);
}

#[track_caller]
fn assert_varies_by_origin(reply: &Reply) {
    let vary = reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    let names: Vec<&str> = vary.flat_map(|value| value.split(',')).map(str::trim).collect();
    assert!(names.contains(&"Origin") && names.contains(&"Cookie"), "{names:?}");
}

#[track_caller]
fn assert_may_not_read(reply: &Reply) {
    let cors = reply.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(cors, None);
    assert_varies_by_origin(reply);
}

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    ada
}

async fn with_origins(origins: &str) -> TestApp {
    let flags = ServeFlags { allowed_origins: Some(origins.to_owned()), ..ServeFlags::default() };
    TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await
}

/// Contract; C1, C2
#[tokio::test]
async fn a_script_of_a_service_renews_the_login_and_gets_both_cookies() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for (generation, origin) in
        [SIBLING, "https://auth.example.org", "https://example.org", "https://a.b.example.org:8443"]
            .iter()
            .enumerate()
    {
        let reply = renew_from(&ada, &[origin]).await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""), "{origin}");
        assert_may_read(&reply, origin);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let (access, refresh) = (reply.cookie(ACCESS).unwrap(), reply.cookie(REFRESH).unwrap());
        assert_eq!(access.attribute("domain"), Some("example.org"));
        assert!(!refresh.has("domain"), "C1: the token of the session stays on this host");
        for cookie in [&access, &refresh] {
            assert!(cookie.has("secure") && cookie.has("httponly"), "{}", cookie.name);
            assert_eq!((cookie.attribute("path"), cookie.attribute("samesite")), (Some("/"), Some("Lax")));
        }
        assert!((295..=300).contains(&access.max_age()) && (431_990..=432_000).contains(&refresh.max_age()));
        assert_eq!(app.session_of(&ada).await.generation, i64::try_from(generation).unwrap() + 2);
        assert!(ada.is_logged_in().await && ada.verifies(&access.value).await);
        app.wait(PAUSE);
    }
}

/// Fetch standard: the preflight of allowed origins.
#[tokio::test]
async fn a_preflight_of_a_service_is_answered_and_changes_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let mut trail = Trail::of(&app).await;
    for origin in [SIBLING, "https://auth.example.org"] {
        let reply = preflight(&ada, &[origin]).await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""));
        assert_may_read(&reply, origin);
        assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
        assert_eq!(reply.header("access-control-allow-headers"), Some("content-type"));
        assert_eq!(reply.header("access-control-max-age"), Some("600"));
        assert!(reply.cookies().is_empty());
    }
    assert!(trail.news().await.is_empty());
}

/// X3, X4, X9: other origins cannot renew or read the response, and their preflight is refused.
#[tokio::test]
async fn pages_of_other_origins_renew_nothing_and_read_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (before, mut trail) = (ada.refresh_token(), Trail::of(&app).await);
    for origins in [
        &[][..],
        &["null"],
        &[""],
        &["https://evil.net"],
        &["https://example.org.evil.net"],
        &["https://badexample.org"],
        &["http://shop.example.org"],
        &["http://auth.example.org"],
        &["HTTPS://SHOP.EXAMPLE.ORG"],
        &["https://shop.example.org/"],
        &["https://shop.example.org:443"],
        &["https://shop.example.org."],
        &["https://ada@shop.example.org"],
        &["https://shop.example.org https://evil.net"],
        &["https://shop.example.org, https://evil.net"],
        &["shop.example.org"],
        &["//shop.example.org"],
        &["file://"],
        &["wss://shop.example.org"],
        &["https://192.0.2.1"],
        &["*"],
        &[SIBLING, SIBLING],
        &[SIBLING, "https://evil.net"],
        &["https://evil.net", SIBLING],
    ] {
        let reply = renew_from(&ada, origins).await;
        assert_eq!(reply.status, 403, "{origins:?}");
        reply.assert_problem(403, "origin_not_allowed");
        assert_may_not_read(&reply);
        assert!(reply.cookies().is_empty());
        let reply = preflight(&ada, origins).await;
        assert_eq!(reply.status, 403, "{origins:?}");
        assert_may_not_read(&reply);
    }
    assert_eq!(ada.refresh_token(), before);
    assert_eq!(app.session_of(&ada).await.generation, 1);
    assert!(trail.news().await.is_empty());
}

/// X3: no other spelling of the path has the exception without its guard.
#[tokio::test]
async fn another_spelling_of_the_address_renews_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let mut trail = Trail::of(&app).await;
    for path in [
        "/api/session/rene%77",
        "/%61pi/session/renew",
        "/api/session%2Frenew",
        "/api//session/renew",
        "/api/session/renew;x",
        "/api/session/renew%00",
        "/API/session/renew",
    ] {
        for origin in [SIBLING, "https://evil.net"] {
            let request = ada.request(Method::POST, path).header("origin", origin);
            let reply = ada.send(request).await;
            assert!([400, 403, 404].contains(&reply.status.as_u16()), "{path}: {}", reply.status);
            assert!(
                reply.cookies().is_empty()
                    && reply.header("access-control-allow-origin").is_none_or(|_| origin == SIBLING),
                "{path}"
            );
        }
    }
    assert!(trail.news().await.is_empty());
}

/// N8: if the origins are listed, only those are allowed, including their ports.
#[tokio::test]
async fn only_listed_origins_renew_where_there_is_a_list() {
    let app = with_origins("https://shop.example.org, https://wiki.example.org:8443").await;
    let ada = ada(&app).await;
    for origin in ["https://shop.example.org", "https://wiki.example.org:8443", "https://auth.example.org"] {
        let reply = renew_from(&ada, &[origin]).await;
        assert_eq!(reply.status, 204, "{origin}");
        assert_may_read(&reply, origin);
        assert_eq!(preflight(&ada, &[origin]).await.status, 204, "{origin}");
        app.wait(PAUSE);
    }
    for origin in [
        "https://wiki.example.org",
        "https://shop.example.org:8443",
        "https://wiki.example.org:8444",
        "https://other.example.org",
        "https://example.org",
        "http://shop.example.org",
        "http://wiki.example.org:8443",
        "https://auth.example.org:8443",
    ] {
        let reply = renew_from(&ada, &[origin]).await;
        reply.assert_problem(403, "origin_not_allowed");
        assert_may_not_read(&reply);
        assert_eq!(preflight(&ada, &[origin]).await.status, 403, "{origin}");
    }
}

/// R9: a script gets the login's URL and may read it. No cookie is deleted.
#[tokio::test]
async fn who_is_not_logged_in_is_told_where_to_log_in() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (stale, ended) = (ada.copy(), ada.copy());
    let nobody = app.person();
    let by_access_alone = app.person();
    by_access_alone.set_cookie(ACCESS, &ada.access_token());
    let twice = app.person();
    twice.set_cookie(REFRESH, &format!("{}; {REFRESH}={}", ada.refresh_token(), ada.refresh_token()));
    let forged = app.person();
    forged.set_cookie(REFRESH, "v1.AAAAAAAAAAAAAAAAAAAAAA.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    for person in [&nobody, &by_access_alone, &twice, &forged] {
        let reply = renew_from(person, &[SIBLING]).await;
        reply.assert_problem(401, "login_required");
        assert_eq!(reply.json()["login_url"], "https://auth.example.org/login");
        assert_may_read(&reply, SIBLING);
        assert!(reply.cookies().is_empty());
    }
    for _ in 0..2 {
        ada.get("/login").await;
        app.wait(PAUSE);
    }
    // R6: a stale token is reuse here too.
    let reply = renew_from(&stale, &[SIBLING]).await;
    reply.assert_problem(401, "login_required");
    assert!(reply.cookies().is_empty());
    assert_eq!(
        app.session_of(&ada).await.revoked_because.as_ref().map(Stored::as_str),
        Some("refresh_reuse")
    );
    let reply = renew_from(&ended, &[SIBLING]).await;
    reply.assert_problem(401, "login_required");
    assert!(reply.cookies().is_empty());
}

/// X1, RFC 9110 15.5.6
#[tokio::test]
async fn other_methods_renew_nothing() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let mut trail = Trail::of(&app).await;
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let request = ada.request(Method::from_bytes(method.as_bytes()).unwrap(), PATH);
        let reply = ada.send(request.header("origin", SIBLING)).await;
        reply.assert_problem(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some("POST"), "{method}");
        assert!(reply.cookies().is_empty(), "{method}");
    }
    // A followed link has no `Origin`.
    let followed = ada.get(PATH).await;
    assert!([403, 405].contains(&followed.status.as_u16()) && followed.cookies().is_empty());
    let head = ada.send(ada.request(Method::HEAD, PATH).header("origin", SIBLING)).await;
    assert!(head.status == 405 && head.cookies().is_empty());
    assert!(trail.news().await.is_empty());
}

/// R2, R4: the scripts of many tabs, together with navigations of others.
#[tokio::test]
async fn fifty_scripts_that_renew_at_once_share_one_successor() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    for round in 1..=6 {
        let mut tabs = JoinSet::new();
        for tab in 0..50 {
            let copy = ada.copy();
            tabs.spawn(async move {
                match tab % 5 {
                    0 => copy.get("/login?next=https%3A%2F%2Fshop.example.org%2F").await,
                    n => renew_from(&copy, &[&format!("https://s{n}.example.org")]).await,
                }
            });
        }
        let replies = tabs.join_all().await;
        assert!(replies.iter().all(|reply| [204, 303].contains(&reply.status.as_u16())), "round {round}");
        let successors: BTreeSet<String> =
            replies.iter().map(|reply| reply.cookie(REFRESH).unwrap().value).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        ada.set_cookie(REFRESH, successors.first().unwrap());
        assert_eq!(app.session_of(&ada).await.generation, round + 1);
        app.wait(PAUSE);
    }
    assert!(app.events("refresh_reuse").await.is_empty());
}

/// Z2, T7: a script can read that the service cannot answer, and when to try again.
#[tokio::test]
async fn without_the_database_the_answers_are_problems_that_a_script_may_read() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let program = app.person();
    let token = ada.refresh_token();
    let gone = Gone::begin(&app);
    let document = serde_json::json!({"email": "ada@example.org", "password": PASSWORD});
    let origins = [SIBLING];
    let (renewal, refresh, blacklist, login) = tokio::join!(
        renew_from(&ada, &origins),
        program.refresh(&token),
        program.blacklist(&token),
        program.call("/api/token/", &document),
    );
    assert_may_read(&renewal, SIBLING);
    for reply in [&renewal, &refresh, &blacklist, &login] {
        reply.assert_problem(503, "unavailable");
        assert!(reply.cookies().is_empty());
    }
    drop(gone);
    if !app.database.is_postgres() {
        assert_eq!(renew_from(&ada, &[SIBLING]).await.status, 204, "it recovers by itself");
    }
}

/// The same for an internal error.
#[tokio::test]
async fn a_damaged_database_is_a_problem_without_details() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let (access, token) = (ada.access_token(), ada.refresh_token());
    app.sql(|conn| {
        use diesel::RunQueryDsl;
        diesel::sql_query("DROP TABLE sessions").execute(conn)
    })
    .await;
    let renewal = renew_from(&ada, &[SIBLING]).await;
    assert_may_read(&renewal, SIBLING);
    let document = serde_json::json!({"email": "ada@example.org", "password": PASSWORD});
    let replies = [
        renewal,
        ada.refresh(&token).await,
        ada.blacklist(&token).await,
        ada.call("/api/token/verify/", &serde_json::json!({"token": access})).await,
        ada.call("/api/token/", &document).await,
    ];
    for reply in replies {
        reply.assert_problem(500, "error");
        assert!(!reply.text.contains("sessions") && !reply.text.contains("SQL"), "{}", reply.text);
        assert!(reply.cookies().is_empty());
    }
}
