//! Two at once: resets with one link or code, and resets against logins.

use std::sync::Arc;

use reqwest::StatusCode;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::password_reset::{ADA, NEW, RESET, ada_of, ask, assert_done, can_log_in, follow};
use crate::support::{Mailbox, PASSWORD, Person, Reply, TestApp, Tweaks, is_long_run};

const OTHER: &str = "nine copper owls at noon";

async fn start() -> TestApp {
    let tweaks = Tweaks { mailbox: Some(Mailbox::new()), whole_machine: true, ..Tweaks::default() };
    let app = TestApp::start_with(tweaks).await;
    ada_of(&app).await;
    app
}

fn rounds() -> usize {
    if is_long_run() { 40 } else { 8 }
}

/// Sends each at the same moment.
async fn at_once(posts: Vec<(Person, Vec<(&'static str, String)>)>) -> Vec<Reply> {
    let start = Arc::new(Barrier::new(posts.len()));
    let mut running = JoinSet::new();
    for (n, (person, fields)) in posts.into_iter().enumerate() {
        let start = start.clone();
        running.spawn(async move {
            start.wait().await;
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let path = if fields.iter().any(|(name, _)| *name == "email") { "/login" } else { RESET };
            (n, person.post(path, &fields).await)
        });
    }
    let mut replies = running.join_all().await;
    replies.sort_by_key(|(n, _)| *n);
    replies.into_iter().map(|(_, reply)| reply).collect()
}

/// A person with the page of a link, ready to send it.
async fn with_link(app: &TestApp, link: &str, password: &str) -> (Person, Vec<(&'static str, String)>) {
    let person = app.person();
    let page = person.get(link).await;
    let [csrf, token] = ["csrf_token", "token"].map(|name| page.field(name).unwrap());
    (person, vec![("csrf_token", csrf), ("token", token), ("password", password.to_owned())])
}

/// The next letter, where a day has passed, so that the limits leave room.
async fn next_letter(app: &TestApp, person: &Person) -> crate::support::Letter {
    app.wait(std::time::Duration::from_secs(24 * 3600 + 1));
    ask(person, ADA).await;
    loop {
        let letter = app.letter_to(ADA).await;
        // A notice of the round before may be the next.
        if letter.text.contains("token=") {
            return letter;
        }
    }
}

/// V3: of several at once with one link, one succeeds, and its password is the account's.
#[tokio::test]
async fn of_several_resets_with_one_link_exactly_one_succeeds() {
    let app = start().await;
    for round in 0..rounds() {
        let link = next_letter(&app, &app.person()).await.link();
        let passwords: Vec<String> = (0..4).map(|n| format!("seven tin boats {round} {n}")).collect();
        let mut posts = Vec::new();
        for password in &passwords {
            posts.push(with_link(&app, &link, password).await);
        }
        let replies = at_once(posts).await;
        let won: Vec<usize> = (0..4).filter(|n| replies[*n].status == StatusCode::SEE_OTHER).collect();
        assert_eq!(won.len(), 1, "round {round}");
        assert!(replies.iter().enumerate().all(|(n, reply)| n == won[0] || reply.status == StatusCode::GONE));
        for (n, password) in passwords.iter().enumerate() {
            assert_eq!(can_log_in(&app, password).await, n == won[0], "round {round}");
        }
    }
}

/// V3: the link and the code of one letter are one proof.
#[tokio::test]
async fn of_a_link_and_its_code_at_once_exactly_one_succeeds() {
    let app = start().await;
    for round in 0..rounds() {
        let ada = app.person();
        let letter = next_letter(&app, &ada).await;
        let csrf = ada.get(RESET).await.field("csrf_token").unwrap();
        let by_code =
            vec![("csrf_token", csrf), ("code", letter.code()), ("password", format!("{NEW} {round}"))];
        let by_link = with_link(&app, &letter.link(), &format!("{OTHER} {round}")).await;
        let replies = at_once(vec![(ada, by_code), by_link]).await;
        let won = replies.iter().filter(|reply| reply.status == StatusCode::SEE_OTHER).count();
        assert_eq!(won, 1, "round {round}");
    }
}

/// Five tries are five, also when they come at once.
#[tokio::test]
async fn of_many_codes_at_once_no_more_than_five_are_compared() {
    let app = start().await;
    let ada = app.person();
    let letter = next_letter(&app, &ada).await;
    let page = ada.get(RESET).await;
    let wrong = if letter.code() == "000000" { "000001" } else { "000000" };
    let fields = [("csrf_token", page.field("csrf_token").unwrap()), ("code", wrong.to_owned())];
    let fields = fields.into_iter().chain([("password", NEW.to_owned())]).collect::<Vec<_>>();
    let replies = at_once(vec![(ada, fields); 12]).await;
    let compared = replies.iter().filter(|reply| reply.says("That is not the code.")).count();
    let over = replies.iter().filter(|reply| reply.says("This code no longer works")).count();
    assert_eq!((compared, over), (4, 8));
}

/// V5, S5: whatever comes first, no login with the old password outlives the reset.
#[tokio::test]
async fn no_login_with_the_old_password_outlives_a_reset() {
    let app = start().await;
    let mut old = PASSWORD.to_owned();
    for round in 0..rounds() {
        let new = format!("{NEW} {round}");
        let link = next_letter(&app, &app.person()).await.link();
        let mut posts = vec![with_link(&app, &link, &new).await];
        let mut people = Vec::new();
        for _ in 0..3 {
            let person = app.person();
            let csrf = person.get("/login").await.field("csrf_token").unwrap();
            let fields = vec![("csrf_token", csrf), ("email", ADA.to_owned()), ("password", old.clone())];
            people.push(person.clone());
            posts.push((person, fields));
        }
        let replies = at_once(posts).await;
        assert_done(&replies[0]);
        for person in &people {
            assert!(!person.is_logged_in().await, "round {round}");
        }
        assert!(!can_log_in(&app, &old).await && can_log_in(&app, &new).await, "round {round}");
        old = new;
    }
}

/// T6: the limit holds for requests at the same moment.
#[tokio::test]
async fn of_many_requests_at_once_three_send_a_letter() {
    let app = start().await;
    let start = Arc::new(Barrier::new(10));
    let mut running = JoinSet::new();
    for n in 0..10 {
        let person = app.person();
        let csrf = person.get("/password/forgot").await.field("csrf_token").unwrap();
        let start = start.clone();
        running.spawn(async move {
            start.wait().await;
            // Of unknown addresses too, whose events are one row.
            let email = if n % 5 == 4 { format!("eve{n}@example.org") } else { ADA.to_owned() };
            person.post("/password/forgot", &[("csrf_token", &csrf), ("email", &email)]).await.status
        });
    }
    assert!(running.join_all().await.iter().all(|status| *status == StatusCode::SEE_OTHER));
    for _ in 0..3 {
        app.letter_to(ADA).await;
    }
    app.assert_no_letter_to(ADA).await;
    let asked: i64 = app.events("reset_requested").await.iter().map(|row| 1 + row.repeats).sum();
    assert_eq!(asked, 10);
}

/// The last letter is the one that works, whatever came at once.
#[tokio::test]
async fn of_letters_that_were_asked_for_at_once_one_works() {
    let app = start().await;
    let asking = app.person();
    ask(&asking, ADA).await;
    ask(&app.person(), ADA).await;
    let links = [app.letter_to(ADA).await.link(), app.letter_to(ADA).await.link()];
    let mut working = Vec::new();
    for link in &links {
        if app.person().get(link).await.status == StatusCode::OK {
            working.push(link.clone());
        }
    }
    assert_eq!(working.len(), 1);
    assert_done(&follow(&app.person(), &working[0], NEW).await);
}
