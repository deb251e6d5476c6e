//! The application: the services and settings that every request can reach.

mod destination;
mod not_ended;
mod parts;
mod reader;
mod visitor;

pub use destination::Destination;
pub use not_ended::{NotEnded, NotEndedPage};
pub use parts::{Frontend, Parts};

use std::time::Duration;

use actix_web::web;

use crate::assets::TemplateProblem;
use crate::audit::evidence::now_and_last_event;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Database, DatabaseError, WriteProbe};
use crate::http::security_headers::SecurityPolicy;
use crate::http::{BrowserKeys, Cookies, Destinations, Draining};
use crate::keyring::{Keyring, KeyringError};
use crate::mail::{MailWorker, Postbox, Sender, Transport};
use crate::memory::Limit;
use crate::outbox::PayloadKeys;
use crate::pages::static_files::StaticFiles;
use crate::pages::{Pages, UserLookup};
use crate::passwords::{AccountMarks, DummyHashes, HashPool};
use crate::proofs::ProofKeys;
use crate::rate_limit::Allowance;
use crate::sessions::{RefreshKey, Sessions, TokenIssuer};
use crate::sign_in::{LoginNotices, SignIn};
use crate::verification::Verification;

/// Everything that the features share. There is one value in the process; worker threads share it
/// by reference counting.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Database,
    pub keyring: Keyring,
    pub hashers: HashPool,
    pub sign_in: SignIn,
    pub sessions: Sessions,
    pub tokens: TokenIssuer,
    /// Where letters are posted.
    pub postbox: Postbox,
    /// Carries letters out; `None` if mail is off.
    pub transport: Option<Transport>,
    /// Makes and compares the codes in letters.
    pub proof_keys: ProofKeys,
    pub verification: Verification,
    /// The limit on how often each network may learn that an address has an account.
    pub taken_answers: Allowance,
    /// Limits how many registrations with a letter a network makes.
    pub registrations: Allowance,
    /// The limit on how often each network may ask for an email to reset a password.
    pub reset_requests: Allowance,
    pub cookies: Cookies,
    pub destinations: Destinations,
    pub pages: Pages,
    pub statics: StaticFiles,
    pub draining: Draining,
    pub write_probe: WriteProbe,
    pub policy: SecurityPolicy,
}

/// Why the service could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("DATABASE_URL: {0}")]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error("TEMPLATES_DIR: {0}")]
    Templates(#[from] TemplateProblem),
    #[error("SMTP_URL: the system's certificates cannot be used: {0}")]
    Mail(String),
}

/// Registration must tell owners that they have an account. In one network, fewer people than this
/// forget it within ten minutes, so more requests come from someone who tries addresses.
const TAKEN_ANSWERS: usize = 20;
const TAKEN_ANSWERS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// Where addresses are verified, each registration sends a letter to whomever. In one network,
/// fewer people than this register within ten minutes, unless it is a school's first day.
const REGISTRATIONS: usize = 60;
const REGISTRATIONS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// Each request stores a proof for half an hour, and gives five tries of a code. In one network,
/// fewer people than this forget their password within ten minutes.
const RESET_REQUESTS: usize = 20;
const RESET_REQUESTS_WITHIN: Duration = Duration::from_secs(10 * 60);

