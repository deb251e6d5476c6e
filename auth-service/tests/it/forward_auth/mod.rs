//! `GET /auth/verify`, as proxies ask it.

mod roles;

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

/// A proxy's request for this browser.
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
    let operator = app.operator();
    app.sql(move |conn| {
        let user = auth_service::users::User::by_id(conn, id)?.unwrap();
        let word = |text: &str| auth_service::users::Role::parse(text).unwrap();
        let roles = user.roles.clone().with(&[word("editor"), word("author")]).unwrap();
        auth_service::users::User::set_roles(conn, &user, &roles, &operator)
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

/// Caddy and Traefik pass the response on.
#[tokio::test]
async fn a_person_in_a_tab_is_sent_to_the_login_and_back() {
    let app = behind_a_proxy().await;
    let reply = ask(&app.person(), &[&WIKI[..], &[BY_A_PERSON]].concat()).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, LOGIN));
}

/// O5: a proxy takes any `2xx` as permission, so no layer may turn a redirect into a page.
#[tokio::test]
async fn nobody_is_let_through_however_long_the_address_is() {
    let app = behind_a_proxy().await;
    for bytes in [1_000, 3_000, 3_400, 3_800, 5_000, 8_000, 8_100, 9_000, 12_000] {
        let page = format!("/page?q={}", "x".repeat(bytes));
        let whole = format!("https://wiki.example.org{page}");
        for asks in [
            vec![WIKI[0], WIKI[1], WIKI[2], ("x-forwarded-uri", page.as_str())],
            vec![("x-original-method", "GET"), ("x-original-url", whole.as_str())],
        ] {
            for reader in [&[BY_A_PERSON][..], &[HTML], &[]] {
                let reply = ask(&app.person(), &[&asks[..], reader].concat()).await;
                let is_a_yes = reply.status.is_success();
                assert!(!is_a_yes, "{} for {bytes} bytes, {reader:?}: {}", reply.status, reply.text);
            }
        }
        let reply = ask(&app.person(), &[WIKI[0], WIKI[1], WIKI[2], ("x-forwarded-uri", &page), HTML]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{bytes} bytes");
        assert!(reply.location().starts_with("https://auth.example.org/login?next="), "{bytes} bytes");
    }
}

/// nginx accepts only `401`, and redirects people itself.
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

/// HTTP requires the challenge. The detail says that such a token is ignored.
#[tokio::test]
async fn a_token_in_the_authorization_header_is_nobodys_and_the_answer_says_so() {
    let app = behind_a_proxy().await;
    let token = ada(&app).await.cookie(ACCESS).unwrap();
    let bearer = format!("Bearer {token}");
    let reply = ask(&app.person(), &[&WIKI[..], &[("authorization", bearer.as_str())]].concat()).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(reply.text.contains("a token in the Authorization header is not looked at"), "{}", reply.text);
}

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// The rule of `shared_claims::web`, as in all services.
#[tokio::test]
async fn a_person_is_known_here_as_at_every_service() {
    let app = behind_a_proxy().await;
    for (who, headers) in [
        (
            "a service worker in Chromium",
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "empty"), HTML][..],
        ),
        (
            "a service worker in Firefox",
            &[("sec-fetch-mode", "same-origin"), ("sec-fetch-dest", "empty"), HTML],
        ),
        ("a download", &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "empty")]),
        (
            "a frame",
            &[
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
                ("sec-fetch-site", "same-origin"),
            ],
        ),
        ("XHTML first", &[("accept", "application/xhtml+xml,text/html;q=0.9,*/*;q=0.5")]),
    ] {
        let reply = ask(&app.person(), &[&WIKI[..], headers].concat()).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, LOGIN), "{who}");
    }
    for (who, headers) in [
        ("a script that asks for HTML", &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty"), HTML][..]),
        ("JSON first", &[("accept", "application/json, text/html")]),
    ] {
        let reply = ask(&app.person(), &[&WIKI[..], headers].concat()).await;
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{who}");
    }
}

