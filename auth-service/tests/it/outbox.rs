//! The outbox: a letter that was committed arrives, and in the end once, whatever the mail server
//! does. V9: every test here.

use std::time::Duration;

use auth_service::outbox::{Delivery, DeliveryKind};
use tokio::task::JoinSet;

use crate::support::{Mood, PostOffice, SmtpServer};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// Longer than a claim lasts.
const LEASE: Duration = Duration::from_secs(11 * 60);

#[tokio::test]
async fn a_server_that_is_down_delays_a_letter_and_loses_none() {
    let office = PostOffice::with(SmtpServer::down()).await;
    let worker = office.worker();
    office.post("ada@example.org").await;
    assert_eq!(worker.deliver_due().await.unwrap(), 1);
    let (state, attempts, error) = office.fate().await;
    assert_eq!((state, attempts), ("waiting", 1));
    assert!(error.starts_with("the mail server cannot be reached"), "{error}");
    assert_eq!(worker.deliver_due().await.unwrap(), 0, "it waits before it tries again");
    // Three days without a server.
    for _ in 0..72 {
        office.app.wait(60 * MINUTE);
        worker.deliver_due().await.unwrap();
    }
    assert!(office.fate().await.1 > 50);
    office.server.start();
    office.app.wait(60 * MINUTE);
    assert_eq!(worker.deliver_due().await.unwrap(), 1);
    let (state, _, error) = office.fate().await;
    assert_eq!((state, error.as_str()), ("sent", ""));
    let taken = office.server.taken();
    assert_eq!(taken.len(), 1);
    let letter = &taken[0];
    assert_eq!((letter.to.as_str(), letter.from.as_str()), ("ada@example.org", "no-reply@example.org"));
    assert!(letter.subject.starts_with("Test-E-Mail von "), "{letter:?}");
    assert!(letter.source.contains("\r\nAuto-Submitted: auto-generated\r\n"), "{}", letter.source);
    assert_eq!(letter.id, format!("{}@auth.example.org", office.row().await.id));
}

/// RFC 5321, 4.5.4.1: four to five days.
#[tokio::test]
async fn a_server_that_never_comes_back_is_given_up_after_four_days_and_an_operator_can_try_again() {
    let office = PostOffice::with(SmtpServer::up(Mood::Recipient(451))).await;
    let worker = office.worker();
    office.post("ada@example.org").await;
    worker.deliver_due().await.unwrap();
    office.app.wait(3 * DAY);
    worker.deliver_due().await.unwrap();
    assert_eq!(office.fate().await, ("waiting", 2, "the mail server answered 451".to_owned()));
    office.app.wait(DAY);
    worker.deliver_due().await.unwrap();
    assert_eq!(office.fate().await, ("failed", 3, "the mail server answered 451".to_owned()));
    assert!(office.app.log().contains("a letter was given up"));
    office.server.set(Mood::Good);
    office.app.wait(DAY);
    assert_eq!(worker.deliver_due().await.unwrap(), 0);
    let now = office.app.clock.now();
    assert_eq!(office.app.sql(move |conn| Delivery::retry(conn, None, now)).await, 1);
    worker.deliver_due().await.unwrap();
    assert_eq!(office.fate().await.0, "sent");
    assert_eq!(office.app.sql(move |conn| Delivery::retry(conn, None, now)).await, 0, "none is sent twice");
}

#[tokio::test]
async fn a_recipient_who_is_refused_is_tried_four_times_within_two_hours() {
    let office = PostOffice::with(SmtpServer::up(Mood::Recipient(550))).await;
    let worker = office.worker();
    office.post("nobody@example.org").await;
    for attempt in 1..=4 {
        assert_eq!(worker.deliver_due().await.unwrap(), 1, "{attempt}");
        office.app.wait(60 * MINUTE);
    }
    assert_eq!(office.fate().await, ("failed", 4, "the mail server answered 550".to_owned()));
}

