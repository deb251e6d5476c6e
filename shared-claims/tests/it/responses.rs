//! Responses to requests for which the handler does not run.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::{KeySource, SharedLogin};

use crate::support::Server;
use crate::support_web::{Answer, ask, calls, opens, sends};

const LOGIN: &str = "http://auth.sso.localhost:8000/login?next=";

async fn asked(request: TestRequest) -> Answer {
    ask(&TestIssuer::new().login(), request).await
}

fn next_of(answer: &Answer) -> String {
    let location: url::Url = answer.header("location").parse().unwrap();
    assert_eq!((location.host_str(), location.path()), (Some("auth.sso.localhost"), "/login"));
    let mut pairs = location.query_pairs();
    let next = pairs.next().unwrap();
    assert_eq!((next.0.as_ref(), pairs.next()), ("next", None));
    next.1.into_owned()
}

#[actix_web::test]
async fn a_page_opened_in_a_tab_leads_to_the_login_and_back() {
    let answer = asked(opens("/private?page=2&q=a%20b")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let encoded = "http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate%3Fpage%3D2%26q%3Da%2520b";
    assert_eq!(answer.header("location"), format!("{LOGIN}{encoded}"));
    assert_eq!(next_of(&answer), "http://demo.sso.localhost:8001/private?page=2&q=a%20b");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("vary").contains("Cookie"));
}

/// N7: our own origin is a setting. Headers of the request do not change it.
#[actix_web::test]
async fn the_way_back_comes_from_the_settings_and_never_from_headers() {
    let spoofed = opens("/private")
        .insert_header(("Host", "evil.example"))
        .insert_header(("X-Forwarded-Host", "evil.example"))
        .insert_header(("X-Forwarded-Proto", "https"))
        .insert_header(("Forwarded", "host=evil.example;proto=https"));
    assert_eq!(next_of(&asked(spoofed).await), "http://demo.sso.localhost:8001/private");
    for target in [
        "//evil.example/x",
        "/\\evil.example/x",
        "/@evil.example/",
        "/x?next=http://evil.example/",
        "http://evil.example/x",
    ] {
        let next: url::Url = next_of(&asked(opens(target)).await).parse().unwrap();
        assert_eq!(next.origin().ascii_serialization(), "http://demo.sso.localhost:8001", "{target}");
    }
}

