//! Kept forms: a form that is posted just after the token has expired is not lost.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;
use shared_claims::{KeySource, SharedLogin};

use crate::support::{Server, jwks};
use crate::support_web::{Answer, ask, sends};

async fn sent(address: &str, form: &str) -> Answer {
    let answer = ask(&TestIssuer::new().login(), sends(address, form)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    answer
}

/// The fields that a browser would send from the page, parsed as a browser does.
fn fields(page: &str) -> Vec<(String, String)> {
    let unescape = |text: &str| {
        let text =
            text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        text.replace("&#13;", "\r").replace("&#10;", "\n").replace("&amp;", "&")
    };
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (unescape(name), unescape(rest.split_once("\">").unwrap().0))
        })
        .collect()
}

#[actix_web::test]
async fn what_was_typed_is_kept_and_can_be_sent_again_without_javascript() {
    for address in ["/notes?tab=1", "/notes-user-first?tab=1"] {
        let page = sent(address, "text=buy+milk+%26+eggs&colour=red&colour=blue&empty=").await.body;
        assert!(
            page.contains(&format!(
                "<form method=\"post\" action=\"http://demo.sso.localhost:8001{address}\""
            ))
        );
        assert!(page.contains("<button class=\"button\" type=\"submit\">Send again</button>"));
        let kept = fields(&page);
        let kept: Vec<_> = kept.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(kept, [("text", "buy milk & eggs"), ("colour", "red"), ("colour", "blue"), ("empty", "")]);
        // If the session is over, the login opens in a new tab and has no page to return to.
        assert!(page.contains(
            "<a href=\"http://auth.sso.localhost:8000/login?next=%2Flogin%2Fdone\" target=\"_blank\">"
        ));
    }
}

/// I1: input is shown as text, whatever it contains.
#[actix_web::test]
async fn markup_in_what_was_typed_stays_text() {
    let evil = "\"><script>alert(1)</script><b x='y'>&amp;\r\n\u{202e}";
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let page = sent("/notes", &form.append_pair("text", evil).append_pair(evil, "x").finish()).await.body;
    assert!(!page.contains("<script>alert") && !page.contains("<b x"));
    assert_eq!(fields(&page), [("text".to_owned(), evil.to_owned()), (evil.to_owned(), "x".to_owned())]);
    let page = sent("/notes?%22%3E%3Cscript%3E", "a=b").await.body;
    assert_eq!(page.matches("<script").count(), 1, "the frame's own");
    // Invalid UTF-8 and incomplete escapes are kept as well as possible.
    sent("/notes", "text=%ff%fe&b=%zz&=&&c").await;
}

/// Loading the frame renews the login before the button is pressed.
#[actix_web::test]
async fn the_page_renews_the_login_in_a_frame_of_auth_service_and_of_nobody_else() {
    for (form, content_type) in [("text=x", ""), ("--x--", "multipart/form-data; boundary=x")] {
        let mut request = sends("/private", form);
        if !content_type.is_empty() {
            request = request.insert_header(("Content-Type", content_type));
        }
        let answer = ask(&TestIssuer::new().login(), request).await;
        let frame =
            "<iframe src=\"http://auth.sso.localhost:8000/login/frame\" title=\"Your login\"></iframe>";
        assert!(answer.body.contains(frame), "{}", answer.body);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("; frame-src http://auth.sso.localhost:8000; "), "{policy}");
    }
    // No other page has a frame or allows one.
    let foreign = sends("/private", "").insert_header(("Sec-Fetch-Site", "same-site"));
    let other = ask(&TestIssuer::new().login(), foreign).await;
    assert!(!other.header("content-security-policy").contains("frame-src"));
}

/// People see what waits for them, and nothing that a program put into the form.
#[actix_web::test]
async fn the_page_says_in_words_what_it_keeps() {
    let form = "first_name=Ada&text=one%0D%0Atwo&csrf_token=abc&password=hunter2&empty=";
    let page = sent("/notes", form).await.body;
    assert!(page.contains("<dt>First name</dt><dd dir=\"auto\">Ada</dd>"), "{page}");
    assert!(page.contains("<dt>Text</dt><dd dir=\"auto\">one&#10;two</dd>"), "{page}");
    assert_eq!(page.matches("<dt>").count(), 2, "{page}");
    assert!(!sent("/notes", "csrf_token=abc").await.body.contains("<dl"));
}

#[actix_web::test]
async fn passwords_are_asked_for_again_and_never_repeated() {
    let page =
        sent("/notes", "text=x&password=hunter2&new_Password=hunter3&pin=1234&csrf_token=abc").await.body;
    assert!(!page.contains("hunter") && !page.contains("1234"));
    for name in ["password", "new_Password", "pin"] {
        assert!(page.contains(&format!("type=\"password\" name=\"{name}\" autocomplete=\"off\">")), "{name}");
    }
    let kept: Vec<_> = fields(&page).into_iter().map(|(n, _)| n).collect();
    assert_eq!(kept, ["text", "csrf_token"]);
}

