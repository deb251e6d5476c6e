//! A small service that trusts the shared login. Copy it and make it yours.
//!
//! It has no passwords, no sessions and no table of users. Who is asking stands in the login cookie, which `shared_claims`
//! verifies without a call to anybody; the service's own data is filed under `user_uuid`.
//!
//! Read [`app`] first: it is the list of all pages, and a page says in its arguments who may see it.

mod app;
mod data_file;
mod database;
mod error;
mod error_pages;
mod headers;
mod limits;
mod notes;
mod pages;
mod settings;
mod templates;

use std::error::Error;
use std::io::{self, IsTerminal};

use actix_web::dev::Server;
use actix_web::rt::signal::unix::{SignalKind, signal};
use shared_claims::SharedLogin;
use shared_claims::server::{BoundedServer, Limits, Listener};
use tracing_subscriber::EnvFilter;

pub use app::{Service, app};
pub use database::Database;
use settings::Settings;

/// Reads the settings from the environment and serves until it is told to stop.
///
/// # Errors
/// One line that names what keeps it from starting.
pub async fn run() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();

    let settings = Settings::from_env()?;
    let login = SharedLogin::from_env()?;
    let database = Database::open(&settings.notes_database)
        .map_err(|e| format!("NOTES_DATABASE cannot be used: {e}"))?;
    let service = Service::new(login, database.clone())?;

    let (listener, _socket_file) =
        settings.listen.bind().map_err(|e| format!("LISTEN cannot be used: {e}"))?;
    survive_hangups()?;
    tracing::info!(address = %settings.listen, url = %service.login.settings().service_url(), "listening");
    server(service, listener, Limits::default())?.await?;
    database.close();
    Ok(())
}

/// SIGHUP, by which operators have settings read again, would end the process.
fn survive_hangups() -> io::Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    actix_web::rt::spawn(async move {
        while hangups.recv().await.is_some() {
            tracing::warn!("SIGHUP: nothing is read again; restart to change settings");
        }
    });
    Ok(())
}

/// The service on real sockets, where nobody holds a connection for ever. Behind a proxy on another machine, name it to
/// [`BoundedServer::proxies`]: it brings more connections than one visitor may have.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(service: Service, listener: impl Into<Listener>, limits: Limits) -> io::Result<Server> {
    BoundedServer::new(move || app(service.clone())).limits(limits).shutdown_timeout(10).listen(listener)
}
