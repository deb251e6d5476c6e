//! `GET /auth/verify`, as proxies ask it.

use reqwest::header::{HOST, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};

use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp, Tweaks};

const WIKI: [(&str, &str); 4] = [
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "wiki.example.org"),
    ("x-forwarded-uri", "/page?a=b&c"),
];
const BY_A_PERSON: (&str, &str) = ("sec-fetch-mode", "navigate");
const LOGIN: &str = "https://auth.example.org/login?next=https%3A%2F%2Fwiki.example.org%2Fpage%3Fa%3Db%26c";

async fn behind_a_proxy() -> TestApp {
    let mut tweaks = Tweaks::default();
    tweaks.flags.trusted_proxies = Some("127.0.0.0/8".to_owned());
    TestApp::start_with(tweaks).await
}

async fn ada(app: &TestApp) -> Person {
    app.user_with("ada@example.org", PASSWORD, |_| {}).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    ada
}

/// What a proxy asks on behalf of this browser.
fn question(person: &Person, headers: &[(&str, &str)]) -> RequestBuilder {
    let request = person.request(Method::GET, "/auth/verify");
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

async fn ask(person: &Person, headers: &[(&str, &str)]) -> Reply {
    person.send(question(person, headers)).await
}

#[tokio::test]
async fn somebody_who_is_logged_in_is_named_to_the_service() {
    let app = behind_a_proxy().await;
    let ada = ada(&app).await;
    let id = app.session_of(&ada).await.user_id;
    app.sql(move |conn| {
        let user = auth_service::accounts::User::by_id(conn, id)?.unwrap();
        let word = |text: &str| auth_service::accounts::Role::parse(text).unwrap();
        let roles = user.roles.clone().with(&[word("editor"), word("author")]).unwrap();
        let client = auth_service::audit::Client::operator();
        auth_service::accounts::User::set_roles(conn, &user, &roles, &client, user.date_joined)
    })
    .await;
    ada.get("/login").await;
    let reply = ask(&ada, &WIKI).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("x-auth-user"), Some(id.to_string().as_str()));
    assert_eq!(reply.header("x-auth-email-verified"), Some("false"));
    assert_eq!(reply.header("x-auth-roles"), Some("author,editor"));
    assert!(reply.cookies().is_empty() && reply.text.is_empty(), "it renews nothing");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

/// Caddy and Traefik pass on what we answer.
#[tokio::test]
async fn a_person_in_a_tab_is_sent_to_the_login_and_back() {
    let app = behind_a_proxy().await;
    let reply = ask(&app.person(), &[&WIKI[..], &[BY_A_PERSON]].concat()).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, LOGIN));
}

/// nginx takes `401` alone, and sends people on itself.
#[tokio::test]
async fn nginx_is_told_where_to_send_a_person() {
    let app = behind_a_proxy().await;
    let nginx = [("x-original-url", "https://wiki.example.org/page?a=b&c"), ("x-original-method", "GET")];
    let reply = ask(&app.person(), &[&nginx[..], &[BY_A_PERSON]].concat()).await;
    assert_eq!((reply.status, reply.header("x-auth-login")), (StatusCode::UNAUTHORIZED, Some(LOGIN)));
    let script = ask(&app.person(), &nginx).await;
    assert_eq!((script.status, script.header("x-auth-login")), (StatusCode::UNAUTHORIZED, None));
}

#[tokio::test]
async fn scripts_and_forms_get_a_problem_and_no_redirect() {
    let app = behind_a_proxy().await;
    let post = [("x-forwarded-method", "POST"), WIKI[1], WIKI[2], WIKI[3], BY_A_PERSON];
    for headers in [&WIKI[..], &post, &[&WIKI[..], &[("sec-fetch-mode", "cors")]].concat()] {
        let reply = ask(&app.person(), headers).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert!(reply.text.contains("\"login_url\":\"https://auth.example.org/login"), "{}", reply.text);
    }
}

