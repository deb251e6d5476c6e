//! Explains why a database cannot be used, and what to do about it.

use std::path::Path;

use super::finding::Finding;
use crate::db::{DatabaseError, DatabaseUrl, Obstacles, Unavailable};

const NOBODY_LOGS_IN: &str = "Nobody can log in, and no login is renewed.";

/// The finding for a SQLite file that existed earlier and is missing now.
pub(super) fn lost(url: &DatabaseUrl) -> Option<Finding> {
    #[cfg(feature = "sqlite")]
    return crate::db::lost(url).map(|lost| file_lost(&lost.to_string()));
    #[cfg(not(feature = "sqlite"))]
    {
        let _ = url;
        None
    }
}

fn file_lost(what: &str) -> Finding {
    Finding::error("database-file-lost", what)
        .because("With an empty database in its place, auth-service would have forgotten everybody.")
        .advise("Find the file, or restore a backup.")
}

/// The finding for a database that refused the connection or a read.
pub(super) fn refused(url: &DatabaseUrl, error: &DatabaseError) -> Finding {
    let (masked, said) = (url.masked(), one_line(error));
    match error {
        #[cfg(feature = "sqlite")]
        DatabaseError::Lost(lost) => return file_lost(&lost.to_string()),
        DatabaseError::Pooled => {
            return Finding::error("database-pooled", format!("DATABASE_URL {said}"))
                .because("Deadlines and prepared statements belong to a connection, and would be another's.")
                .advise("Name PostgreSQL itself, or a pooler in session mode.");
        }
        _ => {}
    }
    if said.contains("malformed") || said.contains("file is not a database") {
        return corrupt(&format!("{masked}: {said}"));
    }
    if said.contains("permission denied") {
        return rights(&said);
    }
    if url.file().is_some_and(Path::is_file) {
        return not_written(url, error);
    }
    Finding::error("database-unreachable", format!("{masked} does not answer: {said}"))
        .because(NOBODY_LOGS_IN)
        .advise("Check that it runs, that DATABASE_URL names it, and that this user may reach it.")
}

/// The finding for a database that refused the doctor's write.
pub(super) fn not_written(url: &DatabaseUrl, error: &DatabaseError) -> Finding {
    let (masked, said) = (url.masked(), one_line(error));
    if said.contains("permission denied") {
        return rights(&said);
    }
    if said.contains("malformed") {
        return corrupt(&format!("{masked}: {said}"));
    }
    let mut what = format!("{masked} cannot be written: {said}");
    if let Some(owner) = url.file().and_then(whose) {
        what = format!("{what}; {owner}");
    }
    let advice = match (error.unavailable(), url.file()) {
        (Some(Unavailable::Full | Unavailable::Broken), _) => {
            "Make room on its disk, or look at why the disk or a quota refuses to write."
        }
        (Some(Unavailable::Busy), _) => {
            "Look who has it locked for so long: a backup, a shell, a forgotten transaction."
        }
        (_, Some(_)) => {
            "Run the doctor as the user that runs auth-service; give that user the file, those beside it, and the right to \
             write into their folder; and look whether the file system is mounted read-only."
        }
        (_, None) => {
            "Name the primary server and not a standby (target_session_attrs=read-write), and see that neither the role nor \
             the database has default_transaction_read_only."
        }
    };
    Finding::error("database-not-writable", what)
        .because("Every login and every renewal writes.")
        .advise(advice)
}

pub(super) fn corrupt(what: &str) -> Finding {
    Finding::error("database-corrupt", what)
        .because("What is damaged is lost, and it gets worse while it is in use.")
        .advise("Stop auth-service, keep a copy of the file and those beside it, and restore a backup. Then look at the disk.")
}

fn rights(what: &str) -> Finding {
    Finding::error("database-rights-missing", what)
        .because("auth-service reads, writes and deletes in its tables, and a release may make new ones.")
        .advise(
            "ALTER DATABASE … OWNER TO the role, or GRANT CREATE, USAGE ON SCHEMA … and SELECT, INSERT, UPDATE, DELETE ON ALL \
             TABLES IN SCHEMA … TO it; tables that another role made: REASSIGN OWNED BY … TO …",
        )
}

/// The first problem that PostgreSQL's catalog shows with the role's privileges or with the schema
/// of the tables.
pub(super) fn obstacle(found: &Obstacles, is_pending: bool) -> Option<Finding> {
    if !found.missing_rights.is_empty() {
        return Some(rights(&format!("the role of DATABASE_URL may not: {}", found.missing_rights)));
    }
    if !found.elsewhere.is_empty() {
        let what =
            format!("the tables are in the schema {}, which search_path does not lead to", found.elsewhere);
        return Some(
            Finding::error("database-schema-elsewhere", what)
                .because("auth-service would begin with empty tables in another schema, and know nobody.")
                .advise("Set search_path for the role or in DATABASE_URL (?options=-csearch_path%3D…), and GRANT USAGE on that schema."),
        );
    }
    match &found.schema {
        None => Some(
            Finding::error("database-no-schema", "search_path names no schema that is there and may be used")
                .because("There is no place for the tables.")
                .advise("CREATE SCHEMA, GRANT USAGE, CREATE on it, or correct search_path."),
        ),
        Some(schema) if is_pending && !found.may_create => {
            Some(rights(&format!("the role of DATABASE_URL may make no tables in the schema {schema}")))
        }
        Some(_) => None,
    }
}

/// The owner of a file that we cannot write, if another user owns it.
fn whose(file: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let we = rustix::process::geteuid().as_raw();
    let about = file.metadata().ok()?;
    let mode = about.mode() & 0o777;
    Some(match about.uid() == we {
        true => format!("the file has mode {mode:03o}"),
        false => {
            format!("the file is the user {}'s with mode {mode:03o}, and this is the user {we}", about.uid())
        }
    })
}

fn one_line(error: &DatabaseError) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
