//! File permissions of SQLite: only the owner can read the file, from the first byte on, because it
//! contains password hashes, addresses and sealed keys.
//!
//! SQLite would create it with the process's umask, which usually lets everyone read it. The files
//! beside it (`-wal`, `-shm`, `-journal`) get the file's own permissions. An existing file keeps
//! its permissions, because a group may have been given access on purpose. Startup and the doctor
//! report it.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// A file that other users of the machine can open.
#[derive(Debug, PartialEq, Eq)]
pub struct Exposed {
    pub file: PathBuf,
    pub mode: u32,
    /// Everyone can open it, and not only its group.
    pub to_everybody: bool,
}

/// Creates an empty file, which SQLite accepts as a database, if none exists. Errors are ignored,
/// because SQLite will run into them and report them. Never opens an existing file: closing it
/// would release this process's locks on it.
#[cfg(all(unix, feature = "sqlite"))]
pub(super) fn make(path: &str) {
    use std::os::unix::fs::OpenOptionsExt;
    /// The number of links that Linux follows.
    const LINKS: usize = 40;
    // These names have a special meaning to SQLite.
    if path.is_empty() || path == ":memory:" || path.starts_with("file:") {
        return;
    }
    let mut path = PathBuf::from(path);
    for _ in 0..LINKS {
        let made = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&path);
        let is_there = made.is_err_and(|error| error.kind() == std::io::ErrorKind::AlreadyExists);
        // SQLite follows a link whose target does not exist yet.
        match std::fs::read_link(&path) {
            Ok(target) if is_there => path = path.parent().unwrap_or(Path::new("")).join(target),
            _ => return,
        }
    }
}

#[cfg(all(not(unix), feature = "sqlite"))]
pub(super) fn make(_: &str) {}

/// The files of a database that other users can open, considering the folder's permissions.
#[cfg(unix)]
pub fn exposed(path: &Path) -> Vec<Exposed> {
    use std::os::unix::fs::PermissionsExt;
    let mode = |about: Metadata| about.permissions().mode() & 0o777;
    let Ok(path) = path.canonicalize() else { return Vec::new() };
    let folder = path.parent().and_then(|folder| folder.metadata().ok()).map_or(0o777, mode);
    let mut passes = 0;
    for (enters, uses) in [(0o010, 0o070), (0o001, 0o007)] {
        if folder & enters != 0 {
            passes |= uses;
        }
    }
    let beside = ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    });
    let found = beside.into_iter().filter_map(|file| {
        let about = file.metadata().ok().filter(Metadata::is_file)?;
        let mode = mode(about);
        let open_to = mode & passes;
        (open_to != 0).then_some(Exposed { file, mode, to_everybody: open_to & 0o007 != 0 })
    });
    found.collect()
}

#[cfg(not(unix))]
pub fn exposed(_: &Path) -> Vec<Exposed> {
    Vec::new()
}

#[cfg(all(test, unix, feature = "sqlite"))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    /// D7t: through links too, and existing files are not touched.
    #[test]
    fn a_new_file_is_its_owners_and_an_old_one_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        make(at("new.db").to_str().unwrap());
        assert_eq!(mode(&at("new.db")), 0o600);
        symlink("behind.db", at("link")).unwrap();
        symlink(at("link"), at("link-to-link")).unwrap();
        make(at("link-to-link").to_str().unwrap());
        assert_eq!(mode(&at("behind.db")), 0o600);
        fs::write(at("old.db"), "kept").unwrap();
        fs::set_permissions(at("old.db"), Permissions::from_mode(0o644)).unwrap();
        make(at("old.db").to_str().unwrap());
        assert_eq!(
            (fs::read_to_string(at("old.db")).unwrap().as_str(), mode(&at("old.db"))),
            ("kept", 0o644)
        );
        symlink("circle", at("circle")).unwrap();
        make(at("circle").to_str().unwrap());
        make("/nonexistent/folder/auth.db");
    }

    /// D7t
    #[test]
    fn who_may_open_a_file_is_told_by_its_rights_and_its_folders() {
        let folder = tempfile::tempdir().unwrap();
        let (db, wal) = (folder.path().join("auth.db"), folder.path().join("auth.db-wal"));
        fs::write(&db, "").unwrap();
        fs::write(&wal, "").unwrap();
        let found = |of_folder: u32, of_db: u32, of_wal: u32| {
            for (path, mode) in [(folder.path(), of_folder), (&db, of_db), (&wal, of_wal)] {
                fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            }
            let found = exposed(&db);
            let name = |one: &Exposed| one.file.file_name().unwrap().to_str().unwrap().to_owned();
            found.iter().map(|one| (name(one), one.to_everybody)).collect::<Vec<_>>()
        };
        let is = |name: &str, to_everybody: bool| (name.to_owned(), to_everybody);
        assert_eq!(found(0o755, 0o600, 0o600), []);
        assert_eq!(found(0o755, 0o644, 0o600), [is("auth.db", true)]);
        assert_eq!(found(0o755, 0o640, 0o644), [is("auth.db", false), is("auth.db-wal", true)]);
        assert_eq!(found(0o750, 0o644, 0o600), [is("auth.db", false)]);
        assert_eq!(found(0o700, 0o666, 0o644), [], "nobody gets that far");
    }
}
