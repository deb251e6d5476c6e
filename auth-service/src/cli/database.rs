//! Opens the database for a command.

use diesel::QueryResult;

use crate::audit::{RequestContext, evidence};
use crate::clock::{Clock, FAR};
use crate::config::DatabaseFlags;
#[cfg(feature = "sqlite")]
use crate::db;
use crate::db::types::Timestamp;
use crate::db::{AnyConnection, Database, DatabaseUrl};

use super::CliError;

/// Opens the database and migrates it. `may_make_it` allows creating a missing SQLite file. Most
/// commands must not, because a misspelt path would look like a service without users.
pub(super) fn open(flags: &DatabaseFlags, may_make_it: bool) -> Result<Database, CliError> {
    let url = flags.parse()?;
    if !may_make_it {
        require(&url)?;
    }
    let db = connect(&url)?;
    db.migrate()?;
    Ok(db)
}

/// Opens the database without migrating it. If the server stops answering, the command ends after a
/// timeout.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Database, CliError> {
    Ok(Database::connect_for_command(url, |error| super::end_at_once(&CliError::Database(error)))?)
}

/// Requires that the database exists. If a marker file shows that it existed earlier, it is
/// reported as lost.
pub(super) fn require(url: &DatabaseUrl) -> Result<(), CliError> {
    if !url.is_missing_file() {
        return Ok(());
    }
    #[cfg(feature = "sqlite")]
    if let Some(lost) = db::lost(url) {
        return Err(CliError::Database(lost.into()));
    }
    Err(CliError::Failed(format!("there is no database yet at {}", url.masked())))
}

/// The time by the database's clock, which the running service uses. Code that may wait for a lock
/// reads it after it has the lock.
pub(super) fn now(conn: &mut AnyConnection) -> QueryResult<Timestamp> {
    Clock::system().read(conn)
}

/// The operator's request context, with the database's time.
pub(super) fn operator(conn: &mut AnyConnection) -> QueryResult<RequestContext> {
    RequestContext::operator(&Clock::system()).read_time(conn)
}

/// The time, for actions that a wrong clock would make irreversible. `anyway` means that the
/// operator confirms the clock.
pub(super) fn sure_of_now(conn: &mut AnyConnection, anyway: bool) -> Result<Timestamp, CliError> {
    let clock = Clock::system();
    let (now, last_event) = evidence::now_and_last_event(conn, &clock)?;
    let wrong = clock.estimate().micros_after(now).unsigned_abs() > FAR.as_micros() as u64;
    match last_event.filter(|_| evidence::is_gap(now, last_event)) {
        _ if anyway => Ok(now),
        Some(last_event) => Err(CliError::Failed(format!(
            "the clock says that it is {}, and the last event here is of {}. If the clock is right, and nobody was here \
             since, say so with --clock-is-right",
            now.format_utc(),
            last_event.format_utc()
        ))),
        None if wrong => Err(CliError::Failed(format!(
            "the database's clock says that it is {}, and this machine's that it is {}. If the database's is right, say \
             so with --clock-is-right",
            now.format_utc(),
            clock.estimate().format_utc()
        ))),
        None => Ok(now),
    }
}
