//! Registration where addresses are verified: nobody learns who has an account.

use auth_service::users::{Email, User};
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::support::{PASSWORD, Person, Reply, TestApp};

const KNOWN: &str = "ada@example.org";
const UNKNOWN: &str = "eve@example.org";
const VERIFY: &str = "/email/verify";

/// What an outsider can compare, without what differs at every visit.
fn seen(reply: &Reply) -> String {
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "x-request-id")
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            match value.split_once('=') {
                Some((cookie, rest)) if name == "set-cookie" => {
                    let (value, attributes) = rest.split_once(';').unwrap();
                    // Encrypted, so random, and some of its characters are encoded as three.
                    let bytes = percent_encoding::percent_decode_str(value).count();
                    format!("{name}: {cookie}=({bytes} bytes);{attributes}")
                }
                _ => format!("{name}: {value}"),
            }
        })
        .collect();
    headers.sort();
    let token = reply.field("csrf_token").unwrap_or_default();
    let text = if token.is_empty() { reply.text.clone() } else { reply.text.replace(&token, "(token)") };
    format!("{}\n{}\n\n{text}", reply.status, headers.join("\n"))
}

/// Registers, looks at the page for the code, tries codes, and asks again.
async fn whole_way(app: &TestApp, address: &str) -> Vec<String> {
    let person: Person = app.person();
    let mut all = vec![seen(&person.register(address, PASSWORD).await)];
    let page = person.get(VERIFY).await;
    all.push(seen(&page));
    for _ in 0..7 {
        // Of no letter, but for one in a million.
        all.push(seen(&person.fill_in(VERIFY, &[("code", "abcdef")]).await));
    }
    for _ in 0..4 {
        all.push(seen(&person.fill_in_on(&page, "/email/verify/again", &[]).await));
        all.push(seen(&person.get(VERIFY).await));
    }
    all.into_iter().map(|one| one.replace(address, "(address)")).collect()
}

/// E4
#[tokio::test]
async fn a_known_and_an_unknown_address_look_the_same_all_the_way() {
    let app = TestApp::start_with_mail().await;
    app.user(KNOWN, PASSWORD).await;
    let known = whole_way(&app, KNOWN).await;
    assert_eq!(known, whole_way(&app, UNKNOWN).await);
    assert!(known[0].starts_with("303") && known[1].contains("We sent an email to"), "{}", known[0]);
    let gone = app.user("joe@example.org", PASSWORD).await;
    app.sql(move |conn| User::set_active(conn, gone.id, false)).await;
    assert_eq!(known, whole_way(&app, "joe@example.org").await);
}

/// E4
#[tokio::test]
async fn the_owner_of_a_known_address_is_told_by_mail_and_nothing_of_the_account_changes() {
    let app = TestApp::start_with_mail().await;
    let before = app.user(KNOWN, PASSWORD).await;
    let eve = app.person();
    eve.register(KNOWN, "another long password 9").await;
    let letter = app.letter_to(KNOWN).await;
    assert_eq!(letter.subject, "You already have an account at One account");
    assert_eq!(letter.link(), "/login?");
    assert!(!letter.text.contains("Ada") && !letter.html.contains("Ada"), "a name could be anybody's words");
    let email = Email::parse(KNOWN).unwrap();
    assert_eq!(app.sql(move |conn| User::by_email(conn, &email)).await.unwrap(), before);
    let trail = app.trail().await;
    assert!(trail.iter().any(|row| row.event == "registered_again" && row.user() == Some(before.id.uuid())));
    // Three an hour.
    for _ in 0..4 {
        app.person().register(KNOWN, "another long password 9").await;
    }
    app.letter_to(KNOWN).await;
    app.letter_to(KNOWN).await;
    app.assert_no_letter_to(KNOWN).await;
}

