//! Fetch Metadata: persons and programs, by the headers that browsers were seen to send. Persons
//! are redirected, scripts get a problem.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::web::{Reader, RequestInfo, RequestKind};

use crate::support_web::{Answer, ask, opens};

const LOGIN: &str =
    "http://auth.sso.localhost:8000/login?next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate";

/// `Accept` of a page load.
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

type Sent = Vec<(&'static str, &'static str)>;

/// `Sec-Fetch-Mode`, `-Dest` and `-Site`, and `Accept`; what is empty was not sent.
fn sent(mode: &'static str, dest: &'static str, site: &'static str, accept: &'static str) -> Sent {
    let all =
        [("sec-fetch-mode", mode), ("sec-fetch-dest", dest), ("sec-fetch-site", site), ("accept", accept)];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn people() -> Vec<(&'static str, Sent)> {
    vec![
        ("a tab", sent("navigate", "document", "none", HTML)),
        ("a link from elsewhere", sent("navigate", "document", "cross-site", HTML)),
        ("a service worker in Chromium", sent("navigate", "empty", "same-origin", HTML)),
        ("a service worker in Firefox", sent("same-origin", "empty", "same-origin", HTML)),
        (
            "a service worker that copies the request",
            sent("same-origin", "empty", "same-origin", "text/html"),
        ),
        ("a download in Chromium", sent("navigate", "empty", "same-origin", "")),
        ("a download that takes anything", sent("navigate", "empty", "same-origin", "*/*")),
        (
            "a download that would rather have JSON",
            sent("navigate", "empty", "same-origin", "application/json"),
        ),
        ("a frame of this service", sent("navigate", "iframe", "same-origin", HTML)),
        ("a frame of a sibling", sent("navigate", "iframe", "same-site", HTML)),
        ("an old frame", sent("navigate", "frame", "same-origin", HTML)),
        ("an object", sent("navigate", "object", "same-origin", HTML)),
        ("an embedded page", sent("navigate", "embed", "same-origin", HTML)),
        ("a mode that nobody knows yet", sent("navigate-soon", "document", "same-origin", HTML)),
        ("a destination that nobody knows yet", sent("navigate", "window", "same-origin", HTML)),
        ("headers merged by a proxy", sent("navigate, navigate", "document, document", "none", HTML)),
        ("a browser without Fetch Metadata", sent("", "", "", HTML)),
        ("one that likes XHTML better", sent("", "", "", "application/xhtml+xml,text/html;q=0.9,*/*;q=0.5")),
        (
            "WebKit of old",
            sent("", "", "", "application/xml,application/xhtml+xml,text/html;q=0.9,*/*;q=0.5"),
        ),
        ("a text browser", sent("", "", "", "text/*,image/*;q=0.5,*/*;q=0.2")),
    ]
}

fn programs() -> Vec<(&'static str, Sent)> {
    vec![
        ("fetch", sent("cors", "empty", "same-origin", "*/*")),
        ("fetch that asks for HTML, as Turbo does", sent("cors", "empty", "same-origin", HTML)),
        ("fetch within one origin", sent("same-origin", "empty", "same-origin", "*/*")),
        ("an image", sent("no-cors", "image", "same-origin", "image/*,*/*;q=0.8")),
        ("a style sheet", sent("no-cors", "style", "same-origin", "text/css,*/*;q=0.1")),
        ("a worker", sent("same-origin", "worker", "same-origin", "*/*")),
        ("server-sent events", sent("cors", "empty", "same-origin", "text/event-stream")),
        ("a WebSocket in Firefox", sent("websocket", "empty", "same-origin", "*/*")),
        ("a frame of another site", sent("navigate", "iframe", "cross-site", HTML)),
        ("curl", sent("", "", "", "*/*")),
        ("nothing at all", sent("", "", "", "")),
        ("a client for JSON", sent("", "", "", "application/json, text/plain, */*")),
        ("JSON before HTML", sent("", "", "", "application/json, text/html")),
        ("JSON:API before HTML", sent("", "", "", "application/vnd.api+json, text/html;q=0.9")),
    ]
}

async fn asked(method: &str, headers: &Sent) -> Answer {
    let mut request = TestRequest::with_uri("/private").method(method.parse().unwrap());
    for header in headers {
        request = request.append_header(*header);
    }
    // Identifies the sender, so that no form is refused for lack of it.
    ask(&TestIssuer::new().login(), request.insert_header(("Origin", "http://demo.sso.localhost:8001"))).await
}

#[actix_web::test]
async fn every_person_who_opens_a_page_is_sent_to_the_login_and_back() {
    for (who, headers) in people() {
        let answer = asked("GET", &headers).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, LOGIN), "{who}");
    }
}

