//! The file that was opened: SQLite goes on writing into one that was deleted or replaced, and everything that people are
//! told meanwhile is gone with the process.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file of the notes. Cheap to clone.
#[derive(Clone)]
pub struct DataFile(Arc<Opened>);

struct Opened {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

impl DataFile {
    /// Remembers the file that was just opened. `None` for a name of SQLite's own.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn of(path: &str) -> io::Result<Option<Self>> {
        if path == ":memory:" {
            return Ok(None);
        }
        let identity = identity(&fs::metadata(path)?);
        Ok(Some(Self(Arc::new(Opened { path: path.into(), identity }))))
    }

    /// Whether it still is that file, with something in it. Costs a microsecond.
    #[must_use]
    pub fn is_there(&self) -> bool {
        fs::metadata(&self.0.path).is_ok_and(|about| identity(&about) == self.0.identity && about.len() > 0)
    }
}

fn identity(about: &fs::Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

/// That nothing is lost by opening it: SQLite throws a log away that belongs to no file.
///
/// # Errors
/// In a sentence that says what to do.
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
