//! The database that a command works on.

use diesel::QueryResult;

use crate::clock::Clock;
use crate::config::DatabaseFlags;
use crate::db::types::Timestamp;
use crate::db::{AnyConnection, Database};

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

/// The time, by the database's clock: the running service goes by that. Whoever may wait for a lock asks when they hold it.
pub(super) fn now(conn: &mut AnyConnection) -> QueryResult<Timestamp> {
    Clock::system().read(conn)
}