#[actix_web::test]
async fn every_program_gets_a_problem() {
    for (who, headers) in programs() {
        let answer = asked("GET", &headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{who}");
        assert_eq!(answer.json()["code"], "login_required", "{who}");
    }
}

/// Also a form that a service worker passes on, or that is in a frame.
#[actix_web::test]
async fn every_person_who_sends_a_form_keeps_it() {
    for (who, headers) in people() {
        let is_ours =
            headers.iter().all(|(name, value)| *name != "sec-fetch-site" || *value == "same-origin");
        if is_ours {
            let answer = asked("POST", &headers).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{who}");
            assert!(answer.body.contains("<h1>Send this again</h1>"), "{who}: {}", answer.body);
        }
    }
}

#[test]
fn the_rule_is_there_for_others_to_use() {
    let read = |method, headers: &Sent| {
        let asked = RequestInfo::new(method, "/", headers);
        (asked.reader(), asked.kind(), asked.wants_page())
    };
    let tab = sent("navigate", "document", "none", HTML);
    assert_eq!(read("GET", &tab), (Reader::Tab, RequestKind::Navigation, true));
    assert_eq!(read("HEAD", &tab), (Reader::Tab, RequestKind::Navigation, true));
    assert_eq!(read("POST", &tab), (Reader::Tab, RequestKind::PostedForm, true));
    assert_eq!(read("PUT", &tab), (Reader::Tab, RequestKind::Other, true));
    let frame = sent("navigate", "iframe", "same-site", HTML);
    assert_eq!(read("GET", &frame), (Reader::Frame, RequestKind::Navigation, true));
    let script = sent("cors", "empty", "same-origin", HTML);
    assert_eq!(read("POST", &script), (Reader::Program, RequestKind::Other, false));
    assert_eq!(read("GET", &vec![]), (Reader::Unknown, RequestKind::Other, false));
}

/// A response to a page's own frame may be framed by this service, and by no other site.
#[actix_web::test]
async fn a_page_in_an_own_frame_may_be_shown_there() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for (dest, site, ancestors) in [
        ("iframe", "same-origin", "'self'"),
        ("iframe", "same-site", "'none'"),
        ("document", "same-origin", "'none'"),
        ("document", "none", "'none'"),
    ] {
        let request = opens("/staff")
            .insert_header(("Sec-Fetch-Dest", dest))
            .insert_header(("Sec-Fetch-Site", site))
            .insert_header(("Cookie", ada.clone()));
        let answer = ask(&issuer.login(), request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("<h1>Not for this account</h1>"), "{dest} {site}: {}", answer.body);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains(&format!("frame-ancestors {ancestors};")), "{dest} {site}: {policy}");
    }
}

/// Both detours are for pages only. A download takes neither; a page that a service worker passes
/// on takes them.
#[actix_web::test]
async fn a_page_that_a_service_worker_passes_on_takes_the_detours_and_a_download_does_not() {
    let issuer = TestIssuer::new();
    for (who, accept, expected) in
        [("page", HTML, StatusCode::SEE_OTHER), ("download", "*/*", StatusCode::OK)]
    {
        let request = TestRequest::get()
            .uri("/")
            .insert_header(("Sec-Fetch-Mode", "navigate"))
            .insert_header(("Sec-Fetch-Dest", "empty"))
            .insert_header(("Accept", accept))
            .insert_header(("Cookie", "__Secure-sso_hint=1"));
        assert_eq!(ask(&issuer.login(), request).await.status, expected, "{who}");
    }
}
