//! The marks that a browser keeps of accounts that were logged in there: W2.

use std::time::Duration;

use reqwest::StatusCode;

use crate::support::{BROWSER, PASSWORD, Person, TestApp};

const DAY: Duration = Duration::from_secs(86_400);

async fn with_people(count: usize) -> TestApp {
    let app = TestApp::start().await;
    for n in 0..count {
        app.user(&format!("p{n}@example.org"), PASSWORD).await;
    }
    app
}

/// How long the browser keeps its cookie, in seconds.
fn life(reply: &crate::support::Reply) -> i64 {
    reply.cookie(BROWSER).expect("a browser cookie").max_age()
}

/// W2: the mark helps at the next login, so it outlives a session. Without a login the cookie
/// expires soon.
#[tokio::test]
async fn a_browser_is_known_for_long_once_somebody_has_logged_in() {
    let app = with_people(1).await;
    let person = app.person();
    assert_eq!(life(&person.get("/login").await), 86_400);
    let wrong = person.log_in("p0@example.org", "a guess of somebody").await;
    assert!(wrong.cookie(BROWSER).is_none_or(|cookie| cookie.max_age() == 86_400));
    let welcome = person.log_in("p0@example.org", PASSWORD).await;
    assert_eq!((welcome.status, life(&welcome)), (StatusCode::SEE_OTHER, 400 * 86_400));
    // A logout keeps the mark, and so the cookie's lifetime.
    assert_eq!(life(&person.log_out().await), 400 * 86_400);
    app.wait(200 * DAY);
    assert_eq!(life(&person.log_in("p0@example.org", PASSWORD).await), 400 * 86_400);
}

/// W2: the cookie's size does not grow with the number of people who share the browser.
#[tokio::test]
async fn a_browser_keeps_the_marks_of_a_few_accounts() {
    let app = with_people(12).await;
    let person = app.person();
    let mut sizes = Vec::new();
    for n in 0..12 {
        person.log_in(&format!("p{n}@example.org"), PASSWORD).await;
        person.log_out().await;
        person.get("/login").await;
        sizes.push(person.cookie(BROWSER).unwrap().len());
    }
    // The number of escaped characters differs each time.
    let most = sizes[4] + 30;
    assert!(sizes[0] < sizes[4] && most < 600 && sizes.iter().all(|size| *size < most), "{sizes:?}");
}

/// W2: a mark is neither a login nor an authentication.
#[tokio::test]
async fn whoever_copies_the_browser_cookie_is_nobody() {
    let app = with_people(1).await;
    let person = app.person();
    person.log_in("p0@example.org", PASSWORD).await;
    let thief = app.person();
    thief.set_cookie(BROWSER, &person.cookie(BROWSER).unwrap());
    assert!(!thief.is_logged_in().await);
    assert_eq!(thief.log_in("p0@example.org", "a guess of somebody").await.status, StatusCode::UNAUTHORIZED);
}

async fn sent_after(person: &Person, app: &TestApp, span: Duration) -> StatusCode {
    let page = person.get("/login").await;
    app.wait(span);
    let fields = [("email", "p0@example.org"), ("password", "a guess of somebody")];
    person.fill_in_on(&page, "/login", &fields).await.status
}

/// X2: however long the cookie lives, a form that was open for a day must be sent again.
#[tokio::test]
async fn a_form_that_lay_open_for_a_day_is_stale_in_a_known_browser_too() {
    let app = with_people(1).await;
    let person = app.person();
    person.log_in("p0@example.org", PASSWORD).await;
    person.log_out().await;
    let hour = Duration::from_secs(3600);
    assert_eq!(sent_after(&person, &app, 23 * hour).await, StatusCode::UNAUTHORIZED);
    assert_eq!(sent_after(&person, &app, 25 * hour).await, StatusCode::FORBIDDEN);
    assert_eq!(sent_after(&person, &app, hour).await, StatusCode::UNAUTHORIZED);
}
