//! A small service that trusts the shared login. Copy it and make it yours.
//!
//! It has no passwords, sessions or users of its own. The login cookie says who is asking, and
//! `shared_claims` verifies it without a network call. The service files its own data under
//! `user_uuid`.
//!
//! Read [`app`] first. It lists all routes, and a handler's arguments say who may see a page.

mod app;
mod data_file;
mod database;
mod error;
mod error_pages;
mod headers;
mod icons;
mod limits;
mod notes;
mod pages;
mod settings;
mod templates;
mod texts;
mod view;

use std::error::Error;
use std::io::{self, IsTerminal};

use actix_web::dev::Server;
use actix_web::rt::signal::unix::{SignalKind, signal};
use shared_claims::SharedLogin;
use shared_claims::server::{BoundedServer, Limits, Listener};
use tracing_subscriber::EnvFilter;

pub use app::{Service, app};
pub use database::Database;
pub use settings::OtherService;
use settings::Settings;
pub use templates::TemplatesError;

/// The look of this service, on its own pages and on those that `shared_claims` answers with. The
/// environment can override it.
const APPEARANCE: [(&str, &str); 3] =
    [("SERVICE_NAME", "Demo"), ("SERVICE_COLOR", "#0f5a3e,#8fdcb8"), ("SERVICE_ICON", "/icon.svg")];

/// Reads the settings from the environment, and serves until it receives SIGTERM or SIGINT.
///
/// # Errors
/// One line that says what keeps the service from starting.
pub async fn run() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();

    let settings = Settings::from_env()?;
    let login = SharedLogin::from_env_with_defaults(&APPEARANCE)?;
    let database = Database::open(&settings.notes_database)
        .map_err(|e| format!("NOTES_DATABASE cannot be used: {e}"))?;
    let service = Service::new(login, database.clone(), settings.other_service)?;

    let (listener, _socket_file) =
        settings.listen.bind().map_err(|e| format!("LISTEN cannot be used: {e}"))?;
    survive_hangups()?;
    tracing::info!(address = %settings.listen, url = %service.login.settings().service_url(), "listening");
    server(service, listener, Limits::default())?.await?;
    database.close();
    Ok(())
}

/// Ignores SIGHUP, which operators send to have settings reloaded, and which would end the process.
fn survive_hangups() -> io::Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    actix_web::rt::spawn(async move {
        while hangups.recv().await.is_some() {
            tracing::warn!("SIGHUP: nothing is read again; restart to change settings");
        }
    });
    Ok(())
}

/// Builds the server on a real socket, with limits for slow clients. If a proxy on another machine
/// is in front, name it to [`BoundedServer::proxies`]: it opens more connections than one client
/// may.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(service: Service, listener: impl Into<Listener>, limits: Limits) -> io::Result<Server> {
    BoundedServer::new(move || app(service.clone())).limits(limits).shutdown_timeout(10).listen(listener)
}