/// The browser shows the answer to the second press.
#[tokio::test]
async fn a_form_that_was_sent_twice_makes_one_account_and_one_letter_whose_code_works() {
    let app = TestApp::start_for_a_race_with_mail().await;
    for round in 0..10 {
        let (ada, address) = (app.person(), format!("ada{round}@example.org"));
        let token = ada.get("/register").await.field("csrf_token").unwrap();
        let mut presses = JoinSet::new();
        for _ in 0..2 {
            let (ada, token, address) = (ada.clone(), token.clone(), address.clone());
            presses.spawn(async move {
                let fields = [
                    ("csrf_token", token.as_str()),
                    ("first_name", "Ada"),
                    ("last_name", ""),
                    ("email", &address),
                    ("password", PASSWORD),
                ];
                ada.post("/register", &fields).await
            });
        }
        for reply in presses.join_all().await {
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        }
        let code = app.letter_to(&address).await.code();
        app.assert_no_letter_to(&address).await;
        let entered = ada.fill_in(VERIFY, &[("code", &code)]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "round {round}: {}", entered.text);
        assert!(ada.is_logged_in().await);
    }
}

#[tokio::test]
async fn of_several_people_who_register_one_address_at_once_one_has_the_account() {
    let app = TestApp::start_for_a_race_with_mail().await;
    for round in 0..10 {
        let address = format!("ada{round}@example.org");
        let mut registrations = JoinSet::new();
        for n in 0..4 {
            let (person, address) = (app.person(), address.clone());
            registrations.spawn(async move {
                let reply = person.register(&address, &format!("violet harbour kites {n}")).await;
                (person, reply.status)
            });
        }
        let people = registrations.join_all().await;
        assert!(people.iter().all(|(_, status)| *status == StatusCode::SEE_OTHER));
        let mut verified = None;
        while verified.is_none() {
            let letter = app.letter_to(&address).await;
            verified = letter.text.contains("token=").then_some(letter);
        }
        let (code, mut logged_in) = (verified.unwrap().code(), 0);
        for (person, _) in &people {
            logged_in += usize::from(person.fill_in(VERIFY, &[("code", &code)]).await.status == 303);
        }
        assert_eq!(logged_in, 1, "round {round}");
    }
}

#[tokio::test]
async fn letters_are_in_the_language_of_the_page_and_the_account_remembers_it() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person().sending("accept-language", "de");
    ada.register(KNOWN, PASSWORD).await;
    assert_eq!(app.letter_to(KNOWN).await.subject, "Bestätigen Sie Ihre E-Mail-Adresse für Ein Konto");
    // Somebody else's language does not matter.
    app.person().sending("accept-language", "en").register(KNOWN, PASSWORD).await;
    assert_eq!(app.letter_to(KNOWN).await.subject, "Sie haben schon ein Konto bei Ein Konto");
}

/// V10: what somebody types reaches no header and no other reader.
#[tokio::test]
async fn names_and_addresses_of_letters_are_addresses_alone() {
    let app = TestApp::start_with_mail().await;
    let fields = [
        ("first_name", "Your bank <https://evil.example>"),
        ("last_name", "=?utf-8?q?Bcc?="),
        ("email", "ada+tag@example.org"),
        ("password", PASSWORD),
    ];
    app.person().fill_in("/register", &fields).await;
    let letter = app.letter_to("ada+tag@example.org").await;
    assert!(!letter.source.contains("evil") && !letter.source.to_lowercase().contains("bcc"));
    assert!(letter.source.contains("\r\nTo: ada+tag@example.org\r\n"), "{}", letter.source);
    for name in ["Ada\r\nBcc: x@example.org", "\u{200b}\u{200b}"] {
        let mut fields = fields;
        (fields[0].1, fields[2].1) = (name, "joe@example.org");
        let refused = app.person().fill_in("/register", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
    }
}

/// T6, E7: each registration sends a letter to whomever, so a network sends no more than some.
#[tokio::test]
async fn a_network_that_registers_too_often_is_told_so_whether_or_not_addresses_are_known() {
    let app = TestApp::start_with_mail().await;
    app.user(KNOWN, PASSWORD).await;
    for n in 0..60 {
        let registered = app.person().register(&format!("joe{n}@example.org"), PASSWORD).await;
        assert_eq!(registered.status, StatusCode::SEE_OTHER, "{n}");
    }
    let mut refusals = Vec::new();
    for address in [KNOWN, UNKNOWN] {
        let refused = app.person().register(address, PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        refusals.push(seen(&refused).replace(address, "(address)"));
    }
    assert_eq!(refusals[0], refusals[1]);
    app.assert_no_letter_to(KNOWN).await;
    app.wait(std::time::Duration::from_secs(10 * 60));
    assert_eq!(app.person().register(UNKNOWN, PASSWORD).await.status, StatusCode::SEE_OTHER);
}
