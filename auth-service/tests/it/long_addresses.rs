//! Long URLs: people get back to them or see an explanation, and no response exceeds nginx's
//! default buffer.

use auth_service::users::{Role, User};
use reqwest::{Method, StatusCode};
use url::form_urlencoded;

use crate::support::{PASSWORD, Reply, TestApp, Tweaks};

/// nginx's `proxy_buffer_size` where a memory page has 4 KB.
const BUFFER: usize = 4096;

fn page_of_shop(bytes: usize) -> String {
    let start = "https://shop.example.org/?q=";
    format!("{start}{}", "x".repeat(bytes - start.len()))
}

fn login_and_on_to(next: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/login?{query}")
}

/// The head as it is sent, without the status line.
fn head_of(reply: &Reply) -> usize {
    reply.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// The URL to which a browser goes next without a click, by a redirect or a page.
fn leads_to(reply: &Reply) -> String {
    let head = head_of(reply);
    assert!(head < BUFFER - 40, "a head of {head} bytes");
    if reply.status == StatusCode::SEE_OTHER {
        return reply.location().to_owned();
    }
    assert_eq!(reply.status, StatusCode::OK, "{head} bytes: {}", reply.text);
    let (_, rest) = reply
        .text
        .split_once("<meta http-equiv=\"refresh\" content=\"0; url=")
        .expect("a page that leads on");
    let address = rest.split('"').next().unwrap().replace("&#x2F;", "/").replace("&amp;", "&");
    assert!(
        reply.text.matches(rest.split('"').next().unwrap()).count() == 2,
        "and a link for who does not follow"
    );
    address
}

async fn editor_of_everything(app: &TestApp) {
    let user = app.user("ada@example.org", PASSWORD).await;
    let operator = app.operator();
    app.sql(move |conn| {
        let user = User::by_id(conn, user.id)?.unwrap();
        let roles: Vec<_> =
            (0..12).map(|n| Role::parse(&format!("department-{n}:editor")).unwrap()).collect();
        let roles = user.roles.clone().with(&roles).unwrap();
        User::set_roles(conn, &user, &roles, &operator)
    })
    .await;
}

#[tokio::test]
async fn with_twelve_roles_and_a_long_address_an_answer_fits_the_buffer_of_a_proxy() {
    let app = TestApp::start().await;
    editor_of_everything(&app).await;
    for bytes in [200, 1_200, 1_800, 3_000, 8_000] {
        let ada = app.person();
        let next = page_of_shop(bytes);
        let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
        let answer = ada.fill_in(&login_and_on_to(&next), &fields).await;
        assert_eq!(leads_to(&answer), next, "a login, {bytes} bytes");
        assert_eq!(leads_to(&ada.get(&login_and_on_to(&next)).await), next, "a renewal, {bytes} bytes");
    }
}

/// The ordinary redirect, which scripts can follow too, as long as it fits.
#[tokio::test]
async fn an_address_of_usual_length_is_a_redirect() {
    let app = TestApp::start().await;
    editor_of_everything(&app).await;
    let ada = app.person();
    let next = page_of_shop(1_200);
    ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(ada.get(&login_and_on_to(&next)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_wanted_a_page_whose_address_is_too_long_is_told() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let answer = ada.fill_in(&login_and_on_to(&page_of_shop(9_000)), &fields).await;
    assert_eq!(answer.location(), "https://auth.example.org/login/too-long");
    let told = ada.get("/login/too-long").await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(told.text.contains("open your link again"), "{}", told.text);
    let renewed = ada.get(&format!("{}&silent=1", login_and_on_to(&page_of_shop(9_000)))).await;
    assert_eq!(renewed.location(), "https://auth.example.org/login/too-long");
}

/// The form has no action. So a browser keeps the fragment, which is not sent to a server.
#[tokio::test]
async fn the_forms_of_login_and_registration_post_to_the_page_they_are_on() {
    let app = TestApp::start().await;
    let ada = app.person();
    for path in ["/login", "/register"] {
        let page = ada.get(&format!("{path}?next=%2Faccount%2Fsessions")).await;
        assert!(page.text.contains("<form method=\"post\""), "{path}: {}", page.text);
        assert!(!page.text.contains("action="), "{path}");
    }
    app.user("ada@example.org", PASSWORD).await;
    let wrong = ada
        .fill_in(
            "/login?next=%2Faccount%2Fsessions",
            &[("email", "ada@example.org"), ("password", "wrong horse kites 7")],
        )
        .await;
    assert_eq!(wrong.field("next").as_deref(), Some("https://auth.example.org/account/sessions"));
}

#[tokio::test]
async fn behind_a_proxy_long_addresses_lead_to_the_login_and_too_long_ones_to_the_page_that_says_so() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.trusted_proxies = Some("127.0.0.0/8".to_owned());
    let app = TestApp::start_with(tweaks).await;
    let person = app.person();
    for (bytes, expected) in
        [(2_500, None), (8_000, None), (9_000, Some("https://auth.example.org/login/too-long"))]
    {
        let path = format!("/?q={}", "x".repeat(bytes));
        let request = person
            .request(Method::GET, "/auth/verify")
            .header("x-forwarded-method", "GET")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "wiki.example.org")
            .header("x-forwarded-uri", &path)
            .header("sec-fetch-mode", "navigate");
        let address = format!("https://wiki.example.org{path}");
        let reply = person.send(request).await;
        // Never a page that leads on, at any length, because the proxy would take its `200` as
        // permission.
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{bytes}");
        let login = url::Url::parse(reply.location()).unwrap();
        let (_, next) = login.query_pairs().next().unwrap();
        assert_eq!(next, expected.unwrap_or(&address), "{bytes}");
    }
}