#[actix_web::test]
async fn a_browser_without_fetch_metadata_is_known_by_what_it_accepts() {
    for (accept, status) in [
        ("text/html,application/xhtml+xml,*/*;q=0.8", 303),
        ("application/xhtml+xml", 303),
        ("text/html;q=0.9, application/json;q=0.8", 303),
        ("text/html, application/json", 303),
        ("application/json, text/html", 401),
        ("application/json, text/html;q=0.5", 401),
        ("text/html;q=0", 401),
        ("text/html;q=nonsense", 401),
        ("application/json", 401),
        ("*/*", 401),
        ("", 401),
        ("image/avif,image/webp,*/*", 401),
    ] {
        let request = TestRequest::get().uri("/private").insert_header(("Accept", accept));
        assert_eq!(asked(request).await.status.as_u16(), status, "{accept}");
    }
    assert_eq!(asked(TestRequest::get().uri("/private")).await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn what_is_no_tab_is_not_redirected() {
    for (mode, dest) in
        [("cors", "empty"), ("no-cors", "image"), ("navigate", "iframe"), ("websocket", "websocket")]
    {
        let request = TestRequest::get()
            .uri("/private")
            .insert_header(("Accept", "text/html"))
            .insert_header(("Sec-Fetch-Mode", mode))
            .insert_header(("Sec-Fetch-Dest", dest));
        assert_eq!(asked(request).await.status, StatusCode::UNAUTHORIZED, "{mode} {dest}");
    }
}

#[actix_web::test]
async fn a_script_is_told_where_to_renew_and_where_to_log_in() {
    let request = calls("/api/notes").insert_header(("Referer", "http://demo.sso.localhost:8001/notes"));
    let answer = asked(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(answer.header("cache-control"), "no-store");
    let problem = answer.json();
    assert_eq!(problem["status"], 401);
    assert_eq!(problem["code"], "login_required");
    assert_eq!(problem["renew_url"], "http://auth.sso.localhost:8000/api/session/renew");
    assert_eq!(problem["login_url"], format!("{LOGIN}http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fnotes"));
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    // The login does not lead back to another site's page.
    let elsewhere = calls("/api/notes").insert_header(("Referer", "http://evil.sso.localhost:8001/"));
    assert_eq!(
        asked(elsewhere).await.json()["login_url"],
        format!("{LOGIN}http%3A%2F%2Fdemo.sso.localhost%3A8001%2F")
    );
}

/// HTTP requires the challenge. The detail says that a token in that header is ignored.
#[actix_web::test]
async fn a_token_in_the_authorization_header_is_not_taken_and_the_answer_says_so() {
    let issuer = TestIssuer::new();
    let token = issuer.sign(&issuer.claims_for("ada@example.org"));
    let request = calls("/private").insert_header(("Authorization", format!("Bearer {token}")));
    let answer = ask(&issuer.login(), request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("a token in the Authorization header is not looked at"), "{detail}");
    let silent = ask(&issuer.login(), calls("/private")).await.json()["detail"].as_str().unwrap().to_owned();
    assert!(!silent.contains("Authorization"), "{silent}");
}

/// J14: whatever is wrong with the token, the response is the same, except that a cookie that can
/// never become valid is deleted.
#[actix_web::test]
async fn every_cause_looks_the_same_from_outside() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let good = issuer.claims_for("ada@example.org");
    let with = |change: fn(&mut shared_claims::Claims)| {
        let mut claims = good.clone();
        change(&mut claims);
        issuer.cookie(&claims)
    };
    let other = TestIssuer::new();
    let cookies = [
        String::new(),
        "__Secure-sso_access=garbage".to_owned(),
        "__Secure-sso_access=a.b.c".to_owned(),
        format!("__Secure-sso_access={}", "A".repeat(9000)),
        issuer.cookie(&issuer.expired_claims_for("ada@example.org")),
        with(|c| c.aud = "example.org".into()),
        with(|c| c.iss = "http://evil.example".into()),
        with(|c| c.nbf += 60),
        with(|c| c.exp += 100_000),
        other.cookie(&good),
        format!("{}x", issuer.cookie(&good)),
    ];
    for request in [opens as fn(&str) -> TestRequest, calls, |address| sends(address, "a=b")] {
        let mut seen: Option<Answer> = None;
        for cookie in &cookies {
            let answer = ask(&login, request("/private").insert_header(("Cookie", cookie.as_str()))).await;
            if let Some(first) = &seen {
                assert_eq!((answer.status, &answer.body), (first.status, &first.body), "{cookie}");
                let without_cookies = |answer: &Answer| {
                    let mut headers = answer.headers.clone();
                    headers.remove("set-cookie");
                    format!("{headers:?}")
                };
                assert_eq!(without_cookies(&answer), without_cookies(first));
            }
            seen = Some(answer);
        }
    }
}

/// The login would redirect back at once, in a loop.
#[actix_web::test]
async fn without_keys_everybody_is_told_to_wait_and_nobody_is_redirected() {
    let issuer = TestIssuer::new();
    let down = Server::start(|_| b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_vec());
    let login = SharedLogin::with_keys(issuer.settings(), KeySource::url(down.url()).unwrap());
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let page = ask(&login, opens("/private").insert_header(("Cookie", ada.clone()))).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
    assert!(page.body.contains("Nothing is wrong with your account"));
    let script = ask(&login, calls("/private").insert_header(("Cookie", ada.clone()))).await;
    assert_eq!(script.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(script.json()["code"], "keys_unavailable");
    // An open page is served. A stranger could not come back from the login either, if it answers.
    assert_eq!(ask(&login, opens("/").insert_header(("Cookie", ada))).await.body, "hello stranger");
    assert_eq!(ask(&login, opens("/private")).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

/// H1, H2, H4, H5: every page of this crate.
#[actix_web::test]
async fn pages_carry_a_strict_policy_and_no_script_but_the_one_of_the_frame() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let pages = [
        asked(sends("/private", "a=b")).await,
        ask(&issuer.login(), opens("/staff").insert_header(("Cookie", ada))).await,
        asked(sends("/private", "a=b").insert_header(("Sec-Fetch-Site", "cross-site"))).await,
    ];
    for page in pages {
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        for directive in [
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self' http://sso.localhost:* http://*.sso.localhost:*",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.body.contains("<html lang=\"en\">") && page.body.contains("<main id=\"main\""));
        for inline in [" style=", " onclick", "javascript:"] {
            assert!(!page.body.contains(inline));
        }
        // The browser applies what is inline only if its hash matches.
        assert!(policy.contains(&format!("style-src '{}'", hash_of("style", &page.body).unwrap())));
        let script = hash_of("script", &page.body);
        assert_eq!(script.is_some(), page.body.contains("<iframe"));
        match script {
            Some(hash) => assert!(policy.contains(&format!("; script-src '{hash}'; ")), "{policy}"),
            None => assert!(!policy.contains("script-src"), "{policy}"),
        }
        assert_eq!(page.body.matches("<script").count(), page.body.matches("<iframe").count());
    }
}

/// The hash of the only element of this name, as a policy has it.
fn hash_of(element: &str, page: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("<{element}>"))?;
    let (text, _) = rest.split_once(&format!("</{element}>"))?;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    Some(format!("sha256-{}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash)))
}
