//! Asking for a new password tells nobody whether an address has an account: E5.

use auth_service::password_reset::{Asking, Desk};
use auth_service::users::{Email, User};
use reqwest::StatusCode;

use crate::password_reset::{ADA, FORGOT, NEW, RESET, ada_of, ask, start, type_code};
use crate::support::{PASSWORD, Person, Reply, TestApp, asked};

/// What an outsider can compare. All addresses have the same length.
fn seen(reply: &Reply) -> String {
    ["eve@", "joe@", "bea@"].iter().fold(reply.seen(), |text, who| text.replace(who, "ada@"))
}

/// Ada has an account, Joe's is inactive, Bea was sent as many letters as there may be, and Eve has
/// none.
async fn people() -> TestApp {
    let app = start().await;
    let joe = app.user("joe@example.org", PASSWORD).await;
    app.user("bea@example.org", PASSWORD).await;
    app.sql(move |conn| User::set_active(conn, joe.id, false)).await;
    for _ in 0..3 {
        ask(&app.person(), "bea@example.org").await;
        app.letter_to("bea@example.org").await;
    }
    app
}

const PEOPLE: [&str; 4] = [ADA, "joe@example.org", "bea@example.org", "eve@example.org"];

/// Everything that a browser is answered: the request, the page, four wrong codes and the last.
async fn answers(person: &Person, email: &str) -> Vec<String> {
    let mut answers = vec![seen(&person.get(FORGOT).await), seen(&ask(person, email).await)];
    answers.push(seen(&person.get(RESET).await));
    answers.push(seen(&type_code(person, "000000", "short").await));
    answers.push(seen(&type_code(person, "", NEW).await));
    for code in ["000000", "000 000", "1", "x1", "000-000", "000000"] {
        answers.push(seen(&type_code(person, code, NEW).await));
    }
    answers
}

/// E5, V6
#[tokio::test]
async fn a_known_an_unknown_and_an_inactive_address_get_the_same_answers() {
    let app = people().await;
    let known = answers(&app.person(), ADA).await;
    assert!(known[5].contains("You have 4 more tries."), "{}", known[5]);
    assert!(known[9].contains("This code no longer works"), "{}", known[9]);
    for other in &PEOPLE[1..] {
        for (n, answer) in answers(&app.person(), other).await.iter().enumerate() {
            assert_eq!(*answer, known[n], "{other}, answer {n}");
        }
        app.assert_no_letter_to(other).await;
    }
    app.letter_to(ADA).await;
}

/// E5: a password that is like the owner's name is refused alike, because only the typed address
/// is compared.
#[tokio::test]
async fn the_judgement_of_a_password_does_not_tell_of_an_account() {
    let app = people().await;
    for password in ["ada.example.org1", "Ada-Lovelace 1815!", "lovelace lovelace 12"] {
        let mut seen_of = Vec::new();
        for email in [ADA, "eve@example.org"] {
            let person = app.person();
            ask(&person, email).await;
            let password = password.replace("ada", &email[..3]);
            seen_of.push(seen(&type_code(&person, "000000", &password).await));
        }
        assert_eq!(seen_of[0], seen_of[1], "{password}");
    }
    // Whoever holds a link is the owner.
    ask(&app.person(), "joe@example.org").await;
    let app = start().await;
    ask(&app.person(), ADA).await;
    let link = app.letter_to(ADA).await.link();
    let refused = crate::password_reset::follow(&app.person(), &link, "Ada-Lovelace 1815!").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// E5: the work is the same, statement by statement, the first time and when it is counted.
#[tokio::test]
async fn the_database_is_asked_the_same_for_every_address() {
    let app = TestApp::start_with_mail().await;
    ada_of(&app).await;
    let joe = app.user("joe@example.org", PASSWORD).await;
    app.sql(move |conn| User::set_active(conn, joe.id, false)).await;
    let instance = app.instance();
    let desk = Desk::from(&instance);
    let context = app.service();
    let statements = async |email: &str| {
        let asking = Asking { email: Email::parse(email).unwrap(), language: "en".to_owned() };
        let (desk, context) = (desk.clone(), context.clone());
        let all = move |conn: &mut _| Ok(asked(conn, |conn| asking.run(conn, &desk, &context).unwrap()));
        // Columns that stay NULL are left out of an INSERT.
        let kind = |sql: String| sql.split(" (").next().unwrap().to_owned();
        app.sql(all).await.into_iter().map(kind).collect::<Vec<_>>()
    };
    let first = statements(ADA).await;
    assert!(first.iter().any(|sql| sql.starts_with("INSERT INTO") && sql.contains("proofs")), "{first:?}");
    for other in ["eve@example.org", "joe@example.org"] {
        assert_eq!(statements(other).await, first, "{other}");
    }
    let counted = statements(ADA).await;
    assert_ne!(counted, first);
    for email in ["eve@example.org", "joe@example.org", ADA] {
        assert_eq!(statements(email).await, counted, "{email}");
    }
    // Beyond the limit, its event is the first of its kind, and is counted then.
    assert_eq!(statements(ADA).await, first);
    assert_eq!(statements(ADA).await, counted);
}

/// E7, T6: a network that asks for many letters gets the same answer for every address.
#[tokio::test]
async fn a_network_that_asks_too_often_is_told_so_whomever_it_asks_for() {
    let app = start().await;
    for n in 0..20 {
        ask(&app.person(), &format!("ada{n}@example.org")).await;
    }
    let mut refusals = Vec::new();
    for email in [ADA, "eve@example.org"] {
        let refused = app.person().fill_in(FORGOT, &[("email", email)]).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        refusals.push(seen(&refused));
    }
    assert_eq!(refusals[0], refusals[1]);
    app.assert_no_letter_to(ADA).await;
    app.wait(std::time::Duration::from_secs(10 * 60));
    ask(&app.person(), ADA).await;
    app.letter_to(ADA).await;
}

/// T6: no more than three letters an hour, and the last of them goes on working.
#[tokio::test]
async fn no_account_is_sent_more_than_three_letters_an_hour() {
    let app = start().await;
    let mut last = String::new();
    for _ in 0..3 {
        ask(&app.person(), ADA).await;
        last = app.letter_to(ADA).await.link();
    }
    ask(&app.person(), ADA).await;
    app.assert_no_letter_to(ADA).await;
    assert_eq!(app.person().get(&last).await.status, StatusCode::OK);
}
