//! Parity of axum and actix: the same service on both, whose responses are compared byte by byte.

use actix_web::HttpMessage;
use actix_web::test::TestRequest;
use axum::body::{Body, to_bytes};
use axum::extract::{Form, Request};
use axum::routing::{any, get, post};
use axum::{Router, http};
use serde::Deserialize;
use shared_claims::axum::{
    Fresh, HasRole, JustLoggedIn, MaybeUser, SharedLoginLayer, Staff, Superuser, User,
};
use shared_claims::testing::TestIssuer;
use shared_claims::{KeySource, Role, SharedLogin};
use tower::ServiceExt;

use crate::support::Server;
use crate::support_web;

struct Editor;

impl Role for Editor {
    const NAME: &str = "editor";
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

/// The pages of `support_web`.
fn service(login: &SharedLogin) -> Router {
    let done = async |user: User| format!("done, {}", user.user_email);
    let note = async |user: User, Form(note): Form<Note>| format!("{}: {}", user.user_email, note.text);
    let pay =
        async |user: Fresh<600>, Form(note): Form<Note>| format!("{} paid {}", user.user_email, note.text);
    let open = async |visitor: MaybeUser| match &*visitor {
        Some(user) => format!("hello {}", user.user_email),
        None => "hello stranger".to_owned(),
    };
    Router::new()
        .route("/private", get(async |user: User| format!("hello {}", user.user_email)).post(done))
        .route("/notes", post(note))
        .route("/staff", get(async |staff: Staff| staff.user_email.clone()))
        .route("/superuser", get(async |boss: Superuser| boss.user_email.clone()))
        .route("/editor", get(async |editor: HasRole<Editor>| editor.user_email.clone()))
        .route("/pay", get(async |user: JustLoggedIn| user.user_email.clone()).post(pay))
        .route("/", get(open))
        .route("/sso.js", get(shared_claims::axum::script))
        .fallback(any(async |user: User| format!("anything, {}", user.user_email)))
        .layer(SharedLoginLayer::new(login.clone()))
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

async fn ask(app: Router, request: Request) -> Answer {
    let response = app.oneshot(request).await.unwrap();
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// The same request for axum, with `body`.
fn translated(request: TestRequest, body: &str) -> Request {
    let request = request.to_request();
    let mut translated =
        http::Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        translated = translated.header(name.as_str(), value.as_bytes());
    }
    translated.body(Body::from(body.to_owned())).unwrap()
}

/// Replaces the random secret of a first trip to the login, which differs each time.
fn forget_the_trip(line: &mut String) {
    if let Some(secret) = line.strip_prefix("__Host-sso_sent=").and_then(|rest| rest.split(';').next()) {
        assert_eq!(secret.len(), 16, "{line}");
        *line = line.replace(secret, "a-secret");
    }
}

async fn compared(login: &SharedLogin, request: impl Fn() -> TestRequest, body: &str) -> Answer {
    let here = ask(service(login), translated(request(), body)).await;
    let there = support_web::ask(login, request()).await;
    let mut headers: Vec<_> = there
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let mut lean = Answer { status: here.status, headers: here.headers.clone(), body: here.body.clone() };
    // axum sets the length itself, and actix leaves it to its server.
    lean.headers.retain(|(name, _)| name != "content-length");
    for headers in [&mut lean.headers, &mut headers] {
        headers.iter_mut().for_each(|(_, value)| forget_the_trip(value));
    }
    assert_eq!(
        lean,
        Answer { status: there.status.as_u16(), headers, body: there.body },
        "{:?}",
        request().to_request()
    );
    here
}

fn opens(address: &str) -> TestRequest {
    support_web::opens(address)
}

/// Every kind of request by every kind of person gets the same response as on actix.
#[actix_web::test]
async fn every_answer_is_the_one_that_actix_gives() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let mut claims = issuer.claims_for("ada@example.org");
    let ada = issuer.cookie(&claims);
    claims.auth_time -= 3600;
    let long_ago = issuer.cookie(&claims);
    (claims.user_is_staff, claims.roles) = (true, vec!["editor".to_owned()]);
    let staff = issuer.cookie(&claims);
    claims.exp = claims.iat + 50;
    (claims.iat, claims.nbf) = (claims.exp - 300, claims.exp - 300);
    let old = issuer.cookie(&claims);
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    let two = format!("{ada}; {}", issuer.cookie(&issuer.claims_for("eve@example.org")));
    let hint = "__Secure-sso_hint=1".to_owned();
    let asked = format!("{hint}; __Host-sso_asked=1");
    let invalid = "__Secure-sso_access=x.y.z".to_owned();
    let mut seen = std::collections::BTreeSet::new();
    for cookies in [String::new(), ada, long_ago, staff, old, late, two, hint, asked, invalid] {
        for address in
            ["/", "/private?page=2", "/staff", "/superuser", "/editor", "/pay", "/any/where?sso_clear=1"]
        {
            let with = |request: TestRequest| request.insert_header(("Cookie", cookies.clone()));
            seen.insert(compared(&login, || with(opens(address)), "").await.status);
            seen.insert(compared(&login, || with(support_web::calls(address)), "").await.status);
            let frame = || with(opens(address)).insert_header(("Sec-Fetch-Dest", "iframe"));
            compared(&login, frame, "").await;
            let clicked = || with(opens(address)).insert_header(("Sec-Fetch-Site", "same-origin"));
            compared(&login, clicked, "").await;
            let in_advance = || with(opens(address)).insert_header(("Sec-Purpose", "prefetch;prerender"));
            compared(&login, in_advance, "").await;
        }
        for address in ["/private", "/notes?tab=1", "/pay", "/notes?sso_clear=1"] {
            let send =
                || support_web::sends(address, "text=buy+milk").insert_header(("Cookie", cookies.clone()));
            seen.insert(compared(&login, send, "text=buy+milk").await.status);
            let forged = || send().insert_header(("Sec-Fetch-Site", "same-site"));
            compared(&login, forged, "text=buy+milk").await;
            let by_script = || send().insert_header(("Sec-Fetch-Mode", "cors"));
            compared(&login, by_script, "text=buy+milk").await;
            // X12: a form of another person, by the browser's cookie and by the form's own mark.
            let another = format!("{cookies}; __Host-sso_for=AAAAAAAAAAAAAAAA");
            for address in [
                address.to_owned(),
                format!("{address}{}sso_for=BBBBBBBBBBBBBBBB", if address.contains('?') { '&' } else { '?' }),
            ] {
                let of_another = || {
                    support_web::sends(&address, "text=buy+milk").insert_header(("Cookie", another.clone()))
                };
                compared(&login, of_another, "text=buy+milk").await;
                let by_script = || of_another().insert_header(("Sec-Fetch-Mode", "cors"));
                compared(&login, by_script, "text=buy+milk").await;
            }
        }
        let remembered = format!("{cookies}; __Host-sso_for=AAAAAAAAAAAAAAAA");
        for address in ["/", "/private"] {
            compared(&login, || opens(address).insert_header(("Cookie", remembered.clone())), "").await;
        }
    }
    assert_eq!(Vec::from_iter(seen), [200, 303, 401, 403, 409]);
}

#[actix_web::test]
async fn forms_with_files_are_kept_alike() {
    use crate::kept_uploads::{form, uploads};
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let two = format!("{ada}; {}", issuer.cookie(&issuer.claims_for("eve@example.org")));
    let anothers = format!("{ada}; __Host-sso_for=AAAAAAAAAAAAAAAA");
    let photo = "x".repeat(1_000_000);
    let whole = form(&[("text", "buy milk"), ("photo:photo.jpg", &photo), ("none:", "")]);
    let mut kept = 0;
    for body in [&*whole, &whole[..whole.len() - 10], "--x--", &form(&[("text", &"x".repeat(70_000))])] {
        for cookies in [String::new(), two.clone(), anothers.clone(), ada.clone()] {
            for address in ["/private", "/private?sso_clear=1"] {
                let send = || uploads(address, body).insert_header(("Cookie", cookies.clone()));
                let answer = compared(&login, send, body).await;
                kept += usize::from(answer.body.contains("<bdi>photo.jpg</bdi> again"));
                let forged = || send().insert_header(("Sec-Fetch-Site", "same-site"));
                compared(&login, forged, body).await;
                let by_script = || send().insert_header(("Sec-Fetch-Mode", "cors"));
                compared(&login, by_script, body).await;
            }
        }
    }
    assert_eq!(kept, 6, "one passes the names on, and one is served");
    // Behind `Option`, the handler gets every byte.
    let open = Router::new()
        .route(
            "/",
            post(async |user: Option<User>, body: String| format!("{} {}", user.is_some(), body.len())),
        )
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(SharedLoginLayer::new(login.clone()));
    let answer = ask(open, translated(uploads("/", &whole), &whole)).await;
    assert_eq!(answer.body, format!("false {}", whole.len()));
}

#[actix_web::test]
async fn the_end_of_a_loop_is_the_same_page() {
    let issuer = TestIssuer::new();
    let mut claims = issuer.claims_for("ada@example.org");
    claims.aud = "other.example".to_owned();
    for cookies in
        [String::new(), issuer.cookie(&claims), issuer.cookie(&issuer.claims_for("ada@example.org"))]
    {
        let cookies = format!("__Host-sso_sent=AAAAAAAAAAAAAAAA; {cookies}");
        let back = || {
            opens("/private?sso_loop=3&sso_trip=AAAAAAAAAAAAAAAA&x=1")
                .insert_header(("Cookie", cookies.clone()))
        };
        compared(&issuer.login(), back, "").await;
    }
}

/// C15
#[actix_web::test]
async fn too_many_cookies_are_refused_alike() {
    let login = TestIssuer::new().login();
    let bomb = format!("a=1; bomb={}", "x".repeat(16 * 1024));
    for request in [opens("/private?a=b"), support_web::calls("/"), support_web::sends("/notes", "")] {
        let bytes = request.to_request();
        let again = || {
            let mut same = TestRequest::with_uri(&bytes.uri().to_string()).method(bytes.method().clone());
            for header in bytes.headers() {
                same = same.append_header(header);
            }
            same.insert_header(("cookie", bomb.clone()))
        };
        assert_eq!(compared(&login, again, "").await.status, 431);
    }
}

#[actix_web::test]
async fn without_keys_everybody_is_told_to_wait() {
    let issuer = TestIssuer::new();
    let down = Server::start(|_| b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_vec());
    let login = SharedLogin::with_keys(issuer.settings(), KeySource::url(down.url()).unwrap());
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    // A redirect would lead a stranger to a login that does not answer either.
    for cookies in [String::new(), ada] {
        let page = || opens("/private").insert_header(("Cookie", cookies.clone()));
        assert_eq!(compared(&login, page, "").await.status, 503, "{cookies}");
    }
    assert_eq!(compared(&login, || support_web::calls("/private"), "").await.status, 401);
    assert_eq!(compared(&login, || opens("/"), "").await.body, "hello stranger");
    let form = || support_web::sends("/notes", "text=buy+milk");
    let kept = compared(&login, form, "text=buy+milk").await;
    assert!(kept.status == 401 && kept.body.contains("buy milk"), "what was typed is kept: {}", kept.body);
}

/// With keys that were fetched once, people can come back from the login.
#[actix_web::test]
async fn with_keys_strangers_are_sent_to_the_login_whether_or_not_it_answers() {
    let login = TestIssuer::new().login();
    assert_eq!(compared(&login, || opens("/private"), "").await.status, 303);
}

/// Whether a form can be kept does not limit what a handler receives.
#[actix_web::test]
async fn forms_are_kept_up_to_the_same_size_and_reach_handlers_of_any_size() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for size in [0, 64 * 1024 - 5, 64 * 1024 - 4, 1_000_000] {
        let form = format!("text={}", "a".repeat(size));
        let late =
            ask(service(&issuer.login()), translated(support_web::sends("/notes", &form), &form)).await;
        assert_eq!(late.status, 401);
        assert_eq!(late.body.contains("Send again"), form.len() <= 64 * 1024, "{size}");
        let send = support_web::sends("/notes", &form).insert_header(("Cookie", ada.clone()));
        let served = ask(service(&issuer.login()), translated(send, &form)).await;
        assert_eq!(served.body, format!("ada@example.org: {}", "a".repeat(size)));
    }
}