/// Several proxies repeat headers, and pass on those of browsers.
#[tokio::test]
async fn the_way_back_is_found_in_whatever_proxies_make_of_it() {
    let app = behind_a_proxy().await;
    let [method, proto, host, uri] = WIKI;
    let merged = |name, value| (name, value);
    for headers in [
        vec![method, proto, host, uri, host, uri, proto, method],
        vec![method, merged("x-forwarded-proto", "https, http"), host, uri],
        vec![method, merged("x-forwarded-proto", "HTTPS"), host, uri],
        vec![method, proto, merged("x-forwarded-host", "wiki.example.org, wiki.example.org"), uri],
        vec![method, proto, merged("x-forwarded-host", "evil.net, wiki.example.org"), uri],
        vec![method, proto, merged("x-forwarded-host", "wiki.example.org,10.0.0.7:8080"), uri],
        vec![
            merged("x-forwarded-method", "GET, GET"),
            proto,
            host,
            merged("x-forwarded-uri", "/page?a=b&c, /page?a=b&c"),
        ],
    ] {
        let reply = ask(&app.person(), &[&headers[..], &[BY_A_PERSON]].concat()).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, LOGIN), "{headers:?}");
    }
    for (raw, expected) in [
        (&b"/page?a=\\b"[..], "%2Fpage%3Fa%3D%255Cb"),
        ("/stra\u{df}e?q=\u{8702}".as_bytes(), "%2Fstra%25C3%259Fe%3Fq%3D%25E8%259C%2582"),
        (b"/caf\xe9", "%2Fcaf%25E9"),
    ] {
        let person = app.person();
        let request = question(&person, &[method, proto, host, BY_A_PERSON]);
        let request = request.header("x-forwarded-uri", HeaderValue::from_bytes(raw).unwrap());
        let expected =
            format!("https://auth.example.org/login?next=https%3A%2F%2Fwiki.example.org{expected}");
        assert_eq!(person.send(request).await.location(), expected, "{}", raw.escape_ascii());
        let nginx = question(&person, &[("x-original-method", "GET"), BY_A_PERSON]);
        let whole = [&b"https://wiki.example.org"[..], raw].concat();
        let nginx = nginx.header("x-original-url", HeaderValue::from_bytes(&whole).unwrap());
        assert_eq!(person.send(nginx).await.header("x-auth-login"), Some(expected.as_str()));
    }
}

/// A person who cannot be redirected gets a page and no JSON.
#[tokio::test]
async fn a_person_who_cannot_be_sent_on_reads_where_to_log_in() {
    let app = behind_a_proxy().await;
    let erika = app.person().sending("accept-language", "de");
    let elsewhere = [WIKI[0], WIKI[1], ("x-forwarded-host", "wiki.example.com"), WIKI[3]];
    for headers in [&[][..], &elsewhere] {
        let page = ask(&erika, &[headers, &[BY_A_PERSON, HTML]].concat()).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("www-authenticate"), Some("Bearer"));
        assert!(page.says("Erst anmelden") && page.says("Sie sind nicht angemeldet"), "{}", page.text);
        assert!(page.text.contains("https://auth.example.org/login\"") && !page.text.contains("example.com"));
        assert!(!page.text.contains("href=\"/"), "shown under another name: {}", page.text);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("style-src https://auth.example.org;"), "{policy}");
    }
}

/// X10: any page can open a WebSocket by `GET`, with the visitor's cookies.
#[tokio::test]
async fn a_websocket_of_another_sites_page_is_let_through_to_no_service() {
    let app = behind_a_proxy().await;
    let ada = ada(&app).await;
    let wiki = "https://wiki.example.org";
    let handshake = [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")];
    // Traefik removes `Upgrade` and names the protocol in another header.
    let of_traefik = [handshake[2], ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")];
    let from_traefik = [WIKI[0], ("x-forwarded-proto", "wss"), WIKI[2], WIKI[3]];
    let from_nginx = [("x-original-url", "https://wiki.example.org/chat"), ("x-original-method", "GET")];
    for (proxy, told) in
        [(&WIKI[..], &handshake[..]), (&from_traefik, &of_traefik), (&from_nginx, &handshake[2..])]
    {
        for (from, status) in [
            (&[("origin", wiki)][..], 200),
            (&[("origin", wiki), ("sec-fetch-site", "same-origin")], 200),
            (&[("origin", "https://evil.example.org")], 403),
            (&[("origin", "https://evil.example.org"), ("sec-fetch-site", "same-site")], 403),
            (&[("origin", "http://wiki.example.org")], 403),
            (&[("origin", "https://wiki.example.org:8443")], 403),
            (&[("origin", "null")], 403),
            (&[("sec-fetch-site", "cross-site")], 403),
            // A program, because every browser sends the origin.
            (&[], 200),
        ] {
            let reply = ask(&ada, &[proxy, told, from].concat()).await;
            assert_eq!(reply.status.as_u16(), status, "{proxy:?} {from:?}");
            assert_eq!(reply.header("x-auth-user").is_some(), status == 200);
        }
        let stranger = ask(&app.person(), &[proxy, told, &[("origin", wiki)]].concat()).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    }
    let of_nothing = ask(&ada, &[&handshake[..], &[("origin", wiki)]].concat()).await;
    assert_eq!(of_nothing.status, StatusCode::FORBIDDEN, "nobody says what it is an upgrade of");
    // Links from other sites are allowed for pages.
    let link = [("origin", "https://evil.example.org"), ("sec-fetch-site", "same-site")];
    assert_eq!(ask(&ada, &[&WIKI[..], &link].concat()).await.status, StatusCode::OK);
}

/// T5, N7: untrusted headers redirect no person.
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

/// C4, C7: planted cookies identify no person here either.
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

/// Proxies send the host name of the service that they protect.
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

/// C11: the token that identifies a person to a service gives no access to our own pages.
#[tokio::test]
async fn the_access_token_is_proof_of_nothing_on_our_own_pages() {
    let app = behind_a_proxy().await;
    let ada = ada(&app).await;
    ada.forget_cookie(REFRESH);
    assert_eq!(ask(&ada, &WIKI).await.status, StatusCode::OK);
    assert!(!ada.is_logged_in().await);
    assert_eq!(ada.get("/account/sessions").await.status, StatusCode::SEE_OTHER);
}
