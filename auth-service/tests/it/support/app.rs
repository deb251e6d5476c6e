//! The running service.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use auth_service::app::App;
use auth_service::audit::RequestContext;
use auth_service::config::{Config, Outgoing, ServeFlags};
use auth_service::db::{Database, DatabaseError, deadlines};
use auth_service::outbox::Delivery;
use auth_service::passwords::Password;
use auth_service::server::Server;
use auth_service::users::{Email, NewUser, PasswordHash, PersonName, User};
use shared_claims::server::Limits;

use super::clock::TestClock;
use super::database::TestDatabase;
use super::parts::Threads;
use super::{Letter, Mailbox, Person, logs};

/// The host of `AUTH_URL` in the tests.
pub const AUTH_HOST: &str = "auth.example.org";

/// An instance of the service with its own database, its own port, and a clock that the test can
/// move.
pub struct TestApp {
    pub address: SocketAddr,
    pub database: Arc<TestDatabase>,
    pub clock: TestClock,
    pub config: Config,
    /// Where its letters land, if mail is on.
    pub mailbox: Option<Mailbox>,
    handle: ServerHandle,
    /// Values that must never be logged: passwords, cookies and CSRF tokens of the people in this
    /// test.
    secrets: Arc<Mutex<Vec<String>>>,
    whole_machine: bool,
    /// The position in the log at which it started.
    log_begins: usize,
}

/// Deviations from the default instance.
#[derive(Default)]
pub struct Tweaks {
    pub flags: ServeFlags,
    /// bcrypt's cost. By default 4, the lowest.
    pub bcrypt_cost: Option<u32>,
    /// Connection limits. By default those of production.
    pub limits: Option<Limits>,
    /// Changes that no setting allows, such as keys that sign for seconds.
    pub config: Option<fn(&mut Config)>,
    /// One worker and one hashing thread for each core, as in production. By default one of each.
    pub whole_machine: bool,
    /// By how many seconds the machine's clock is ahead. If the database has a clock, the service
    /// uses that one.
    pub machine_is_ahead: i64,
    /// Where letters land. By default mail is off.
    pub mailbox: Option<Mailbox>,
}

/// The address of an instance that listens on a socket file.
const NO_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

