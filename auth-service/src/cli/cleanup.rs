//! `auth-service cleanup`: deletes expired rows, as the service does in the background.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::background_tasks::Expired;
use crate::config::{AuditFlags, DatabaseFlags};
use crate::db::types::Timestamp;
use crate::db::{self, Database};

use super::{CliError, database, output};

/// The pause between two batches, in which a running service can write.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Args)]
pub(super) struct Arguments {
    /// Only count what would be deleted.
    #[arg(long)]
    dry_run: bool,
    /// Delete although nothing happened here for long, as after a clock that jumped ahead.
    #[arg(long)]
    clock_is_right: bool,
    /// Also give the space back to the disk. SQLite alone; rewrites the file, and nobody writes to
    /// it meanwhile.
    #[arg(long, conflicts_with = "dry_run")]
    vacuum: bool,
    #[command(flatten)]
    audit: AuditFlags,
    #[command(flatten)]
    database: DatabaseFlags,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let retention = arguments.audit.parse()?;
    let url = arguments.database.parse()?;
    if arguments.vacuum && url.file().is_none() {
        return Err(CliError::Usage(
            "--vacuum is for SQLite; PostgreSQL uses the space again by itself (autovacuum)".to_owned(),
        ));
    }
    let db = database::open(&arguments.database, false)?;
    let now =
        db.run_blocking(|conn| database::sure_of_now(conn, arguments.clock_is_right || arguments.dry_run))?;
    for kind in Expired::ALL {
        let cutoff = kind.cutoff(now, retention);
        let (name, when) = (kind.describe(), cutoff.format_utc());
        let when = match kind {
            Expired::Sessions => format!("that ran out before {when}"),
            Expired::Events => format!("from before {when}"),
            Expired::Deliveries => format!("settled before {when}"),
            Expired::Proofs => format!("that ran out before {when}"),
        };
        if arguments.dry_run {
            let count = db.run_blocking(|conn| kind.count(conn, cutoff).map_err(CliError::from))?;
            output::line(format_args!("{name}: {count} {when} would be taken away"))?;
        } else {
            let gone = take_away(&db, kind, cutoff)?;
            output::line(format_args!("{name}: {gone} {when} taken away"))?;
        }
    }
    if arguments.vacuum {
        let size = || url.file().map_or(0, bytes_of);
        let before = size();
        db.run_blocking(|conn| db::sqlite_file::shrink(conn).map_err(CliError::from))?;
        output::line(format_args!("file: {before} bytes before, {} bytes now", size()))?;
    }
    Ok(())
}

/// The size of a SQLite database on disk, with its write-ahead log.
fn bytes_of(file: &Path) -> u64 {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    [file, Path::new(&log)].iter().filter_map(|path| path.metadata().ok()).map(|found| found.len()).sum()
}

/// Deletes all expired rows of a kind, batch by batch.
fn take_away(db: &Database, kind: Expired, cutoff: Timestamp) -> Result<usize, CliError> {
    let mut gone = 0;
    loop {
        let taken = db.run_blocking(|conn| kind.take_batch(conn, cutoff).map_err(CliError::from))?;
        if taken == 0 {
            return Ok(gone);
        }
        gone += taken;
        std::thread::sleep(PAUSE);
    }
}
