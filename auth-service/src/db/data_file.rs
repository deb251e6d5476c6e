//! The file of a SQLite database: checks that it is still the file that was opened, and that an
//! empty one is really new.
//!
//! SQLite keeps writing to a deleted or replaced file, and takes a missing or empty file for a new
//! database. To its users, such a service has lost all accounts. So an installation leaves a marker
//! beside its file (`auth.db-install`), and its number inside it (`PRAGMA application_id`), which
//! copies keep.

use std::fs::{self, Metadata};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Integer};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use super::{AnyConnection, DatabaseUrl, sqlite_file};
use crate::random;

/// The number of links that Linux follows.
const LINKS: usize = 40;

/// The file is not the expected database. Nothing is served from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LostFile {
    /// During use.
    #[error(
        "{} was deleted or moved while it was in use: put the very same file back, or stop auth-service and restore \
         a backup",
        .0.display()
    )]
    Deleted(PathBuf),
    /// During use.
    #[error(
        "{} was replaced by another file while it was in use: restart auth-service to go on with that one",
        .0.display()
    )]
    Replaced(PathBuf),
    /// During use.
    #[error("{} was emptied while it was in use: stop auth-service and restore a backup", .0.display())]
    Emptied(PathBuf),
    /// At startup.
    #[error(
        "{file} is missing or empty, although auth-service has run on it, as {mark} says: put it back, or restore a \
         backup. To begin with an empty database, remove {mark}",
        file = file.display(),
        mark = mark.display()
    )]
    Missing { file: PathBuf, mark: PathBuf },
    /// At startup.
    #[error(
        "{file} is missing or empty, and {log} holds what was written to it last: put the file back beside it, or \
         restore a backup. To begin with an empty database, remove {log}",
        file = file.display(),
        log = log.display()
    )]
    LogAlone { file: PathBuf, log: PathBuf },
    /// At startup.
    #[error(
        "{file} holds no table: it was copied without {log} while it was in use. Copy both, or restore a backup made \
         by `auth-service backup`. To begin with an empty database, remove it",
        file = file.display(),
        log = log.display()
    )]
    WithoutLog { file: PathBuf, log: PathBuf },
    /// At startup.
    #[error(
        "{file} is the database of another installation than the one that ran here, as {mark} says: put the right one \
         back. To go on with this one, remove {mark}",
        file = file.display(),
        mark = mark.display()
    )]
    OfAnother { file: PathBuf, mark: PathBuf },
}

/// The state of the file before SQLite opened it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    has_log: bool,
    has_content: bool,
}

/// One SQLite file. Clones share their state.
#[derive(Debug, Clone)]
pub(super) struct DataFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The path in the URL, which may be a link.
    named: PathBuf,
    /// The device and the inode of the opened file.
    opened: OnceLock<(u64, u64)>,
    has_content: AtomicBool,
}

impl DataFile {
    /// `None` for names that have a special meaning to SQLite.
    pub fn new(path: &str) -> Option<Self> {
        let is_file = !path.is_empty() && path != ":memory:" && !path.starts_with("file:");
        is_file.then(|| {
            Self(Arc::new(Inner {
                named: PathBuf::from(path),
                opened: OnceLock::new(),
                has_content: AtomicBool::new(false),
            }))
        })
    }

    /// Checks the file before SQLite opens it. SQLite would create a missing file, and delete a log
    /// whose file is missing.
    ///
    /// The log and the marker are read before the file, because another process may be creating all
    /// of them, and it creates the file first.
    pub fn may_be_opened(&self) -> Result<Before, LostFile> {
        let (file, log, mark) = (self.file(), self.beside("-wal"), self.mark());
        let (of_log, of_mark) = (bytes_of(&log), bytes_of(&mark));
        let before = Before {
            has_log: of_log.is_some(),
            has_content: bytes_of(&self.0.named).is_some_and(|bytes| bytes > 0),
        };
        match (of_log, of_mark) {
            _ if before.has_content => Ok(before),
            (Some(1..), _) => Err(LostFile::LogAlone { file, log }),
            (_, Some(_)) => Err(LostFile::Missing { file, mark }),
            _ => Ok(before),
        }
    }

