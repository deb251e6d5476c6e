//! Notes: `/notes`.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;

use crate::people::{AUTH, Browser, Demo, FORM, SELF};

#[actix_web::test]
async fn you_must_be_logged_in_to_see_your_notes() {
    let answer = Demo::new().anonymous().opens("/notes").await;
    answer.redirects_to(&format!("{AUTH}/login?next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fnotes"));
}

#[actix_web::test]
async fn a_note_is_kept_until_it_is_deleted() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    ada.opens("/notes").await.shows("Nothing yet");
    ada.posts("/notes", "text=milk%0D%0Abread").await.redirects_to("/notes?saved");
    ada.posts("/notes", "text=Zo%C3%AB+%F0%9F%8C%8A").await.redirects_to("/notes?saved");
    let page = ada.opens("/notes").await;
    page.shows("milk\nbread");
    assert!(page.body.find("Zoë 🌊") < page.body.find("milk"), "the newest first");

    let id = first_id(&page.body);
    ada.posts("/notes", format!("delete={id}")).await.redirects_to("/notes?deleted");
    // A form that is sent twice, by a second tab or a double click.
    ada.posts("/notes", format!("delete={id}")).await.redirects_to("/notes?deleted");
    let page = ada.opens("/notes").await;
    page.does_not_show("Zoë");
    page.shows("milk");
}

/// Otherwise one person could fill the disk, or request a page that fills the memory.
#[actix_web::test]
async fn one_person_keeps_so_many_notes_and_is_told_what_to_do() {
    let demo = Demo::new();
    let (ada, eve) = (demo.logged_in("ada@example.org"), demo.logged_in("eve@example.org"));
    for n in 1..200 {
        ada.posts("/notes", format!("text=note+{n}")).await.redirects_to("/notes?saved");
    }
    // If the button is pressed twice for the last possible note, only one is added.
    for _ in 0..2 {
        let last = "text=note+200&once=01a21ccf-69b9-7730-83eb-000000000001";
        ada.posts("/notes", last).await.redirects_to("/notes?saved");
    }
    let refused = ada.posts("/notes", "text=one+too+many").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("You have 200 notes, and nobody can keep more. Delete one first.");
    refused.shows("\none too many</textarea>");
    eve.posts("/notes", "text=my+first").await.redirects_to("/notes?saved");

    let id = first_id(&ada.opens("/notes").await.body);
    ada.posts("/notes", format!("delete={id}")).await.redirects_to("/notes?deleted");
    ada.posts("/notes", "text=one+too+many").await.redirects_to("/notes?saved");
    ada.opens("/notes").await.shows("one too many");
}

/// This needs no script. The page that keeps a form keeps the identifier too.
#[actix_web::test]
async fn two_presses_of_one_button_are_one_note() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    let once = |page: &str| {
        let at = page.find("name=\"once\" value=\"").expect("the form names itself") + 19;
        page[at..at + 36].to_owned()
    };
    let form = once(&ada.opens("/notes").await.body);
    let late = demo.expired("ada@example.org").posts("/notes", format!("text=milk&once={form}")).await;
    assert_eq!(once(&late.body), form, "of the form that is kept, too");
    for _ in 0..2 {
        ada.posts("/notes", format!("text=milk&once={form}")).await.redirects_to("/notes?saved");
    }
    let page = ada.opens("/notes").await;
    assert_eq!(page.body.matches(">milk<").count(), 1, "{}", page.body);

    // The same form with another text, a new form with the same text, and another person's form.
    ada.posts("/notes", format!("text=bread&once={form}")).await.redirects_to("/notes?saved");
    ada.posts("/notes", format!("text=milk&once={}", once(&page.body))).await.redirects_to("/notes?saved");
    let page = ada.opens("/notes").await;
    assert_eq!((page.body.matches(">milk<").count(), page.body.matches(">bread<").count()), (2, 1));
    let eve = demo.logged_in("eve@example.org");
    eve.posts("/notes", format!("text=milk&once={form}")).await.redirects_to("/notes?saved");
    eve.opens("/notes").await.shows(">milk<");
}

