//! Asking for another address does not tell who has an account: E4.

use crate::email_change::{CONFIRM, OLD, ask, logged_in};
use crate::support::{PASSWORD, Person, TestApp};

const TAKEN: &str = "eve@new.example";
const FREE: &str = "bob@new.example";
/// Another mailbox of the person who asks.
const OWN: &str = "ada@other.example";

/// Somebody who asks for others' addresses, and Eve with an account.
async fn asker(app: &TestApp) -> Person {
    app.user(TAKEN, PASSWORD).await;
    logged_in(app, OLD).await
}

/// Whether the link of a letter to a mailbox of the asker's still works tells nothing.
#[tokio::test]
async fn an_earlier_letter_is_replaced_whether_or_not_the_next_address_is_taken() {
    let mut replaced = Vec::new();
    for other in [TAKEN, FREE] {
        let app = TestApp::start_with_mail().await;
        let ada = asker(&app).await;
        ask(&ada, OWN).await;
        let link = app.letter_to(OWN).await.link();
        ask(&ada, other).await;
        app.letter_to(other).await;
        replaced.push(app.person().get(&link).await.status);
    }
    assert_eq!(replaced[0], replaced[1]);
}

/// How many more letters reach a mailbox of the asker's tells nothing.
#[tokio::test]
async fn letters_are_counted_whether_or_not_the_addresses_are_taken() {
    let mut counts = Vec::new();
    for other in [TAKEN, FREE] {
        let app = TestApp::start_with_mail().await;
        let ada = asker(&app).await;
        for to in [other, other, OWN, OWN] {
            ask(&ada, to).await;
        }
        app.letter_to(OWN).await;
        app.all_letters_are_sent().await;
        counts.push(app.mailbox.as_ref().unwrap().unread(OWN).len());
    }
    assert_eq!(counts, [0, 0], "three an hour");
}

/// T6: the last letter goes on working in the browser that asks too often.
#[tokio::test]
async fn beyond_the_limit_the_last_letter_goes_on_working() {
    let app = TestApp::start_with_mail().await;
    let ada = asker(&app).await;
    let mut code = String::new();
    for _ in 0..3 {
        ask(&ada, OWN).await;
        code = app.letter_to(OWN).await.code();
    }
    ask(&ada, OWN).await;
    app.assert_no_letter_to(OWN).await;
    let changed = ada.fill_in(CONFIRM, &[("code", &code)]).await;
    assert_eq!(changed.location(), "https://auth.example.org/", "{}", changed.text);
}
