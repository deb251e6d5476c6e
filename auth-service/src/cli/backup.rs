//! `auth-service backup`: copies a SQLite database that is in use.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use diesel::QueryResult;

use crate::config::DatabaseFlags;
use crate::db::{self, AnyConnection, Database};
use crate::keyring::SigningKey;
use crate::outbox::Delivery;
use crate::proofs::Proof;
use crate::sessions::Session;

use super::{CliError, database, output};

#[derive(Args)]
pub(super) struct Arguments {
    /// Where the copy goes: a file that is not there yet.
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseFlags,
}

/// Copies without migrating the schema, because a backup is made before a migration.
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let url = arguments.database.parse()?;
    if url.file().is_none() {
        return Err(CliError::Usage(
            "backup is for SQLite; for PostgreSQL: pg_dump --exclude-table-data=sessions \
             --exclude-table-data=signing_keys --exclude-table-data=deliveries --exclude-table-data=proofs"
                .to_owned(),
        ));
    }
    database::require(&url)?;
    let file = &arguments.file;
    let refused = |error: io::Error| {
        CliError::Failed(match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{} is there already; name a file that is not", file.display())
            }
            _ => format!("{} cannot be written: {error}", file.display()),
        })
    };
    if file.symlink_metadata().is_ok() {
        return Err(refused(io::ErrorKind::AlreadyExists.into()));
    }
    // Write beside the target, so that the final rename is atomic. The absolute path begins with
    // `/`, so that SQLite does not take it for a URI.
    let folder = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(refused)?;
    // The file is readable by its owner only, from the first byte on, and is deleted if a later
    // step fails.
    let temporary = || {
        let file = tempfile::Builder::new().prefix(".auth-service-backup-").tempfile_in(&folder);
        file.map(tempfile::NamedTempFile::into_temp_path).map_err(refused)
    };
    let (draft, unfinished) = (temporary()?, temporary()?);
    let [draft_path, path] = [&draft, &unfinished].map(|path| path.to_str());
    let (Some(draft_path), Some(path)) = (draft_path, path) else {
        return Err(CliError::Usage(format!("{} must be UTF-8", folder.display())));
    };
    let LeftOut { sessions, keys, letters, proofs } = Database::connect(&url, 1)?.run_blocking(|conn| {
        db::sqlite_file::copy(conn, (draft_path, path), leave_out).map_err(CliError::from)
    })?;
    let written = File::open(&unfinished).map_err(refused)?;
    written.sync_all().map_err(refused)?;
    let bytes = written.metadata().map_err(refused)?.len();
    unfinished.persist_noclobber(file).map_err(|error| refused(error.error))?;
    File::open(&folder).and_then(|folder| folder.sync_all()).map_err(refused)?;
    output::line(format_args!(
        "{}: {bytes} bytes. Left out: {sessions} session(s), {keys} signing key(s), {letters} letter(s) and {proofs} \
         proof(s), so the copy logs nobody in and writes to nobody; the service makes new keys at its first start on \
         it.",
        file.display()
    ))
}

/// The numbers of rows that the copy lacks.
struct LeftOut {
    sessions: usize,
    keys: usize,
    letters: usize,
    proofs: usize,
}

fn leave_out(copy: &mut AnyConnection) -> QueryResult<LeftOut> {
    // A backup is made before an upgrade, and the earlier release sent no mail.
    let has_mail = db::migrate::has_table(copy, "deliveries")?;
    Ok(LeftOut {
        sessions: Session::remove_all(copy)?,
        keys: SigningKey::remove_all_unrevoked(copy)?,
        letters: if has_mail { Delivery::remove_all(copy)? } else { 0 },
        proofs: if has_mail { Proof::remove_all(copy)? } else { 0 },
    })
}