impl App {
    /// Opens the database, migrates it, and opens the keyring.
    pub fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let frontend = Frontend::load(&config);
        Self::open_with(config, frontend, clock)
    }

    /// The same with a front end that was loaded before.
    pub fn open_with(
        config: Config,
        frontend: Result<Frontend, TemplateProblem>,
        clock: Clock,
    ) -> Result<Self, StartError> {
        let limit = Limit::of_this_process();
        let parts = Parts::of(&config, frontend, limit)?;
        let app = Self::assemble(config, clock, parts)?;
        // Log this after every step that can fail, so that a failed start prints one line.
        tracing::info!(%limit, for_hashing_mib = limit.for_hashing() >> 20, "memory");
        Ok(app)
    }

    /// Assembles the parts: compares the clock with the database, and opens the keyring.
    pub fn assemble(config: Config, clock: Clock, parts: Parts) -> Result<Self, StartError> {
        let Parts { db, frontend: Frontend { pages, statics }, hashers } = parts;
        db.run_blocking(|conn| clock.compare(conn).map_err(DatabaseError::from))?;
        let past = |conn: &mut _| now_and_last_event(conn, &clock).map_err(DatabaseError::from);
        let (now, last_event) = db.run_blocking(past)?;
        clock.compare_with_the_past(now, last_event);
        let secrets = (&config.secret_key, config.secret_key_previous.as_ref());
        let keyring = Keyring::open(&db, secrets, &config.token_algorithm, config.key_times, &clock)?;
        let refresh_key = RefreshKey::new(secrets.0, secrets.1);
        let limits = config.session_limits;
        let postbox = Postbox::new(PayloadKeys::new(secrets.0, secrets.1), config.mail.outgoing.is_some());
        let proof_keys = ProofKeys::new(secrets.0, secrets.1);
        Ok(Self {
            sign_in: SignIn {
                db: db.clone(),
                hashers: hashers.clone(),
                dummy_hashes: DummyHashes::new(secrets.0, hashers.cost()),
                marks: AccountMarks::new(secrets.0, secrets.1),
                refresh_key: refresh_key.clone(),
                limits,
                notices: LoginNotices {
                    postbox: postbox.clone(),
                    keys: proof_keys.clone(),
                    auth_url: config.auth_url.clone(),
                },
            },
            sessions: Sessions {
                db: db.clone(),
                refresh_key: refresh_key.clone(),
                limits,
                clock: clock.clone(),
            },
            tokens: TokenIssuer {
                keyring: keyring.clone(),
                refresh_key,
                issuer: config.auth_url.clone(),
                audience: config.cookie_domain.clone(),
                access_life: config.key_times.token_life,
            },
            destinations: Destinations {
                allowed: config.allowed_origins.clone(),
                own: config.auth_url.clone(),
            },
            transport: Transport::of(&config.mail, config.auth_url.host()).map_err(StartError::Mail)?,
            verification: Verification {
                db: db.clone(),
                postbox: postbox.clone(),
                keys: proof_keys.clone(),
                auth_url: config.auth_url.clone(),
            },
            postbox,
            proof_keys,
            keyring,
            hashers,
            taken_answers: Allowance::new(TAKEN_ANSWERS, TAKEN_ANSWERS_WITHIN),
            registrations: Allowance::new(REGISTRATIONS, REGISTRATIONS_WITHIN),
            reset_requests: Allowance::new(RESET_REQUESTS, RESET_REQUESTS_WITHIN),
            cookies: Cookies::new(&config),
            pages,
            statics,
            draining: Draining::default(),
            write_probe: WriteProbe::default(),
            policy: SecurityPolicy::new(&config),
            db,
            clock,
            config,
        })
    }

    /// The worker that delivers our letters; `None` if mail is off.
    pub fn mail_worker(&self) -> Option<MailWorker> {
        Some(MailWorker {
            db: self.db.clone(),
            clock: self.clock.clone(),
            postbox: self.postbox.clone(),
            sender: Sender {
                pages: self.pages.clone(),
                transport: self.transport.clone()?,
                from: self.config.mail.from.clone(),
                host: self.config.auth_url.host().to_owned(),
            },
            draining: self.draining.clone(),
        })
    }

    /// Registers the shared values that the lower layers extract from requests.
    pub fn install(app: &web::Data<Self>, services: &mut web::ServiceConfig) {
        let visited = app.clone();
        services
            .app_data(app.clone())
            .app_data(web::Data::new(UserLookup::new(move |request| visited.visitor(request))))
            .app_data(web::Data::new(app.clock.clone()))
            .app_data(web::Data::new(app.cookies.clone()))
            .app_data(web::Data::new(BrowserKeys::new(&app.config)))
            .app_data(web::Data::new(app.pages.clone()))
            .app_data(web::Data::new(app.statics.clone()))
            .app_data(web::Data::new(app.config.auth_url.clone()))
            .app_data(web::Data::new(app.config.trusted_proxies.clone()))
            .app_data(web::Data::new(app.draining.clone()))
            .app_data(web::Data::new(app.policy.clone()));
    }
}