pub const SECRET_KEY: &str = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(Tweaks::default()).await
    }

    /// Starts an instance for tests in which requests run at the same time.
    pub async fn start_for_a_race() -> Self {
        Self::start_with(Tweaks { whole_machine: true, ..Tweaks::default() }).await
    }

    /// Starts an instance whose letters land in a mailbox.
    pub async fn start_with_mail() -> Self {
        Self::start_with(Tweaks { mailbox: Some(Mailbox::new()), ..Tweaks::default() }).await
    }

    /// The same for tests in which requests run at the same time.
    pub async fn start_for_a_race_with_mail() -> Self {
        let mailbox = Some(Mailbox::new());
        Self::start_with(Tweaks { mailbox, whole_machine: true, ..Tweaks::default() }).await
    }

    pub async fn start_with(tweaks: Tweaks) -> Self {
        Self::start_on(Arc::new(TestDatabase::create()), TestClock::default(), tweaks).await
    }

    /// Starts another instance on the same database, with the same clock and secret.
    pub async fn second_instance(&self) -> Self {
        let mailbox = self.mailbox.clone();
        let tweaks = Tweaks { whole_machine: self.whole_machine, mailbox, ..Tweaks::default() };
        Self::start_on(self.database.clone(), self.clock.clone(), tweaks).await
    }

    /// Starts an instance on a database that other instances may use too.
    pub async fn start_on(database: Arc<TestDatabase>, clock: TestClock, tweaks: Tweaks) -> Self {
        let log_begins = logs::start();
        let app_clock = clock.clock_of_a_machine_ahead(tweaks.machine_is_ahead);
        let limits = tweaks.limits.clone().unwrap_or_default();
        let whole_machine = tweaks.whole_machine;
        let threads = Threads::of(whole_machine);
        let mailbox = tweaks.mailbox.clone();
        let config = config(&database.url, tweaks);
        let app_config = config.clone();
        let (send, receive) = mpsc::channel();
        // A thread with its own actix system, as in the process.
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let (listener, _socket_file) = app_config.listen.bind().unwrap();
                let parts = threads.parts(&app_config);
                let app = App::assemble(app_config, app_clock, parts).unwrap();
                let server = threads.server(Server::new(listener, app).with_limits(limits));
                let address = server.address().unwrap().unwrap_or(NO_ADDRESS);
                let running = server.run().unwrap();
                send.send((address, running.handle())).unwrap();
                running.await.unwrap();
            });
        });
        let started = tokio::task::spawn_blocking(move || receive.recv_timeout(Duration::from_secs(60)));
        let (address, handle) = started.await.unwrap().expect("the service starts");
        Self {
            address,
            database,
            clock,
            config,
            mailbox,
            handle,
            secrets: Arc::default(),
            whole_machine,
            log_begins,
        }
    }

    /// A person with a new browser.
    pub fn person(&self) -> Person {
        Person::new(self.address, self.secrets.clone())
    }

    /// Creates an account as the commands do.
    pub async fn user(&self, email: &str, password: &str) -> User {
        self.user_with(email, password, |_| {}).await
    }

    /// The same, with other properties.
    pub async fn user_with(&self, email: &str, password: &str, change: impl FnOnce(&mut NewUser)) -> User {
        self.secrets.lock().unwrap().push(password.to_owned());
        let cost = self.config.passwords.bcrypt_cost;
        let password = Password::from(password.to_owned());
        let hash = PasswordHash::remake(&password, cost);
        let mut new = NewUser {
            email: Email::parse(email).unwrap(),
            first_name: PersonName::parse("Ada").unwrap(),
            last_name: PersonName::parse("Lovelace").unwrap(),
            password_hash: hash,
            is_staff: false,
            is_superuser: false,
            language: None,
        };
        change(&mut new);
        let operator = self.operator();
        self.db().run(move |conn| User::register(conn, new, &operator)).await.unwrap()
    }

    /// The operator's context, by the test's clock.
    pub fn operator(&self) -> RequestContext {
        RequestContext::operator(&self.clock.clock())
    }

    /// The service's own context, by the test's clock.
    pub fn service(&self) -> RequestContext {
        RequestContext::service(&self.clock.clock())
    }

    /// The database, without the service.
    pub fn db(&self) -> Database {
        self.database.connect()
    }

    /// Runs a query or a change on the database directly.
    pub async fn sql<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut auth_service::db::AnyConnection) -> diesel::QueryResult<T> + Send + 'static,
    ) -> T {
        // A test may write more rows at once than the deadline for requests allows.
        let work = move |conn: &mut _| work(conn).map_err(DatabaseError::from);
        self.db().run_within(deadlines::BACKGROUND, work).await.unwrap()
    }

    /// Starts another instance on the same database, with its own settings.
    pub async fn another(&self, tweaks: Tweaks) -> Self {
        Self::start_on(self.database.clone(), self.clock.clone(), tweaks).await
    }

    /// The next letter to this address. Its link and its code are secrets of this test.
    pub async fn letter_to(&self, address: &str) -> Letter {
        let letter = self.mailbox.as_ref().expect("mail is on").next_for(address).await;
        if letter.text.contains("token=") {
            self.secrets.lock().unwrap().push(letter.token());
        }
        letter
    }

    /// Asserts that no further letter to this address was posted.
    pub async fn assert_no_letter_to(&self, address: &str) {
        self.all_letters_are_sent().await;
        let unread = self.mailbox.as_ref().expect("mail is on").unread(address);
        assert!(unread.is_empty(), "{:?}", unread[0].1);
    }

    /// Waits until nothing is left in the outbox.
    pub async fn all_letters_are_sent(&self) {
        let mut waiting = true;
        while waiting {
            waiting = self.sql(Delivery::oldest_waiting).await.is_some();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets time pass for the service.
    pub fn wait(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// The secrets of this test: passwords, cookies, tokens and CSRF tokens.
    pub fn secrets(&self) -> Vec<String> {
        let secrets = self.secrets.lock().unwrap();
        secrets.iter().filter(|secret| secret.len() >= 8).cloned().collect()
    }

    /// The log of all tests of this process since this one started.
    pub fn log(&self) -> String {
        logs::since(self.log_begins)
    }
}

/// L1: no secret of the test was logged.
impl Drop for TestApp {
    fn drop(&mut self) {
        // The stop is sent at once, and its result does not matter.
        drop(self.handle.stop(false));
        if std::thread::panicking() {
            return;
        }
        let secrets = self.secrets();
        if let Some(secret) = logs::first_since(self.log_begins, &secrets) {
            panic!("this secret was logged: {secret}");
        }
    }
}

fn config(database_url: &str, tweaks: Tweaks) -> Config {
    let mut flags = tweaks.flags;
    flags.auth_url.get_or_insert_with(|| format!("https://{AUTH_HOST}"));
    flags.cookie_domain.get_or_insert_with(|| "example.org".to_owned());
    flags.secret_key.get_or_insert_with(|| SECRET_KEY.to_owned());
    flags.listen.get_or_insert_with(|| "127.0.0.1:0".to_owned());
    flags.database.database_url = Some(database_url.to_owned());
    let mut config = Config::parse(&flags).unwrap();
    if let Some(mailbox) = tweaks.mailbox {
        config.mail.outgoing = Some(Outgoing::Folder(mailbox.folder()));
        config.mail.requires_verified = true;
        config.session_limits.verified_only = true;
    }
    config.passwords.bcrypt_cost = tweaks.bcrypt_cost.unwrap_or(4);
    if let Some(change) = tweaks.config {
        change(&mut config);
    }
    config
}
