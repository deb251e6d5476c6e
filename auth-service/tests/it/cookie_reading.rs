//! Cookies in requests: planted, duplicate, split, malformed.

use reqwest::Method;
use reqwest::header::HeaderValue;

use crate::support::{ACCESS, BROWSER, PASSWORD, Person, REFRESH, Reply, TestApp};

/// Sends each of `headers` as a `Cookie` line, from a browser without other cookies.
async fn get(app: &TestApp, path: &str, headers: &[&[u8]]) -> Reply {
    let nobody = app.person();
    let request = headers.iter().fold(nobody.request(Method::GET, path), |request, header| {
        request.header("cookie", HeaderValue::from_bytes(header).unwrap())
    });
    nobody.send(request).await
}

async fn two_people(app: &TestApp) -> (Person, Person) {
    let (ada, bob) = (app.person(), app.person());
    app.user("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    ada.log_in("ada@example.org", PASSWORD).await;
    bob.log_in("bob@example.org", PASSWORD).await;
    (ada, bob)
}

fn is_anonymous(reply: &Reply) -> bool {
    reply.status == 303 && reply.location() == "https://auth.example.org/login"
}

fn hands_out_a_session(reply: &Reply) -> bool {
    reply.cookie(REFRESH).is_some() || reply.cookie(ACCESS).is_some()
}

/// Names that a lenient parser would take for the refresh cookie's. Browsers let a sibling set each
/// of them.
fn lookalikes() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        "%5F%5FHost-sso_refresh",
        "%5f_Host-sso_refresh",
        "__Host%2Dsso_refresh",
        "__Host-sso%5Frefresh",
        "__Host-sso_refresh%20",
        "%00__Host-sso_refresh",
        "\u{2000}__Host-sso_refresh",
        "\u{a0}__Host-sso_refresh",
        "\u{85}__Host-sso_refresh",
        "__Host-sso_refresh\u{85}",
        "__Host-sso_refresh\u{2000}",
        "\u{feff}__Host-sso_refresh",
        "__host-sso_refresh",
        "__HOST-SSO_REFRESH",
        "__Host-sso_refresh[0]",
        "$__Host-sso_refresh",
        "\"__Host-sso_refresh\"",
        "sso_refresh",
        "__Secure-sso_refresh",
        "__Host-sso_refresh.",
        "=__Host-sso_refresh",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .collect();
    names.push(b"\x85__Host-sso_refresh".to_vec());
    names.push(b"\xa0__Host-sso_refresh\xa0".to_vec());
    names
}

/// C4
#[tokio::test]
async fn a_planted_cookie_whose_name_only_resembles_ours_is_never_served() {
    let app = TestApp::start().await;
    let (ada, bob) = two_people(&app).await;
    let (a, b) = (ada.refresh_token(), bob.refresh_token());
    for name in lookalikes() {
        let planted = [name.as_slice(), b"=", b.as_bytes()].concat();
        let shown = name.escape_ascii();
        assert!(is_anonymous(&get(&app, "/", &[&planted]).await), "{shown} alone");
        for both in [
            [planted.as_slice(), b"; ", REFRESH.as_bytes(), b"=", a.as_bytes()].concat(),
            [REFRESH.as_bytes(), b"=", a.as_bytes(), b"; ", &planted].concat(),
        ] {
            let page = get(&app, "/", &[&both]).await;
            assert!(page.says("ada@example.org") && !page.says("bob@example.org"), "{shown}: {}", page.text);
        }
        assert!(!hands_out_a_session(&get(&app, "/login", &[&planted]).await), "{shown} renews");
    }
    assert_eq!(app.session_of(&bob).await.generation, 1);
}

/// C5: one of the two was planted, and it is unknown which.
#[tokio::test]
async fn two_session_cookies_are_none() {
    let app = TestApp::start().await;
    let (ada, bob) = two_people(&app).await;
    let (a, b) = (format!("{REFRESH}={}", ada.refresh_token()), format!("{REFRESH}={}", bob.refresh_token()));
    let garbage = format!("{REFRESH}=x");
    let empty = format!("{REFRESH}=");
    for (first, second) in
        [(&a, &b), (&b, &a), (&a, &a), (&a, &garbage), (&garbage, &a), (&empty, &a), (&a, &empty)]
    {
        let one_line = format!("{first}; {second}");
        let ways: [&[&[u8]]; 2] = [&[one_line.as_bytes()], &[first.as_bytes(), second.as_bytes()]];
        for headers in ways {
            assert!(is_anonymous(&get(&app, "/", headers).await), "{one_line}");
            let form = get(&app, "/login", headers).await;
            assert!(form.status == 200 && !hands_out_a_session(&form), "{one_line}");
        }
    }
    assert_eq!(app.session_of(&ada).await.generation, 1);
    assert!(ada.is_logged_in().await && bob.is_logged_in().await);
}

