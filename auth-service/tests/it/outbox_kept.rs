//! What the outbox keeps: nothing is lost with a process, and nothing can be read. V9.

use std::time::Duration;

use auth_service::config::SecretKey;
use auth_service::outbox::Delivery;
use auth_service::pages::Letter;
use serde::Serialize;

use crate::commands::Program;
use crate::stopping::Instance;
use crate::support::{Mood, PASSWORD, PostOffice, SmtpServer, post};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// Longer than a claim lasts.
const LEASE: Duration = Duration::from_secs(11 * 60);
const OTHER_SECRET: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

/// Z32: it was killed after the commit, and before the server had taken it.
#[tokio::test]
async fn a_process_that_is_killed_loses_no_letter_and_makes_nobody_wait() {
    let office = PostOffice::with(SmtpServer::up(Mood::Silent)).await;
    for n in 0..20 {
        office.post(&format!("p{n}@example.org")).await;
    }
    office.app.user("ada@example.org", PASSWORD).await;
    let program = Program::new(&[]).set_all(&office.app.database.url).set("SMTP_URL", &office.server.url());
    let instance = Instance::start_as(program.set("REQUIRE_VERIFIED_EMAIL", "false"));
    office.server.is_reached(1).await;
    // The server keeps the worker waiting all the while.
    assert_eq!(instance.person().log_in("ada@example.org", PASSWORD).await.status, 303);
    instance.signal("KILL");
    office.server.set(Mood::Good);
    office.app.wait(LEASE);
    office.worker().deliver_due().await.unwrap();
    let taken = office.taken();
    assert!(taken.len() == 20 && taken.values().all(|times| *times == 1), "{taken:?}");
}

/// Z3
#[tokio::test]
async fn a_stop_does_not_wait_for_a_mail_server() {
    let office = PostOffice::with(SmtpServer::up(Mood::Silent)).await;
    office.post("ada@example.org").await;
    let program = Program::new(&[]).set_all(&office.app.database.url).set("SMTP_URL", &office.server.url());
    let mut instance = Instance::start_as(program);
    office.server.is_reached(1).await;
    instance.signal("TERM");
    let (code, log) = instance.end();
    assert_eq!(code, Some(0));
    assert!(!log.contains("a letter was put off"), "it waited until the attempt had failed: {log}");
}

#[tokio::test]
async fn a_letter_of_another_secret_is_given_up_and_that_of_the_secret_before_is_sent() {
    let office = PostOffice::with(SmtpServer::up(Mood::Good)).await;
    office.post("ada@example.org").await;
    let other = || SecretKey::parse("SECRET_KEY", OTHER_SECRET).unwrap();
    office.worker_with(|config| config.secret_key = other()).deliver_due().await.unwrap();
    let (state, attempts, error) = office.fate().await;
    assert_eq!((state, attempts), ("failed", 1));
    assert!(error.contains("sealed with another SECRET_KEY"), "{error}");
    let now = office.app.clock.now();
    office.app.sql(move |conn| Delivery::retry(conn, None, now)).await;
    let worker = office.worker_with(|config| {
        config.secret_key_previous = Some(std::mem::replace(&mut config.secret_key, other()));
    });
    worker.deliver_due().await.unwrap();
    assert_eq!(office.fate().await.0, "sent");
}

/// A letter with a link and a code.
#[derive(Serialize)]
struct Precious {
    url: String,
    code: String,
}

impl Letter for Precious {
    const TEMPLATE: &'static str = "mail/test";

    fn samples() -> Vec<Self> {
        Vec::new()
    }
}

/// D1t: neither while it waits nor when it was sent.
#[tokio::test]
async fn the_database_shows_nothing_of_a_letter_but_its_kind_and_its_recipient() {
    let office = PostOffice::with(SmtpServer::up(Mood::Recipient(451))).await;
    let (token, code) = ("q1w2e3r4t5z6u7i8o9p0", "493817");
    let letter = Precious { url: format!("https://auth.example.org/x?token={token}"), code: code.to_owned() };
    post(&office.app, "ada@example.org", letter).await;
    let worker = office.worker();
    worker.deliver_due().await.unwrap();
    let holds = |what: &str| {
        let bytes = office.app.database.copy_raw().contents();
        bytes.windows(what.len()).any(|window| window == what.as_bytes())
    };
    let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    for _ in 0..2 {
        assert!(holds("ada@example.org") && holds("mail/test"), "the test would find them");
        for secret in [token, hex.as_str(), code, "auth.example.org/x", "Test-E-Mail"] {
            assert!(!holds(secret), "{secret}");
        }
        office.server.set(Mood::Good);
        office.app.wait(MINUTE);
        worker.deliver_due().await.unwrap();
    }
    assert_eq!(office.fate().await.0, "sent");
}

/// A week later nobody can read who was written to.
#[tokio::test]
async fn what_was_settled_is_forgotten_after_a_week_and_what_waits_is_not() {
    let office = PostOffice::with(SmtpServer::up(Mood::Good)).await;
    office.post("ada@example.org").await;
    office.worker().deliver_due().await.unwrap();
    office.post("bob@example.org").await;
    let app = &office.app;
    let purge = || {
        let cutoff = app.clock.now() - 7 * DAY;
        app.sql(move |conn| conn.write(|conn| Delivery::purge(conn, cutoff, 500)))
    };
    office.app.wait(6 * DAY);
    assert_eq!(purge().await, 0);
    office.app.wait(2 * DAY);
    assert_eq!(purge().await, 1);
    assert_eq!(office.row().await.recipient, "bob@example.org");
}