#[actix_web::test]
async fn nobody_sees_or_deletes_the_notes_of_another() {
    let demo = Demo::new();
    let (ada, eve, staff) = (
        demo.logged_in("ada@example.org"),
        demo.logged_in("eve@example.org"),
        demo.staff("grace@example.org"),
    );
    ada.posts("/notes", "text=for+my+eyes+only").await.redirects_to("/notes?saved");
    let id = first_id(&ada.opens("/notes").await.body);
    for other in [&eve, &staff] {
        other.opens("/notes").await.does_not_show("for my eyes only");
        other.posts("/notes", format!("delete={id}")).await.redirects_to("/notes?deleted");
    }
    ada.opens("/notes").await.shows("for my eyes only");
}

#[actix_web::test]
async fn all_notes_are_deleted_only_by_who_has_just_logged_in() {
    let demo = Demo::new();
    let (ada, eve) = (demo.logged_in("ada@example.org"), demo.logged_in("eve@example.org"));
    for browser in [&ada, &eve] {
        browser.posts("/notes", "text=keep+me").await.redirects_to("/notes?saved");
    }
    let mut old = demo.issuer.claims_for("ada@example.org");
    old.auth_time -= 3600;
    let page = demo.logged_in_with(&old).posts("/notes/all", "").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.shows(&format!("href=\"{AUTH}/login?max_age=600&amp;next=%2Flogin%2Fdone\""));
    page.shows(&format!("action=\"{SELF}/notes/all\""));
    ada.opens("/notes").await.shows("keep me");

    ada.posts("/notes/all", "").await.redirects_to("/notes?all-deleted");
    ada.opens("/notes").await.shows("Nothing yet");
    eve.opens("/notes").await.shows("keep me");
}

#[actix_web::test]
async fn a_note_sent_a_second_too_late_is_not_lost() {
    let demo = Demo::new();
    let late = demo.expired("ada@example.org").posts("/notes", "text=%3Cb%3Elong+thought%3C%2Fb%3E").await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    late.shows("<dt>Text</dt><dd dir=\"auto\">&lt;b&gt;long thought&lt;/b&gt;</dd>");
    late.shows("name=\"text\" value=\"&lt;b&gt;long thought&lt;/b&gt;\"");
    late.shows(&format!("action=\"{SELF}/notes\""));
    late.shows(&format!("<iframe src=\"{AUTH}/login/frame\""));
    assert!(late.header("content-security-policy").contains(&format!("frame-src {AUTH};")));

    let ada = demo.logged_in("ada@example.org");
    ada.opens("/notes").await.shows("Nothing yet");
    ada.posts("/notes", "text=%3Cb%3Elong+thought%3C%2Fb%3E").await.redirects_to("/notes?saved");
    ada.opens("/notes").await.shows("&lt;b&gt;long thought&lt;/b&gt;");
}

#[actix_web::test]
async fn a_bad_note_comes_back_with_a_message_and_what_was_typed() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    let long = format!("&lt;/textarea&gt;{}", "x".repeat(1_001));
    for (typed, message) in [("", "Write something first."), (&long, "This is too long")] {
        let sent = typed.replace("&lt;", "%3C").replace("&gt;", "%3E");
        let page = ada.posts("/notes", format!("text={sent}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows(message);
        page.shows("aria-invalid=\"true\" aria-describedby=\"text-error\"");
        page.shows(&format!("\n{typed}</textarea>"));
    }
    ada.opens("/notes").await.shows("Nothing yet");
}

#[actix_web::test]
async fn the_longest_note_fits_whatever_its_characters() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    ada.posts("/notes", format!("text={}", "%F0%9F%8C%8A".repeat(1_000))).await.redirects_to("/notes?saved");
}

/// I1
#[actix_web::test]
async fn hostile_text_is_shown_as_text() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    for (sent, shown) in [
        ("%3Cscript%3Ealert%281%29%3C%2Fscript%3E", "&lt;script&gt;alert(1)"),
        ("%3C%2Ftextarea%3E%22%27%26", "&lt;/textarea&gt;&quot;&#39;&amp;"),
        ("%7B%7B+site.auth_url+%7D%7D%7B%25+raw+%25%7D", "{{ site.auth_url }}{% raw %}"),
        ("%E2%80%AEright+to+left", "\u{202e}right to left"),
        ("%27%3B+DROP+TABLE+notes%3B--", "&#39;; DROP TABLE notes;--"),
        ("%FF%FE", "\u{fffd}"),
    ] {
        ada.posts("/notes", format!("text={sent}")).await.redirects_to("/notes?saved");
        let page = ada.opens("/notes").await;
        page.shows(shown);
        page.does_not_show("<script");
    }
}