/// C6: HTTP/2 and proxies may split the header.
#[tokio::test]
async fn cookies_may_come_in_several_headers() {
    let app = TestApp::start().await;
    let (ada, _) = two_people(&app).await;
    let refresh = format!("{REFRESH}={}", ada.refresh_token());
    for headers in
        [["a=1", refresh.as_str()], [refresh.as_str(), "a=1"], ["a=1; b=2", &format!("c=3; {refresh}; d=4")]]
    {
        let page = get(&app, "/", &headers.map(str::as_bytes)).await;
        assert!(page.says("ada@example.org"), "{headers:?}");
    }
}

/// C6: also the CSRF cookie, which actix-session reads from the same header.
#[tokio::test]
async fn a_form_works_though_its_browser_cookie_comes_in_a_header_of_its_own() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let form = ada.get("/login").await;
    let browser = ada.cookie(BROWSER).unwrap();
    ada.forget_cookie(BROWSER);
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", "ada@example.org"), ("password", PASSWORD)])
        .append_pair("csrf_token", &form.field("csrf_token").unwrap())
        .finish();
    let request = ada
        .request(Method::POST, "/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", "a=1; b=2")
        .header("cookie", format!("{BROWSER}={browser}; c=3"))
        .body(body);
    assert_eq!(ada.send(request).await.status, 303);
    assert!(ada.is_logged_in().await);
}

/// C8: without our filter, actix gives up on the whole header.
#[tokio::test]
async fn a_broken_cookie_of_somebody_else_changes_nothing() {
    let app = TestApp::start().await;
    let (ada, _) = two_people(&app).await;
    let refresh = format!("{REFRESH}={}", ada.refresh_token());
    for broken in [
        b"x".as_slice(),
        b"=",
        b"=x",
        b";;;",
        b"\xff\xfe=\xff",
        b"a=\x80\x81",
        b"a=%ff%fe",
        b"a=\"unclosed",
        b"a=b=c=d",
        b"a={\"json\": [1, 2]}",
        b"$Version=1; $Path=/",
        b"a b c",
        b"\t\t",
    ] {
        let shown = broken.escape_ascii();
        for header in
            [[broken, b"; ", refresh.as_bytes()].concat(), [refresh.as_bytes(), b";", broken].concat()]
        {
            assert!(get(&app, "/", &[&header]).await.says("ada@example.org"), "{shown}");
        }
        for path in ["/", "/login", "/register", "/logout", "/.well-known/jwks.json", "/healthz", "/nowhere"]
        {
            let status = get(&app, path, &[broken]).await.status;
            assert!(!status.is_server_error(), "{path} with {shown} answers {status}");
        }
    }
}

/// C8: a malformed value of our own cookie is no login, and no error either.
#[tokio::test]
async fn a_broken_value_in_our_own_cookies_is_nobody() {
    let app = TestApp::start().await;
    for value in [b"".as_slice(), b"x", b"\xff\xff", b"v1", b"v1...", b"\"\"", b"%00", b"a b", b"{}"] {
        for name in [REFRESH, BROWSER, ACCESS] {
            let header = [name.as_bytes(), b"=", value].concat();
            assert!(is_anonymous(&get(&app, "/", &[&header]).await), "{}", header.escape_ascii());
            let form = get(&app, "/login", &[&header]).await;
            assert!(form.status == 200 && form.field("csrf_token").is_some(), "{}", header.escape_ascii());
        }
    }
}

/// C11: the access token is for the services. On this host it proves nothing, in any place.
#[tokio::test]
async fn the_access_token_without_a_session_is_nobody_on_every_page() {
    let app = TestApp::start().await;
    let (ada, _) = two_people(&app).await;
    let token = ada.cookie(ACCESS).unwrap();
    for name in [ACCESS, REFRESH, BROWSER, "sso_access"] {
        let header = format!("{name}={token}");
        assert!(is_anonymous(&get(&app, "/", &[header.as_bytes()]).await), "{name}");
        for path in ["/login", "/register", "/logout"] {
            let page = get(&app, path, &[header.as_bytes()]).await;
            assert!(page.status == 200 && !hands_out_a_session(&page), "{name} on {path}");
            assert!(!page.says("ada@example.org"), "{name} on {path}");
        }
    }
    let nobody = app.person();
    let bearer = nobody.request(Method::GET, "/").bearer_auth(&token);
    assert!(is_anonymous(&nobody.send(bearer).await));
}
