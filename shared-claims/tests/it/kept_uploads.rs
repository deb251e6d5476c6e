//! Kept forms with files: what was typed is kept, and the page says which files to choose again.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;

use crate::support_web::{Answer, ask, sends};

const TYPE: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=x");

/// A form as browsers send it. A name with a colon is that of a file input and its file.
pub fn form(parts: &[(&str, &str)]) -> String {
    let part = |(name, content): &(&str, &str)| {
        let head = match name.split_once(':') {
            Some((name, file)) => {
                format!("name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream")
            }
            None => format!("name=\"{name}\""),
        };
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    parts.iter().map(part).collect::<String>() + "--x--\r\n"
}

pub fn uploads(address: &str, form: &str) -> TestRequest {
    sends(address, form).insert_header(TYPE)
}

async fn late(form: &str) -> Answer {
    let answer = ask(&TestIssuer::new().login(), uploads("/private?tab=1", form)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer
}

#[actix_web::test]
async fn what_was_typed_is_kept_and_each_file_is_asked_for_again() {
    let page = late(&form(&[
        ("title", "Grüße & mehr"),
        ("csrf_token", "abc"),
        ("photo:photo.jpg", &"x".repeat(1_000_000)),
        ("more[]:a.txt", "a"),
        ("more[]:b.txt", "b"),
        ("none:", ""),
    ]))
    .await
    .body;
    let tag = "<form method=\"post\" action=\"http://demo.sso.localhost:8001/private?tab=1\" enctype=\"multipart/form-data\"";
    for part in [
        tag,
        "<dt>Title</dt><dd dir=\"auto\">Grüße &amp; mehr</dd>",
        "<input type=\"hidden\" name=\"title\" value=\"Grüße &amp; mehr\">",
        "<input type=\"hidden\" name=\"csrf_token\" value=\"abc\">",
        "Choose <bdi>photo.jpg</bdi> again</label>",
        "type=\"file\" name=\"photo\" required>",
        "<li><bdi>a.txt</bdi></li>",
        "name=\"more[]\" required multiple",
        "<input type=\"file\" name=\"none\" hidden>",
        "choose again below",
        "<iframe src=\"http://auth.sso.localhost:8000/login/frame\"",
        ">Send again</button>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("xxxx"), "the file's bytes");
}

#[actix_web::test]
async fn a_multipart_form_without_files_is_kept_like_any_other() {
    let page = late(&form(&[("text", "buy milk"), ("password", "hunter2"), ("photo:", "")])).await.body;
    assert!(page.contains("What you typed is not lost") && !page.contains("choose again"), "{page}");
    assert!(page.contains("value=\"buy milk\"") && !page.contains("hunter2"), "{page}");
    assert!(page.contains("type=\"password\" name=\"password\""), "{page}");
    let only_a_file = late(&form(&[("photo:photo.jpg", "x")])).await.body;
    assert!(only_a_file.contains("A page cannot keep files") && !only_a_file.contains("What you typed"));
}

#[actix_web::test]
async fn names_of_files_and_fields_stay_text() {
    let page =
        late(&form(&[("a:\u{202e}<script>alert(1)</script>/<img src=x>.jpg", ""), ("<b>:c", "")])).await.body;
    assert!(
        !page.contains("<img src=x>") && !page.contains("<b>") && !page.contains("<script>alert"),
        "{page}"
    );
    assert!(
        page.contains("<bdi>&lt;img src=x&gt;.jpg</bdi>") && page.contains("name=\"&lt;b&gt;\""),
        "{page}"
    );
}

#[actix_web::test]
async fn a_form_with_files_that_cannot_be_kept_is_said_to_be_so() {
    for body in [
        "--x\r\n\r\n--x--".to_owned(),
        form(&[("text", "breaks off")]).replace("--x--\r\n", ""),
        form(&[("text", &"x".repeat(64 * 1024))]),
        form(&[("photo:photo.jpg", &"x".repeat(16 * 1024 * 1024))]),
    ] {
        let page = late(&body).await.body;
        assert!(page.contains("could not be kept here: a form that can hold files"), "{page}");
        assert!(page.contains("go back one page") && !page.contains("Send again</button>"), "{page}");
    }
}

/// Sent again by somebody who is logged in, the handler gets every byte.
#[actix_web::test]
async fn an_upload_in_time_reaches_the_handler_whole() {
    use actix_web::{App, test, web};
    use shared_claims::actix::{SharedLoginMiddleware, User};
    let issuer = TestIssuer::new();
    let app = App::new()
        .wrap(SharedLoginMiddleware::new(issuer.login()))
        .app_data(web::PayloadConfig::new(usize::MAX))
        .route("/", web::post().to(async |body: web::Bytes, _: User| body.len().to_string()))
        .route(
            "/maybe",
            web::post().to(async |user: Option<User>, body: web::Bytes| {
                format!("{} {}", user.is_some(), body.len())
            }),
        );
    let app = test::init_service(app).await;
    let body = form(&[("text", "x"), ("photo:photo.jpg", &"x".repeat(3_000_000))]);
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let whole = crate::support_web::answer(&app, uploads("/", &body).insert_header(("Cookie", ada))).await;
    assert_eq!(whole.body, body.len().to_string());
    // Behind `Option`, the handler runs for a stranger too, and nobody has read its form.
    let open = crate::support_web::answer(&app, uploads("/maybe", &body)).await;
    assert_eq!(open.body, format!("false {}", body.len()));
}

/// C7: the names of the files travel through the clearing of cookies.
#[actix_web::test]
async fn the_page_after_the_clearing_of_cookies_asks_for_the_files_too() {
    let issuer = TestIssuer::new();
    let two = ["ada@example.org", "eve@example.org"].map(|email| issuer.cookie(&issuer.claims_for(email)));
    let asked = async |address, form: &str| {
        ask(&issuer.login(), uploads(address, form).insert_header(("Cookie", two.join("; ")))).await
    };
    let page = asked("/private", &form(&[("text", "milk"), ("photo:a&b=c.jpg", "x")])).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("enctype=\"multipart/form-data\"") && !page.body.contains("type=\"file\""));
    let passed_on = "name=\"sso_file\" value=\"photo=a%26b%3Dc.jpg\"";
    assert!(page.body.contains(passed_on) && page.body.contains("value=\"milk\""), "{}", page.body);
    let pressed = form(&[("text", "milk"), ("sso_file", "photo=a%26b%3Dc.jpg")]);
    let cleared = asked("/private?sso_clear=1", &pressed).await;
    assert_eq!(cleared.status, StatusCode::UNAUTHORIZED);
    assert!(cleared.body.contains("Choose <bdi>a&amp;b=c.jpg</bdi> again"), "{}", cleared.body);
    assert!(
        !cleared.body.contains("sso_file") && cleared.body.contains("value=\"milk\""),
        "{}",
        cleared.body
    );
}

/// X12: the form of another person of the same browser.
#[actix_web::test]
async fn whoever_sends_anothers_files_is_asked_and_chooses_them_again() {
    let issuer = TestIssuer::new();
    let bob = issuer.cookie(&issuer.claims_for("bob@example.org"));
    let request = uploads("/private?sso_for=AAAAAAAAAAAAAAAA", &form(&[("photo:photo.jpg", "x")]));
    let page = ask(&issuer.login(), request.insert_header(("Cookie", bob))).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("Whose is this?") && page.body.contains("Choose <bdi>photo.jpg</bdi> again"));
    assert!(page.body.contains("enctype=\"multipart/form-data\"") && page.body.contains("Send as bob@"));
}

/// Over real connections, on both frameworks: the page arrives, whole, after a large upload.
#[test]
fn the_page_arrives_after_a_large_upload_on_both_frameworks() {
    use std::io::{Read, Write};
    let issuer = TestIssuer::new();
    let body = form(&[("text", "buy milk"), ("photo:photo.jpg", &"x".repeat(5_000_000))]);
    for service in [crate::empty_form::on_actix(&issuer), crate::empty_form::on_axum(&issuer)] {
        let mut stream = std::net::TcpStream::connect(service).unwrap();
        let head = format!(
            "POST /delete HTTP/1.1\r\nHost: demo.sso.localhost:8001\r\nConnection: close\r\n{}: {}\r\n\
             Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nContent-Length: {}\r\n\r\n",
            TYPE.0,
            TYPE.1,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        assert!(page.starts_with("HTTP/1.1 401 "), "{page}");
        assert!(
            page.contains("Choose <bdi>photo.jpg</bdi> again") && page.contains("value=\"buy milk\""),
            "{page}"
        );
    }
}
