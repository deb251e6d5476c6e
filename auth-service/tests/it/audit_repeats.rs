//! Repeated events are one row with a count, so that guessing does not fill the disk and no attempt
//! is lost.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use auth_service::audit::{AuditEvent, EventKind, RequestContext};
use auth_service::config::ServeFlags;

use super::session_list::{FIREFOX, PATH, browser};
use crate::support::{PASSWORD, TestApp, Trail, Tweaks};

const WRONG: &str = "not her password";

async fn behind_a_proxy() -> TestApp {
    let flags = ServeFlags { trusted_proxies: Some("127.0.0.1".to_owned()), ..ServeFlags::default() };
    TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await
}

async fn guess(app: &TestApp, from: &str, email: &str) {
    let reply = app.person().sending("x-forwarded-for", from).log_in(email, WRONG).await;
    assert_eq!(reply.status, 401);
}

/// L8
#[tokio::test]
async fn refused_logins_of_one_kind_are_one_row_with_a_count_and_the_last_moment() {
    let app = behind_a_proxy().await;
    for email in ["ada@example.org", "bob@example.org"] {
        app.user(email, PASSWORD).await;
    }
    let begun = app.clock.now();
    for _ in 0..7 {
        guess(&app, "192.0.2.7", "ada@example.org").await;
        app.wait(Duration::from_millis(10));
    }
    // Unknown addresses are all one row, and no address is stored.
    for n in 0..5 {
        guess(&app, "192.0.2.7", &format!("nobody{n}@example.org")).await;
    }
    // Another account, another network, and another address of the same customer's network.
    guess(&app, "192.0.2.7", "bob@example.org").await;
    guess(&app, "192.0.2.8", "ada@example.org").await;
    guess(&app, "2001:db8:1:2::7", "ada@example.org").await;
    guess(&app, "2001:db8:1:2:ffff::8", "ada@example.org").await;
    let rows = app.events("login_refused").await;
    let counts: Vec<(Option<&str>, &str, i64)> =
        rows.iter().map(|row| (row.address.as_deref(), row.detail(), row.repeats)).collect();
    assert_eq!(rows.len(), 5, "{counts:?}");
    for expected in [
        (Some("192.0.2.7"), "wrong password", 6),
        (Some("192.0.2.7"), "no such account", 4),
        (Some("192.0.2.7"), "wrong password", 0),
        (Some("192.0.2.8"), "wrong password", 0),
        (Some("2001:db8:1:2::7"), "wrong password", 1),
    ] {
        assert!(counts.contains(&expected), "{expected:?} in {counts:?}");
    }
    let first = rows.iter().find(|row| row.repeats == 6).unwrap();
    assert!(first.at >= begun && first.last_at.is_some_and(|last| last > first.at), "{first:?}");
    // After a quarter of an hour there is a new row.
    app.wait(Duration::from_secs(900));
    guess(&app, "192.0.2.7", "ada@example.org").await;
    assert_eq!(app.events("login_refused").await.len(), 6);
}

/// L8: the log has the first, then fewer and fewer lines, and the count.
#[tokio::test]
async fn the_log_does_not_grow_with_every_guess_either() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id.to_string();
    for _ in 0..9 {
        app.person().log_in("ada@example.org", WRONG).await;
    }
    let log = app.log();
    let told: Vec<&str> =
        log.lines().filter(|line| line.contains(&ada) && line.contains("login_refused")).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    for count in ["repeats=1", "repeats=2", "repeats=4", "repeats=8"] {
        assert!(told.iter().any(|line| line.contains(count)), "{count} in {told:#?}");
    }
}

/// L8: of many concurrent attempts one is the first, and all others are counted, over several
/// instances.
#[tokio::test]
async fn twenty_refusals_at_once_are_one_row_that_counts_them_all() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await.id.uuid();
    let context =
        RequestContext::person(Some([192, 0, 2, 7].into()), Some("guess/1"), None, &app.clock.clock());
    let barrier = Arc::new(Barrier::new(20));
    let refusals = (0..20).map(|_| {
        let (db, context, barrier) = (app.database.connect(), context.clone(), barrier.clone());
        std::thread::spawn(move || {
            barrier.wait();
            db.run_blocking(|conn| {
                let entry =
                    AuditEvent::new(EventKind::LoginRefused, &context).user(user).detail("wrong password");
                entry.record_or_count(conn).map_err(auth_service::db::DatabaseError::from)
            })
        })
    });
    let refusals: Vec<_> = refusals.collect();
    for refusal in refusals {
        refusal.join().unwrap().unwrap();
    }
    let rows = app.events("login_refused").await;
    assert_eq!(rows.iter().map(|row| row.repeats).collect::<Vec<_>>(), [19]);
}

/// L8, S3
#[tokio::test]
async fn the_security_page_says_how_often_and_when_last() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let desk = browser(&app, "ada@example.org", FIREFOX).await;
    for _ in 0..3 {
        app.person().log_in("ada@example.org", WRONG).await;
    }
    let page = desk.get("/account/security").await;
    assert_eq!(page.text.matches("Login failed: wrong password").count(), 1, "{}", page.text);
    assert!(page.says("and 2 more times, the last one "), "{}", page.text);
    // The same for a password that is asked for again within a session.
    app.wait(Duration::from_secs(601));
    let mut trail = Trail::of(&app).await;
    for _ in 0..4 {
        desk.fill_in(PATH, &[("end", "others"), ("password", WRONG)]).await;
    }
    assert_eq!(trail.one("password_refused").await.repeats, 3);
}
