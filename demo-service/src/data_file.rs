//! Data file check: whether the opened SQLite file is still the one at its path. SQLite goes on
//! writing to a file that was deleted or replaced, and everything that it stores there is lost with
//! the process.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The notes' SQLite file. Cheap to clone.
#[derive(Clone)]
pub struct DataFile(Arc<Opened>);

struct Opened {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

impl DataFile {
    /// Remembers the file that was just opened. `None` for a name that SQLite reserves.
    ///
    /// # Errors
    /// When the file cannot be examined.
    pub fn of(path: &str) -> io::Result<Option<Self>> {
        if path == ":memory:" {
            return Ok(None);
        }
        let identity = identity(&fs::metadata(path)?);
        Ok(Some(Self(Arc::new(Opened { path: path.into(), identity }))))
    }

    /// Whether the path still names that file, and it is not empty. Takes a microsecond.
    #[must_use]
    pub fn is_there(&self) -> bool {
        fs::metadata(&self.0.path).is_ok_and(|about| identity(&about) == self.0.identity && about.len() > 0)
    }
}

fn identity(about: &fs::Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

/// Refuses to open a path whose write-ahead log is there without its file: SQLite would delete the
/// log.
///
/// # Errors
/// A sentence that says what to do.
pub fn refuse_lost(path: &str) -> Result<(), String> {
    let bytes = |path: &Path| fs::metadata(path).map_or(0, |about| about.len());
    let log = PathBuf::from(format!("{path}-wal"));
    if bytes(Path::new(path)) == 0 && bytes(&log) > 0 {
        return Err(format!(
            "{path} is missing or empty, and {log} holds what was written to it last: put it back, or remove {log} to begin anew",
            log = log.display()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Z26
    #[test]
    fn a_log_without_its_file_is_kept_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db").to_str().unwrap().to_owned();
        assert!(refuse_lost(&path).is_ok(), "a first start");
        fs::write(format!("{path}-wal"), "what was written last").unwrap();
        assert!(refuse_lost(&path).unwrap_err().contains("notes.db-wal holds what was written to it last"));
        fs::write(&path, "a database").unwrap();
        assert!(refuse_lost(&path).is_ok());
    }
}