    /// Checks the opened file and remembers its identity. `before` is the state before it was
    /// opened.
    pub fn is_opened(&self, conn: &mut AnyConnection, before: Before) -> Result<QueryResult<()>, LostFile> {
        let Some(conn) = conn.sqlite() else { return Ok(Ok(())) };
        let found = Found::of(conn);
        self.remember();
        let found = match found {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        let (file, mark) = (self.file(), self.mark());
        if !found.has_tables && before.has_content {
            if bytes_of(&mark).is_some() {
                return Err(LostFile::Missing { file, mark });
            }
            if found.is_logged && !before.has_log {
                return Err(LostFile::WithoutLog { file, log: self.beside("-wal") });
            }
        }
        match (installation_of(&mark), found.installation) {
            (Some(ours), theirs) if theirs != 0 && theirs != ours => Err(LostFile::OfAnother { file, mark }),
            _ => Ok(Ok(())),
        }
    }

    /// Checks that it still is the opened file. It takes a microsecond; call it before any work.
    pub fn is_still_there(&self) -> Result<(), LostFile> {
        let Some(opened) = self.0.opened.get() else { return Ok(()) };
        let about = match fs::metadata(&self.0.named) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(LostFile::Deleted(self.file())),
            // SQLite will run into the same error and report it.
            Err(_) => return Ok(()),
        };
        if identity(&about) != *opened {
            return Err(LostFile::Replaced(self.file()));
        }
        if about.len() > 0 {
            self.0.has_content.store(true, Ordering::Relaxed);
        } else if self.0.has_content.load(Ordering::Relaxed) {
            return Err(LostFile::Emptied(self.file()));
        }
        Ok(())
    }

    /// Writes the markers once the schema exists. From then on the file has a log.
    pub fn mark_as_ours(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let mark = self.mark();
        let wanted = installation_of(&mark);
        let installation = conn.write(|conn| {
            let Some(conn) = conn.sqlite() else { return Ok(0) };
            let found = Found::of(conn)?.installation;
            if found != 0 {
                return Ok(found);
            }
            let chosen = wanted.unwrap_or_else(|| i32::from_be_bytes(random::bytes()) & i32::MAX | 1);
            conn.batch_execute(&format!("PRAGMA application_id = {chosen}"))?;
            Ok::<_, diesel::result::Error>(chosen)
        })?;
        if let Some(conn) = conn.sqlite() {
            sqlite_file::log_ahead(conn)?;
        }
        self.remember();
        if let Err(error) = write_mark(&mark, &self.file(), installation) {
            let (mark, error) = (mark.display().to_string(), error.to_string());
            tracing::warn!(mark, error, "a database that goes missing will not be noticed at the next start");
        }
        Ok(())
    }

    fn remember(&self) {
        if let Ok(about) = fs::metadata(&self.0.named) {
            self.0.opened.get_or_init(|| identity(&about));
            self.0.has_content.fetch_or(about.len() > 0, Ordering::Relaxed);
        }
    }

    /// The real path: SQLite puts its other files beside a link's target.
    fn file(&self) -> PathBuf {
        let mut path = self.0.named.clone();
        for _ in 0..LINKS {
            match fs::read_link(&path) {
                Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
                Err(_) => break,
            }
        }
        path
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.file().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    }

    fn mark(&self) -> PathBuf {
        self.beside("-install")
    }
}

/// What is missing of the database at `url`; `None` if it is complete or never existed.
pub fn lost(url: &DatabaseUrl) -> Option<LostFile> {
    DataFile::new(url.file()?.to_str()?)?.may_be_opened().err()
}

/// What an open file says about itself.
struct Found {
    has_tables: bool,
    /// Whether the file is in WAL mode.
    is_logged: bool,
    /// 0 if no installation wrote its number.
    installation: i32,
}

impl Found {
    fn of(conn: &mut SqliteConnection) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Id {
            #[diesel(sql_type = Integer)]
            application_id: i32,
        }
        #[derive(QueryableByName)]
        struct Journal {
            #[diesel(sql_type = diesel::sql_types::Text)]
            journal_mode: String,
        }
        let has_tables =
            diesel::select(sql::<Bool>("EXISTS (SELECT 1 FROM sqlite_master)")).get_result(conn)?;
        let journal: Journal = diesel::sql_query("PRAGMA journal_mode").get_result(conn)?;
        let id: Id = diesel::sql_query("PRAGMA application_id").get_result(conn)?;
        Ok(Self { has_tables, is_logged: journal.journal_mode == "wal", installation: id.application_id })
    }
}

fn identity(about: &Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

fn bytes_of(path: &Path) -> Option<u64> {
    path.metadata().ok().map(|about| about.len())
}

/// The number in a marker; `None` if the marker is missing or empty.
fn installation_of(mark: &Path) -> Option<i32> {
    let text = fs::read_to_string(mark).ok()?;
    let number = text.lines().find_map(|line| line.strip_prefix("installation "))?;
    i32::from_str_radix(number.trim(), 16).ok()
}

/// Writes the marker unless it exists.
fn write_mark(mark: &Path, file: &Path, installation: i32) -> std::io::Result<()> {
    let mut made = match fs::File::options().write(true).create_new(true).mode(0o600).open(mark) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        made => made?,
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    write!(
        made,
        "auth-service keeps its database in {name}. If that file is missing or empty, auth-service refuses to start instead of\n\
         beginning with an empty database. To begin anew on purpose, remove this file.\n\
         installation {installation:08x}\n"
    )?;
    made.sync_all()
}