/// An incomplete body is neither kept nor passed to a handler as if it were complete.
#[actix_web::test]
async fn a_form_that_breaks_off_is_not_taken_for_a_whole_one() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for (cookies, status) in [(String::new(), 401), (ada, 400)] {
        let (mut parts, _) =
            translated(support_web::sends("/notes", "").insert_header(("Cookie", cookies)), "").into_parts();
        parts.headers.remove("content-length");
        let chunks = [Ok("text=half"), Err(std::io::Error::other("gone"))];
        let body = Body::from_stream(Chunks(chunks.into_iter().collect()));
        let answer = ask(service(&issuer.login()), Request::from_parts(parts, body)).await;
        assert_eq!(answer.status, status);
        assert!(!answer.body.contains("half"));
    }
}

/// A stream of a few chunks.
struct Chunks(std::collections::VecDeque<Result<&'static str, std::io::Error>>);

impl futures_core::Stream for Chunks {
    type Item = Result<&'static str, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.pop_front())
    }
}

/// A nested router changes the URI of the request. The login must lead back to the original one.
#[actix_web::test]
async fn the_way_back_is_the_whole_address_also_below_a_nested_router() {
    let login = TestIssuer::new().login();
    let inner = Router::new().route("/b", get(async |_: User| "in"));
    for app in [
        Router::new().nest("/a", inner.clone()).layer(SharedLoginLayer::new(login.clone())),
        Router::new()
            .nest("/a", inner.layer(SharedLoginLayer::new(login.clone())))
            .layer(SharedLoginLayer::new(login.clone())),
    ] {
        let answer = ask(app, translated(opens("/a/b?c=d"), "")).await;
        let location = answer.headers.iter().find(|(name, _)| name == "location").unwrap();
        assert!(
            location.1.ends_with("next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fa%2Fb%3Fc%3Dd"),
            "{location:?}"
        );
    }
}

