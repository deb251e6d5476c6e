//! The database that a command works on.

use crate::clock::Clock;
use crate::config::DatabaseFlags;
use crate::db::types::Timestamp;
use crate::db::{self, Database};

use super::Failure;

/// Opens it with its schema up to date. `may_make_it`: whether a SQLite file that is not there is made; a misspelt
/// path would otherwise look like a service without users.
pub(super) fn open(flags: &DatabaseFlags, may_make_it: bool) -> Result<Database, Failure> {
    let url = flags.parse()?;
    if url.is_missing_file() && !may_make_it {
        return Err(Failure::Refused(format!("there is no database yet at {}", url.masked())));
    }
    let db = Database::connect(&url, 1)?;
    db.migrate()?;
    Ok(db)
}

/// The time, by the database's clock: the running service goes by that.
pub(super) fn now(db: &Database) -> Result<Timestamp, Failure> {
    let clock = Clock::system().set_by_the_database();
    db.run_here(|conn| clock.set_by(|| db::time(conn)).map_err(Failure::from))?;
    Ok(clock.now())
}
