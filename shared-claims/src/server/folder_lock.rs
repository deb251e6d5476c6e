//! Exclusive lock on a folder.
//!
//! Every account that may read a folder may `flock` it, and could keep a service from starting: a
//! web server that passes through the folder, or every account if the folder is open to all. So the
//! lock is a file in the folder that only its creator can open.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;

const NAME: &str = ".listen.lock";

/// Another process that starts or ends in the same folder holds the lock for a moment only.
const TIMEOUT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// A lock that is held until it is dropped. Then its file is deleted.
#[derive(Debug)]
pub(super) struct FolderLock {
    path: PathBuf,
    _held: File,
}

impl FolderLock {
    /// Locks the folder that contains `path`.
    pub fn of_folder_of(path: &Path) -> io::Result<Self> {
        let path = path.with_file_name(NAME);
        for _ in 0..TIMEOUT.as_millis() / PAUSE.as_millis() {
            match try_lock(&path)? {
                Some(held) => return Ok(Self { path, _held: held }),
                None => std::thread::sleep(PAUSE),
            }
        }
        Err(io::Error::new(ErrorKind::WouldBlock, "its folder is locked by another process"))
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // The lock is still held: a process that waits for it finds another file of that name, or
        // none.
        let _ = fs::remove_file(&self.path);
    }
}

/// `None` while another process has the lock, or has just deleted its file.
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).expect("the system's own flags");
    let opened =
        File::options().read(true).write(true).create(true).mode(0o600).custom_flags(flags).open(path);
    let file = opened.map_err(|error| {
        let what = match error.kind() {
            ErrorKind::NotFound => "its folder cannot be opened".to_owned(),
            _ => format!("{NAME} in its folder cannot be opened"),
        };
        io::Error::new(error.kind(), format!("{what}: {error}"))
    })?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => return Ok(None),
        locked => locked?,
    }
    let held = file.metadata()?;
    let named = fs::symlink_metadata(path).ok();
    Ok(named.is_some_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino())).then_some(file))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn one_at_a_time_holds_it_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let lock = FolderLock::of_folder_of(&path).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two hold it");
                    let mode = fs::metadata(folder.path().join(NAME)).unwrap().permissions().mode();
                    assert_eq!(mode & 0o777, 0o600);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(lock);
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// A process that was killed while it held the lock.
    #[test]
    fn a_file_that_nobody_holds_is_taken_and_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, file) = (folder.path().join("http.sock"), folder.path().join(NAME));
        fs::write(&file, "").unwrap();
        drop(FolderLock::of_folder_of(&path).unwrap());
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &file).unwrap();
        assert!(FolderLock::of_folder_of(&path).is_err());
        assert!(!folder.path().join("elsewhere").exists());
    }
}