/// T5, N7: what anybody writes into a header sends nobody anywhere.
#[tokio::test]
async fn forwarded_headers_count_from_a_trusted_proxy_alone() {
    let app = TestApp::start().await;
    let reply = ask(&app.person(), &[&WIKI[..], &[BY_A_PERSON]].concat()).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(!reply.text.contains("wiki"), "{}", reply.text);

    let app = behind_a_proxy().await;
    for host in
        ["evil.net", "wiki.example.org.evil.net", "wiki.example.org@evil.net", "evil.net#.example.org", ""]
    {
        let headers = [WIKI[0], WIKI[1], ("x-forwarded-host", host), WIKI[3], BY_A_PERSON];
        let reply = ask(&app.person(), &headers).await;
        assert!(reply.status == StatusCode::UNAUTHORIZED, "{host}: {}", reply.status);
        assert!(!reply.text.contains("evil"), "{host}: {}", reply.text);
    }
}

/// C4, C7: planted cookies are nobody's here too.
#[tokio::test]
async fn expired_forged_and_two_peoples_tokens_name_nobody() {
    let app = behind_a_proxy().await;
    let ada = ada(&app).await;
    app.user("bob@example.org", PASSWORD).await;
    let bob = app.person();
    bob.log_in("bob@example.org", PASSWORD).await;
    let (hers, his) = (ada.cookie(ACCESS).unwrap(), bob.cookie(ACCESS).unwrap());
    let with = |cookies: String| app.person().request(Method::GET, "/auth/verify").header("cookie", cookies);
    for (cookies, status) in [
        (format!("{ACCESS}={hers}"), StatusCode::OK),
        (format!("{ACCESS}={hers}; {ACCESS}={hers}"), StatusCode::OK),
        (format!("{ACCESS}=planted; {ACCESS}={hers}"), StatusCode::OK),
        (format!("{ACCESS}={hers}; {ACCESS}={his}"), StatusCode::FORBIDDEN),
        (format!("%5F%5FSecure-sso_access={hers}"), StatusCode::UNAUTHORIZED),
        (format!("{ACCESS}={}x", &hers[..hers.len() - 1]), StatusCode::UNAUTHORIZED),
        (format!("{REFRESH}={}", ada.refresh_token()), StatusCode::UNAUTHORIZED),
        (String::new(), StatusCode::UNAUTHORIZED),
    ] {
        let reply = ada.send(with(cookies.clone())).await;
        assert_eq!(reply.status, status, "{cookies}");
        assert_eq!(reply.header("x-auth-user").is_some(), status == StatusCode::OK);
    }
    app.wait(std::time::Duration::from_secs(306));
    assert_eq!(ask(&ada, &WIKI).await.status, StatusCode::UNAUTHORIZED);
}

/// Proxies ask under the name of the service that they protect.
#[tokio::test]
async fn the_question_may_come_under_any_name_and_changes_nothing() {
    let app = behind_a_proxy().await;
    let ada = ada(&app).await;
    let generation = app.session_of(&ada).await.generation;
    let other_name = HeaderMap::from_iter([(HOST, HeaderValue::from_static("wiki.example.org"))]);
    assert_eq!(ada.send(question(&ada, &WIKI).headers(other_name)).await.status, StatusCode::OK);
    assert_eq!(app.session_of(&ada).await.generation, generation);
    let posted = ada.request(Method::POST, "/auth/verify");
    assert!(ada.send(posted).await.status.is_client_error());
}

/// C11: the token that names somebody to a service behind a proxy opens no page here.
#[tokio::test]
async fn the_access_token_is_proof_of_nothing_on_our_own_pages() {
    let app = behind_a_proxy().await;
    let ada = ada(&app).await;
    ada.forget_cookie(REFRESH);
    assert_eq!(ask(&ada, &WIKI).await.status, StatusCode::OK);
    assert!(!ada.is_logged_in().await);
    assert_eq!(ada.get("/account/sessions").await.status, StatusCode::SEE_OTHER);
}