/// The operator's password is wrong, and not the letter: nothing is given up meanwhile.
#[tokio::test]
async fn a_refused_login_is_no_refusal_of_the_letter() {
    let office = PostOffice::with(SmtpServer::up(Mood::Login(535))).await;
    let worker = office.worker();
    office.post("ada@example.org").await;
    for _ in 0..10 {
        worker.deliver_due().await.unwrap();
        office.app.wait(60 * MINUTE);
    }
    assert_eq!(office.fate().await, ("waiting", 10, "the mail server answered 535".to_owned()));
    assert!(!office.server.heard().contains("MAIL FROM"));
    office.server.set(Mood::Good);
    worker.deliver_due().await.unwrap();
    assert_eq!(office.taken().into_values().collect::<Vec<_>>(), [1]);
    let log = office.app.log();
    assert!(!log.contains("hunter2"), "the server repeats the password, and the log does not");
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_costs_one_attempt() {
    for mood in [Mood::HangsUpInTheMiddle, Mood::TakesAndHangsUp] {
        let office = PostOffice::with(SmtpServer::up(mood)).await;
        let worker = office.worker();
        for name in ["ada", "bob", "carol"] {
            office.post(&format!("{name}@example.org")).await;
            worker.deliver_due().await.unwrap();
        }
        if mood == Mood::HangsUpInTheMiddle {
            assert!(office.rows().await.iter().all(|row| row.last_error.is_some()));
            office.server.set(Mood::Good);
            office.app.wait(MINUTE);
            worker.deliver_due().await.unwrap();
        }
        assert_eq!(office.taken().into_values().collect::<Vec<_>>(), [1, 1, 1], "{mood:?}");
        assert!(office.rows().await.iter().all(|row| row.state.as_str() == "sent"), "{mood:?}");
    }
}

/// Nobody can know whether the server has taken it: it comes twice rather than never, and mailboxes
/// see by its id that it is the same.
#[tokio::test]
async fn a_letter_whose_answer_was_lost_comes_again_under_the_same_id() {
    let office = PostOffice::with(SmtpServer::up(Mood::HangsUpWithoutAnAnswer)).await;
    let worker = office.worker();
    office.post("ada@example.org").await;
    worker.deliver_due().await.unwrap();
    assert_eq!(office.fate().await.0, "waiting");
    office.server.set(Mood::Good);
    office.app.wait(MINUTE);
    worker.deliver_due().await.unwrap();
    assert_eq!(office.taken().into_values().collect::<Vec<_>>(), [2]);
    assert_eq!(office.fate().await.0, "sent");
}

/// As a race on both databases.
#[tokio::test]
async fn three_instances_send_each_letter_once() {
    const LETTERS: usize = 60;
    let office = PostOffice::with(SmtpServer::up(Mood::Good)).await;
    for n in 0..LETTERS {
        office.post(&format!("p{n}@example.org")).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..3 {
        let worker = office.worker();
        workers.spawn(async move { worker.deliver_due().await.unwrap() });
    }
    let tried: Vec<usize> = workers.join_all().await;
    assert_eq!(tried.iter().sum::<usize>(), LETTERS, "{tried:?}");
    let taken = office.taken();
    assert!(taken.len() == LETTERS && taken.values().all(|times| *times == 1), "{taken:?}");
    assert!(office.rows().await.iter().all(|row| row.state.as_str() == "sent" && row.attempts == 1));
}

/// A worker dies with letters in its hands: nobody else touches them while it may still live, and
/// then somebody does.
#[tokio::test]
async fn what_a_dead_worker_had_in_its_hands_is_tried_again_when_its_lease_is_over() {
    let office = PostOffice::with(SmtpServer::up(Mood::Silent)).await;
    office.post("ada@example.org").await;
    let doomed = office.worker();
    let dying = tokio::spawn(async move { doomed.deliver_due().await });
    office.server.is_reached(1).await;
    dying.abort();
    let heir = office.worker();
    office.server.set(Mood::Good);
    office.app.wait(9 * MINUTE);
    assert_eq!(heir.deliver_due().await.unwrap(), 0, "it may still be on its way");
    office.app.wait(2 * MINUTE);
    assert_eq!(heir.deliver_due().await.unwrap(), 1);
    assert_eq!(office.taken().into_values().collect::<Vec<_>>(), [1]);
    assert_eq!(office.fate().await, ("sent", 2, String::new()));
}

/// The slow one comes to itself after its lease, and changes nothing any more.
#[tokio::test]
async fn a_worker_that_was_given_up_for_dead_settles_nothing() {
    let office = PostOffice::with(SmtpServer::up(Mood::Good)).await;
    office.post("ada@example.org").await;
    let context = office.app.service();
    let claim = move |conn: &mut _| Delivery::claim(conn, DeliveryKind::Letter, 8, &context);
    let slow = office.app.sql(claim).await.remove(0);
    office.app.wait(LEASE);
    let context = office.app.service();
    let claim = move |conn: &mut _| Delivery::claim(conn, DeliveryKind::Letter, 8, &context);
    assert_eq!(office.app.sql(claim).await.len(), 1);
    let context = office.app.service();
    let settled = office.app.sql(move |conn| {
        let settled = slow.settle(conn, &context)?;
        slow.give_back(conn, &context)?;
        Ok(settled)
    });
    assert!(!settled.await);
    let (state, attempts, _) = office.fate().await;
    assert_eq!((state, attempts), ("waiting", 2));
}

/// Z3: it sends no more, and what it had claimed need not wait for the end of the lease.
#[tokio::test]
async fn a_worker_that_is_to_stop_gives_its_letters_back() {
    let office = PostOffice::with(SmtpServer::up(Mood::Silent)).await;
    for n in 0..8 {
        office.post(&format!("p{n}@example.org")).await;
    }
    let worker = office.worker();
    let draining = worker.draining.clone();
    let stopping = tokio::spawn(async move { worker.deliver_due().await });
    office.server.is_reached(4).await;
    draining.begin();
    // The four in flight fail, as when the server goes away; the others were not begun.
    office.server.hang_up();
    assert_eq!(stopping.await.unwrap().unwrap(), 8);
    let rows = office.rows().await;
    assert_eq!(rows.iter().filter(|row| row.attempts == 0).count(), 4, "{rows:#?}");
    office.server.set(Mood::Good);
    assert_eq!(office.worker().deliver_due().await.unwrap(), 4, "without any wait");
}
