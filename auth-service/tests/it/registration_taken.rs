//! Registration reveals whether an address has an account, and limits such answers: W4.

use std::time::Duration;

use auth_service::config::ServeFlags;
use reqwest::StatusCode;

use crate::support::{PASSWORD, Person, Reply, TestApp, Tweaks};

const TAKEN: &str = "This email address already has an account.";

async fn start(bcrypt_cost: u32) -> TestApp {
    let flags = ServeFlags { trusted_proxies: Some("127.0.0.1".to_owned()), ..ServeFlags::default() };
    let tweaks = Tweaks { flags, bcrypt_cost: Some(bcrypt_cost), whole_machine: true, ..Tweaks::default() };
    let app = TestApp::start_with(tweaks).await;
    app.user("ada@example.org", PASSWORD).await;
    app
}

fn coming_from(app: &TestApp, address: &str) -> Person {
    app.person().sending("x-forwarded-for", address)
}

/// The parts of a response that an outsider can compare.
fn seen(reply: &Reply) -> String {
    let token = reply.field("csrf_token").expect("a form");
    format!("{} {}", reply.status, reply.text.replace(&token, "(token)"))
}

/// W4: with another mistake in the form, the response does not depend on the address.
#[tokio::test]
async fn a_form_that_makes_no_account_does_not_tell_whether_the_address_has_one() {
    let app = start(4).await;
    for (name, value) in [("password", "short"), ("first_name", ""), ("last_name", "a\nb")] {
        let answer = |email: &'static str| {
            let person = app.person();
            async move {
                let mut fields = vec![
                    ("first_name", "Ada"),
                    ("last_name", "Lovelace"),
                    ("email", email),
                    ("password", PASSWORD),
                ];
                fields.iter_mut().find(|(field, _)| *field == name).unwrap().1 = value;
                person.fill_in("/register", &fields).await
            }
        };
        let (known, unknown) = (answer("ada@example.org").await, answer("eve@example.org").await);
        assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(seen(&known), seen(&unknown).replace("eve@", "ada@"), "{name}");
    }
}

/// W4: an answer about a taken address costs a hash in the common pool, so many at once fill the
/// queue.
#[tokio::test]
async fn that_an_address_is_taken_is_told_for_the_work_of_an_account() {
    let app = start(10).await;
    let page = app.person().get("/register").await;
    let (token, cookie) = (page.field("csrf_token").unwrap(), page.cookies().remove(0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Many more than the queue has places, because some become free before the last arrives.
    let questions: Vec<_> = (0..cores * 17 + 40)
        .map(|n| {
            let (person, token) = (coming_from(&app, &format!("198.51.{n}.7")), token.clone());
            person.set_cookie(&cookie.name, &cookie.value);
            tokio::spawn(async move {
                let fields = [
                    ("first_name", "Ada"),
                    ("last_name", "Lovelace"),
                    ("email", "ada@example.org"),
                    ("password", PASSWORD),
                    ("csrf_token", token.as_str()),
                ];
                person.post("/register", &fields).await
            })
        })
        .collect();
    let (mut told, mut overloaded) = (0, 0);
    for question in questions {
        let reply = question.await.unwrap();
        match reply.status {
            StatusCode::UNPROCESSABLE_ENTITY => {
                assert!(reply.says(TAKEN));
                told += 1;
            }
            StatusCode::SERVICE_UNAVAILABLE => overloaded += 1,
            other => panic!("{other}"),
        }
    }
    assert!(told >= cores && overloaded >= 1, "{told} told, {overloaded} overloaded");
}

/// W4: answers are counted for each network, and refusals are shown in the form.
#[tokio::test]
async fn a_network_that_tries_many_addresses_is_told_no_more_for_a_while() {
    let app = start(4).await;
    let guesser = coming_from(&app, "203.0.113.7");
    for n in 0..20 {
        let told = guesser.register("ada@example.org", PASSWORD).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
        assert!(told.says(TAKEN), "{n}");
    }
    let neighbour = coming_from(&app, "203.0.113.8");
    for email in ["ada@example.org", "new@example.org"] {
        let refused = neighbour.register(email, PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        assert!(refused.says("Please try again in ten minutes") && !refused.says(TAKEN), "{email}");
        assert_eq!(refused.field("email").as_deref(), Some(email), "what was typed is kept");
    }
    let other = coming_from(&app, "203.0.114.7");
    assert!(other.register("ada@example.org", PASSWORD).await.says(TAKEN));
    app.wait(Duration::from_secs(10 * 60));
    assert_eq!(neighbour.register("new@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

/// W4: concurrent requests from all networks of one customer, just before and after the ten minutes
/// end.
#[tokio::test]
async fn a_burst_is_told_no_more_than_one_after_the_other() {
    let app = start(4).await;
    let burst = async |networks: std::ops::Range<u32>| {
        let questions: Vec<_> = networks
            .map(|n| {
                let guesser = coming_from(&app, &format!("2001:db8:0:{n:x}::7"));
                tokio::spawn(async move { guesser.register("ada@example.org", PASSWORD).await })
            })
            .collect();
        let mut told = 0;
        for question in questions {
            told += usize::from(question.await.unwrap().says(TAKEN));
        }
        told
    };
    assert_eq!(burst(0..1).await, 1);
    // A burst may take some seconds.
    app.wait(Duration::from_secs(9 * 60 + 40));
    assert_eq!(burst(1..60).await, 19);
    app.wait(Duration::from_secs(20));
    assert_eq!(burst(60..80).await, 1, "the first is ten minutes ago, and no other");
}

/// W4: registrations that reveal nothing are not counted. So more than twenty people of one network
/// can create accounts, as many at once as may queue for one network.
#[tokio::test]
async fn a_class_behind_one_address_makes_its_accounts() {
    let app = start(4).await;
    for row in 0..4 {
        let pupils: Vec<_> = (0..6)
            .map(|seat| {
                let pupil = coming_from(&app, "203.0.113.7");
                let email = format!("pupil{row}{seat}@example.org");
                tokio::spawn(async move { pupil.register(&email, PASSWORD).await })
            })
            .collect();
        for pupil in pupils {
            assert_eq!(pupil.await.unwrap().status, StatusCode::SEE_OTHER, "row {row}");
        }
    }
}
