//! The file of a SQLite database: checks that it is the one that was opened, and that an empty one
//! may be empty.
//!
//! SQLite goes on writing into a file that was deleted or replaced, and takes one that is missing
//! or empty for a new database. To people who log in, such a service has forgotten everybody. So an
//! installation leaves a mark beside its file (`auth.db-install`) and its number in it (`PRAGMA
//! application_id`), which copies have too.

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

/// As many links as Linux follows.
const LINKS: usize = 40;

/// The file is not the database that it should be. Nothing is served from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LostFile {
    /// While it was in use.
    #[error(
        "{} was deleted or moved while it was in use: put the very same file back, or stop auth-service and restore \
         a backup",
        .0.display()
    )]
    Deleted(PathBuf),
    /// While it was in use.
    #[error(
        "{} was replaced by another file while it was in use: restart auth-service to go on with that one",
        .0.display()
    )]
    Replaced(PathBuf),
    /// While it was in use.
    #[error("{} was emptied while it was in use: stop auth-service and restore a backup", .0.display())]
    Emptied(PathBuf),
    /// At the start.
    #[error(
        "{file} is missing or empty, although auth-service has run on it, as {mark} says: put it back, or restore a \
         backup. To begin with an empty database, remove {mark}",
        file = file.display(),
        mark = mark.display()
    )]
    Missing { file: PathBuf, mark: PathBuf },
    /// At the start.
    #[error(
        "{file} is missing or empty, and {log} holds what was written to it last: put the file back beside it, or \
         restore a backup. To begin with an empty database, remove {log}",
        file = file.display(),
        log = log.display()
    )]
    LogAlone { file: PathBuf, log: PathBuf },
    /// At the start.
    #[error(
        "{file} holds no table: it was copied without {log} while it was in use. Copy both, or restore a backup made \
         by `auth-service backup`. To begin with an empty database, remove it",
        file = file.display(),
        log = log.display()
    )]
    WithoutLog { file: PathBuf, log: PathBuf },
    /// At the start.
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

/// One SQLite file. Clones know the same of it.
#[derive(Debug, Clone)]
pub(super) struct DataFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// As it was named. It may be a link.
    named: PathBuf,
    /// Device and inode of what was opened.
    opened: OnceLock<(u64, u64)>,
    has_content: AtomicBool,
}

impl DataFile {
    /// `None` for names that SQLite gives a meaning of their own.
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

    /// Looks before SQLite does, which would make a missing file and throw a log away that belongs
    /// to no file.
    ///
    /// What lies beside the file is looked at first: somebody else may be making all of it, and
    /// makes the file first.
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

    /// Looks into what was opened, and remembers which file that is. `before` is what there was
    /// until then.
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

    /// Whether it still is the file that was opened. Costs a microsecond; to be asked before any
    /// work.
    pub fn is_still_there(&self) -> Result<(), LostFile> {
        let Some(opened) = self.0.opened.get() else { return Ok(()) };
        let about = match fs::metadata(&self.0.named) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(LostFile::Deleted(self.file())),
            // Whatever that is, SQLite will meet it too.
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

    /// Leaves the marks, once the schema is there. From then on the file has a log.
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

    /// Where it really is: SQLite puts its files beside what a link leads to.
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

/// What is missing of a database that `url` says is there; `None` where nothing is, and nothing
/// was.
pub fn lost(url: &DatabaseUrl) -> Option<LostFile> {
    DataFile::new(url.file()?.to_str()?)?.may_be_opened().err()
}

/// The identity that an open file states.
struct Found {
    has_tables: bool,
    /// Whether it has a log (WAL), as the file itself says.
    is_logged: bool,
    /// 0 where no installation left its number.
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

/// The number in a mark; `None` without a mark, or where somebody emptied it.
fn installation_of(mark: &Path) -> Option<i32> {
    let text = fs::read_to_string(mark).ok()?;
    let number = text.lines().find_map(|line| line.strip_prefix("installation "))?;
    i32::from_str_radix(number.trim(), 16).ok()
}

/// Unless there is one.
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