/// I1, I2, I3, I5, X8
#[actix_web::test]
async fn what_is_not_our_form_is_refused_with_a_page() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    for form in [
        "",
        "delete=1&text=x",
        "text=a&once=x",
        "delete=x",
        "delete=99999999999",
        "text=a&text=b",
        "text=a&user_uuid=b",
    ] {
        refused(&ada, FORM, form.to_owned(), StatusCode::BAD_REQUEST, "Not understood").await;
    }
    for nul in ["text=%00", "text=a%1B%5B31m"] {
        refused(&ada, FORM, nul.to_owned(), StatusCode::UNPROCESSABLE_ENTITY, "cannot be shown").await;
    }
    for media_type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        refused(&ada, media_type, "text=x".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not a form")
            .await;
    }
    let huge = format!("text={}", "x".repeat(16 * 1024));
    refused(&ada, FORM, huge, StatusCode::PAYLOAD_TOO_LARGE, "Too much at once").await;
    ada.opens("/notes").await.shows("Nothing yet");
}

async fn refused(
    browser: &Browser<'_>,
    media_type: &'static str,
    body: String,
    status: StatusCode,
    words: &str,
) {
    let answer = browser
        .asks(browser.form("/notes", "same-origin", SELF, body).insert_header((CONTENT_TYPE, media_type)));
    let answer = answer.await;
    assert_eq!(answer.status, status);
    answer.shows(words);
    answer.shows("href=\"/style.css\"");
}

fn first_id(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"delete\" value=\"").expect("a note");
    rest.split('"').next().unwrap().to_owned()
}

/// X12: Ada's page lies open, and Bob has logged in in another tab.
#[actix_web::test]
async fn a_note_that_ada_typed_is_not_filed_under_bob_without_a_question() {
    let demo = Demo::new();
    let [ada, bob] = ["ada@example.org", "bob@example.org"].map(|email| demo.logged_in(email));
    ada.posts("/notes", "text=first").await.redirects_to("/notes?saved");
    let mark = demo.issuer.claims_for("ada@example.org").form_mark();
    for action in ["/notes", "/notes/all"] {
        ada.opens(action).await.shows(&format!("action=\"{action}?sso_for={mark}\""));
    }
    for (action, form) in [("/notes", "text=only+mine"), ("/notes/all", "")] {
        let asked = bob.posts(&format!("{action}?sso_for={mark}"), form).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        asked.shows("Whose is this?");
        asked.shows("Send as bob@example.org");
    }
    bob.opens("/notes").await.shows("Nothing yet");
    ada.posts(&format!("/notes?sso_for={mark}"), "text=only+mine").await.redirects_to("/notes?saved");
    ada.opens("/notes").await.shows("only mine");
}

/// No script is needed to be asked.
#[actix_web::test]
async fn who_deletes_is_asked_first_and_told_afterwards() {
    let demo = Demo::new();
    let ada = demo.logged_in("ada@example.org");
    ada.opens("/notes/all").await.shows("You have no notes.");
    ada.posts("/notes", "text=milk").await.redirects_to("/notes?saved");
    ada.posts("/notes", "text=bread").await.redirects_to("/notes?saved");
    let page = ada.opens("/notes?saved").await;
    page.shows("role=\"status\">Saved.</p>");
    page.shows("<summary class=\"button button-quiet\"");
    page.shows("href=\"/notes/all\"");
    ada.opens("/notes?saved=%3Cb%3E").await.does_not_show("role=\"status\"");

    let asked = ada.opens("/notes/all").await;
    asked.shows("Your 2 notes will be gone for good.");
    asked.shows("button-danger");
    ada.opens("/notes").await.shows("milk");
    ada.posts("/notes/all", "").await.redirects_to("/notes?all-deleted");
    ada.opens("/notes?all-deleted").await.shows("All your notes are deleted.");
    assert_eq!(demo.anonymous().opens("/notes/all").await.status, StatusCode::SEE_OTHER);
}