#[actix_web::test]
async fn a_form_too_large_to_keep_is_said_to_be_so() {
    let fits = format!("text={}", "a".repeat(64 * 1024 - 5));
    assert_eq!(fields(&sent("/private", &fits).await.body)[0].1.len(), 64 * 1024 - 5);
    let page = sent("/private", &format!("{fits}a")).await.body;
    assert!(page.contains("could not be kept here: only forms of this service of at most 64 KB can"));
    assert!(fields(&page).is_empty() && !page.contains("Send again"));
}

/// X: a form of a foreign page must not be shown as ours with a button. The next click would send
/// it as ours.
#[actix_web::test]
async fn a_form_sent_by_another_site_is_not_offered_to_be_sent_again() {
    for (name, value) in [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")] {
        let answer =
            ask(&TestIssuer::new().login(), sends("/notes", "text=evil").insert_header((name, value))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.body.contains("evil"));
    }
}

/// The same with a check of the service's own in place of the guard.
#[actix_web::test]
async fn nor_without_the_same_origin_guard() {
    use actix_web::middleware::from_fn;
    use actix_web::{App, test, web};
    use shared_claims::actix::User;
    let issuer = TestIssuer::new();
    let app = App::new()
        .app_data(web::Data::new(issuer.login()))
        .wrap(from_fn(crate::origin_checked::vouch_for))
        .route("/", web::post().to(async |_: User| "in"));
    let app = test::init_service(app).await;
    let foreign = sends("/", "text=evil").insert_header(("Sec-Fetch-Site", "same-site"));
    let answer = crate::support_web::answer(&app, foreign).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.body.contains("evil") && !answer.body.contains("Send again"));
}

#[actix_web::test]
async fn a_script_that_posts_gets_a_problem_and_no_page() {
    let request = sends("/notes", "text=x")
        .insert_header(("Sec-Fetch-Mode", "cors"))
        .insert_header(("Sec-Fetch-Dest", "empty"));
    let answer = ask(&TestIssuer::new().login(), request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["code"], "login_required");
}

/// If the token's key becomes known while the form waits, the handler gets the whole form.
#[actix_web::test]
async fn a_form_under_a_brand_new_key_reaches_the_handler() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let (first, second) = (old.jwks(), new.jwks());
    let server = Server::start(move |n| jwks(if n == 1 { &first } else { &second }));
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let login = SharedLogin::with_keys(new.settings(), source);
    let ada = new.cookie(&new.claims_for("ada@example.org"));
    let answer = ask(&login, sends("/notes", "text=buy+milk").insert_header(("Cookie", ada))).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ada@example.org: buy milk"));
    assert_eq!(server.hits(), 2);
}

/// If the key stays unknown, the form is kept.
#[actix_web::test]
async fn a_form_under_a_key_that_stays_unknown_is_kept() {
    let (known, unknown) = (TestIssuer::new(), TestIssuer::new());
    let set = known.jwks();
    let server = Server::start(move |_| jwks(&set));
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let login = SharedLogin::with_keys(known.settings(), source);
    let cookie = unknown.cookie(&unknown.claims_for("ada@example.org"));
    for address in ["/notes", "/notes-user-first"] {
        let answer =
            ask(&login, sends(address, "text=buy+milk").insert_header(("Cookie", cookie.clone()))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(fields(&answer.body), [("text".to_owned(), "buy milk".to_owned())]);
    }
}

/// Over a real connection: the page arrives although most of the body was never read.
#[actix_web::test]
async fn the_page_arrives_although_a_large_form_is_not_read_to_its_end() {
    use actix_web::{App, HttpServer, web};
    use shared_claims::actix::{SameOrigin, User};
    use std::io::{Read, Write};
    let login = TestIssuer::new().login();
    let app = move || {
        App::new()
            .app_data(web::Data::new(login.clone()))
            .wrap(SameOrigin)
            .route("/", web::post().to(async |_: User| "in"))
    };
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    for size in [100, 60_000, 3_000_000] {
        let client = move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            let head = format!(
                "POST / HTTP/1.1\r\nHost: demo.sso.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nContent-Length: {}\r\n\r\na=",
                size + 2
            );
            stream.write_all(head.as_bytes()).unwrap();
            // A browser goes on sending until the connection ends.
            let sent = stream.write_all(&vec![b'x'; size]);
            let mut answer = vec![0; 12];
            let read = stream.read_exact(&mut answer).map(|()| String::from_utf8(answer).unwrap());
            (sent.is_ok(), read)
        };
        let (_, read) = web::block(client).await.unwrap();
        assert_eq!(read.unwrap(), "HTTP/1.1 401", "{size}");
    }
    handle.stop(false).await;
}
