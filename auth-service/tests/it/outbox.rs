//! The outbox: a letter that was committed arrives, and in the end once, whatever the mail server
//! does. V9: every test here.

use std::collections::BTreeMap;
use std::time::Duration;

use auth_service::app::Frontend;
use auth_service::config::{Config, Outgoing, SecretKey, SmtpUrl};
use auth_service::http::Draining;
use auth_service::mail::{Addressee, MailWorker, Postbox, TestLetter, Transport};
use auth_service::outbox::{Delivery, DeliveryState, PayloadKeys};
use auth_service::pages::Letter;
use auth_service::users::Email;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::commands::{Program, SECRET};
use crate::stopping::Instance;
use crate::support::{Mood, PASSWORD, SmtpServer, TestApp};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// Longer than a claim lasts.
const LEASE: Duration = Duration::from_secs(11 * 60);
const OTHER_SECRET: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

/// A database, a mail server, and workers that deliver when they are told to.
pub struct PostOffice {
    pub app: TestApp,
    pub server: SmtpServer,
}

impl PostOffice {
    pub async fn with(server: SmtpServer) -> Self {
        Self { app: TestApp::start().await, server }
    }

    /// A worker, as each instance has one.
    pub fn worker(&self) -> MailWorker {
        self.worker_with(|_| {})
    }

    pub fn worker_with(&self, change: impl FnOnce(&mut Config)) -> MailWorker {
        let mut config = self.app.config.clone();
        config.mail.outgoing = Some(Outgoing::Smtp(SmtpUrl::parse(&self.server.url()).unwrap()));
        change(&mut config);
        let frontend = Frontend::of(&config.site, &config.services, &config.auth_url).unwrap();
        let keys = PayloadKeys::new(&config.secret_key, config.secret_key_previous.as_ref());
        MailWorker {
            db: self.app.db(),
            clock: self.app.clock.clock(),
            pages: frontend.pages,
            postbox: Postbox::new(keys, true),
            transport: Transport::of(&config.mail, "auth.example.org").unwrap().unwrap(),
            from: config.mail.from.clone(),
            host: "auth.example.org".to_owned(),
            draining: Draining::default(),
        }
    }

    pub async fn post(&self, address: &str) {
        post(&self.app, address, TestLetter {}).await;
    }

    /// The only letter there is.
    async fn row(&self) -> Delivery {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    async fn rows(&self) -> Vec<Delivery> {
        let all = [DeliveryState::Waiting, DeliveryState::Sent, DeliveryState::Failed];
        self.app.sql(move |conn| Delivery::list(conn, &all, 1000)).await
    }

    /// What became of the only letter, after how many attempts, and why the last one failed.
    async fn fate(&self) -> (&'static str, i64, String) {
        let row = self.row().await;
        (row.state.known().unwrap().as_str(), row.attempts, row.last_error.unwrap_or_default())
    }

    /// How often the server has taken each message.
    fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for letter in self.server.taken() {
            *taken.entry(letter.id).or_default() += 1;
        }
        taken
    }
}

/// Posts a letter as a feature does, in a transaction of its own.
pub async fn post(app: &TestApp, address: &str, letter: impl Letter + Send + 'static) {
    let secret = SecretKey::parse("SECRET_KEY", SECRET).unwrap();
    let postbox = Postbox::new(PayloadKeys::new(&secret, None), true);
    let to = Addressee { user: None, email: Email::parse(address).unwrap(), language: Some("de".to_owned()) };
    let context = app.service();
    app.sql(move |conn| conn.write(|conn| postbox.post(conn, &to, &letter, &context))).await;
}

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
    let claim =
        move |conn: &mut _| Delivery::claim(conn, auth_service::outbox::DeliveryKind::Letter, 8, &context);
    let slow = office.app.sql(claim).await.remove(0);
    office.app.wait(LEASE);
    let context = office.app.service();
    let claim =
        move |conn: &mut _| Delivery::claim(conn, auth_service::outbox::DeliveryKind::Letter, 8, &context);
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
