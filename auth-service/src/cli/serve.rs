//! `auth-service serve`: runs the service.

use crate::app::{App, Frontend, StartError};
use crate::clock::Clock;
use crate::config::{Config, SecretKey, ServeFlags};
use crate::db::Database;
use crate::db::private_file::{Exposed, exposed};
use crate::keyring::KeyringError;
use crate::server::Server;
use crate::shutdown::{self, ShutdownOutcome, Signals};
use crate::telemetry;
use crate::template_check;

use super::CliError;

/// Serves until SIGTERM or SIGINT, then shuts down gracefully.
pub(super) fn run(flags: &ServeFlags) -> Result<(), CliError> {
    let (config, frontend) = Config::parse_beside(flags, Frontend::load)?;
    let _flush = telemetry::init(config.log_format);
    let system = actix_web::rt::System::new();
    let refused = |error| CliError::Failed(format!("signals cannot be listened to: {error}"));
    system.block_on(async { shutdown::survive_hangups() }).map_err(refused)?;
    let (auth_url, listen, delay) = (config.auth_url.origin(), config.listen.clone(), config.shutdown_delay);
    let (listener, _socket_file) = listen
        .bind()
        .map_err(|error| CliError::Failed(format!("LISTEN: {listen} cannot be listened on: {error}")))?;
    let app = App::open_with(config, frontend, Clock::system())?;
    let db = app.db.clone();
    template_check::check_overrides(&app.pages)?;
    warn_of_exposure(&app.config);
    let server = Server::new(listener, app);
    let draining = server.draining();
    let ending = system.block_on(async {
        // Listen before the log says so, because a reader of the log may send a signal at once.
        let signals = Signals::listen()?;
        tracing::info!(%auth_url, %listen, "listening");
        let ending = shutdown::serve(server.run()?, signals, draining, delay).await;
        close(&db).await;
        ending
    });
    // Dropping it would wait for threads that a stuck database blocks. All acknowledged writes are
    // already in the database.
    std::mem::forget(system);
    let ending = ending.map_err(|error| CliError::Failed(format!("the server stopped: {error}")))?;
    match ending {
        ShutdownOutcome::Finished => {
            tracing::info!("stopped");
            Ok(())
        }
        ShutdownOutcome::CutOff => {
            Err(CliError::Failed("second signal received: requests in flight were aborted".to_owned()))
        }
    }
}

/// Merges a SQLite database into one file, or logs why it cannot.
async fn close(db: &Database) {
    match db.close().await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(
            "another process has the database open: until it ends, what was written last may be in the file ending in -wal"
        ),
        Err(error) => tracing::error!(
            error = error.to_string(),
            "the database was not closed: what was written last may be in the file ending in -wal"
        ),
    }
}

/// Warns about settings that work but are unsafe.
fn warn_of_exposure(config: &Config) {
    for Exposed { file, mode, .. } in config.database_url.file().map(exposed).unwrap_or_default() {
        let (file, mode) = (file.display().to_string(), format!("{mode:03o}"));
        tracing::warn!(file, mode, "others on this machine may open a file of the database: chmod 600 it");
    }
    if config.secret_key_previous.as_ref().is_some_and(SecretKey::is_guessable) {
        tracing::warn!(
            "SECRET_KEY_PREVIOUS looks thought up, and can be guessed: unset it as soon as you can"
        );
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Database(error) | StartError::Keyring(KeyringError::Database(error)) => {
                Self::Database(error)
            }
            StartError::Keyring(error) => Self::Usage(error.to_string()),
            StartError::Mail(_) => Self::Usage(error.to_string()),
            StartError::Templates(problem) => problem.into(),
        }
    }
}