/// X10, X11: WebSockets and siblings get the same decision, and scripts of trusted origins may read
/// the response.
#[actix_web::test]
async fn websockets_and_siblings_are_judged_alike() {
    let issuer = TestIssuer::new().trusting("http://app.sso.localhost:8001");
    let login = issuer.login();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let mut seen = std::collections::BTreeSet::new();
    for origin in
        ["http://app.sso.localhost:8001", "http://evil.sso.localhost:8001", "http://demo.sso.localhost:8001"]
    {
        for cookies in [String::new(), ada.clone()] {
            let from = |request: TestRequest| {
                let site = if origin.contains("demo") { "same-origin" } else { "same-site" };
                let request =
                    request.insert_header(("Origin", origin)).insert_header(("Sec-Fetch-Site", site));
                request.insert_header(("Cookie", cookies.clone()))
            };
            let call = || from(support_web::calls("/private"));
            seen.insert(compared(&login, call, "").await.status);
            let post = || call().method(actix_web::http::Method::POST);
            seen.insert(compared(&login, post, "").await.status);
            let socket =
                || call().insert_header(("Upgrade", "websocket")).insert_header(("Connection", "Upgrade"));
            seen.insert(compared(&login, socket, "").await.status);
            let preflight = || {
                // Not an existing route, because axum adds the methods of those to the response.
                let request = from(support_web::calls("/any/where")).method(actix_web::http::Method::OPTIONS);
                request.insert_header(("Access-Control-Request-Method", "POST"))
            };
            seen.insert(compared(&login, preflight, "").await.status);
        }
    }
    assert_eq!(Vec::from_iter(seen), [200, 204, 401, 403]);
}

/// Not a panic: the log tells the developer what is missing.
#[actix_web::test]
async fn a_service_that_forgot_the_layer_answers_500() {
    let app = Router::new().route("/", get(async |_: User| "in"));
    let answer = ask(app, translated(opens("/"), "")).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.body.contains("SharedLogin"));
}

#[actix_web::test]
async fn the_script_is_served_here_too() {
    let answer =
        ask(service(&TestIssuer::new().login()), translated(TestRequest::get().uri("/sso.js"), "")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, shared_claims::web::SCRIPT));
}
