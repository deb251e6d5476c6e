//! Unix domain socket. Its permissions are right from the beginning, and two processes never claim
//! one file.

use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::folder_lock::FolderLock;

/// How many connections the kernel queues until they are accepted.
pub(super) const BACKLOG: i32 = 1024;

/// A socket address holds 108 bytes. The rest is for the temporary name.
pub(super) const MAX_PATH_BYTES: usize = 90;

/// The owner and the group may connect.
const MODE: u32 = 0o660;

/// The file of a listening socket, deleted when this is dropped.
#[derive(Debug)]
pub struct SocketFile(Option<Ours>);

#[derive(Debug)]
struct Ours {
    path: PathBuf,
    /// Device and inode, which tell our file from another process's file of that name.
    id: (u64, u64),
}

impl SocketFile {
    pub(super) fn none() -> Self {
        Self(None)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let Some(ours) = &self.0 else { return };
        // Without the lock the file is deleted all the same: a file without a process is replaced
        // at the next start.
        let _lock = FolderLock::of_folder_of(&ours.path);
        if fs::symlink_metadata(&ours.path).is_ok_and(|found| id(&found) == ours.id) {
            let _ = fs::remove_file(&ours.path);
        }
    }
}

fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Listens on `path`. One rename makes the file appear there, with its mode set.
pub(super) fn bind(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    // If two processes find a dead one's file, the second must find the first one's file.
    let _lock = FolderLock::of_folder_of(path)?;
    refuse_what_is_in_the_way(path)?;
    // In the same folder, so that the rename is atomic. The folder is locked, so a file of this
    // name is left over from a dead process.
    let draft = path.with_file_name(format!(".{}.new", std::process::id()));
    let _ = fs::remove_file(&draft);
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(&draft)?)?;
    let made = fs::set_permissions(&draft, Permissions::from_mode(MODE))
        // From here on clients can connect.
        .and_then(|()| Ok(rustix::net::listen(&socket, BACKLOG)?))
        .and_then(|()| fs::rename(&draft, path));
    if let Err(error) = made {
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    let ours = Ours { path: path.to_owned(), id: id(&fs::symlink_metadata(path)?) };
    Ok((UnixListener::from(socket), SocketFile(Some(ours))))
}

fn refuse_what_is_in_the_way(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(found) if !found.file_type().is_socket() => {
            return Err(io::Error::new(ErrorKind::AlreadyExists, "the file there is no socket"));
        }
        Ok(_) => {}
    }
    // Non-blocking: a process that is stopped and has a full queue is alive too.
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let probe = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    match rustix::net::connect(&probe, &SocketAddrUnix::new(path)?) {
        // Left behind by a killed process; the rename replaces it.
        Err(Errno::CONNREFUSED | Errno::NOENT) => Ok(()),
        Ok(()) | Err(Errno::WOULDBLOCK | Errno::INPROGRESS) => {
            Err(io::Error::new(ErrorKind::AddrInUse, "another process listens there"))
        }
        Err(error) => Err(said(&error.into(), "whether another process listens there cannot be seen")),
    }
}

fn said(error: &io::Error, what: &str) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::net::UnixStream;

    use rustix::fs::FlockOperation;

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        (folder, path)
    }

    fn files(folder: &tempfile::TempDir) -> usize {
        fs::read_dir(folder.path()).unwrap().count()
    }

    #[test]
    fn owner_and_group_may_connect_and_the_file_goes_with_its_owner() {
        let (folder, path) = folder();
        let (_listener, file) = bind(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        assert!(UnixStream::connect(&path).is_ok());
        assert_eq!(files(&folder), 1, "a draft is left behind");
        drop(file);
        assert_eq!(files(&folder), 0);
    }

    /// Another account, such as a web server's, may read the folder and hold a lock on it.
    #[test]
    fn who_may_but_read_the_folder_keeps_nobody_from_listening() {
        let (folder, path) = folder();
        let held = File::open(folder.path()).unwrap();
        rustix::fs::flock(&held, FlockOperation::NonBlockingLockExclusive).unwrap();
        let (_listener, file) = bind(&path).unwrap();
        drop(file);
        assert_eq!(files(&folder), 0);
    }

    #[test]
    fn a_dead_process_is_followed_and_a_living_one_is_not() {
        let (folder, path) = folder();
        // As after a kill: the file stays.
        drop(UnixListener::bind(&path).unwrap());
        assert!(UnixStream::connect(&path).is_err());
        let (listener, file) = bind(&path).unwrap();
        let refused = bind(&path).unwrap_err();
        assert_eq!(
            (refused.kind(), refused.to_string().as_str()),
            (ErrorKind::AddrInUse, "another process listens there")
        );
        assert!(UnixStream::connect(&path).is_ok(), "the first still listens");
        drop((listener, file));
        assert_eq!(files(&folder), 0);
    }

    #[test]
    fn a_living_process_that_takes_no_connection_is_alive() {
        let (_folder, path) = folder();
        let _stands_still = UnixListener::bind(&path).unwrap();
        let mut waiting = Vec::new();
        // Fill its queue, so that connecting would wait.
        loop {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            let socket =
                rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
            let connected = rustix::net::connect(&socket, &SocketAddrUnix::new(&path).unwrap());
            waiting.push(socket);
            if connected.is_err() || waiting.len() > 10_000 {
                break;
            }
        }
        assert_eq!(bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
    }

    #[test]
    fn what_is_no_socket_is_left_alone() {
        let (_folder, path) = folder();
        fs::write(&path, "a letter").unwrap();
        assert_eq!(bind(&path).unwrap_err().to_string(), "the file there is no socket");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a letter");
        // A symbolic link is not followed.
        let link = path.with_file_name("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(bind(&link).is_err());
    }

    #[test]
    fn the_file_of_a_successor_is_not_taken_away() {
        let (_folder, path) = folder();
        let (_first, file) = bind(&path).unwrap();
        // Another process has started after the folder was emptied.
        fs::remove_file(&path).unwrap();
        let (_second, _its_file) = bind(&path).unwrap();
        drop(file);
        assert!(UnixStream::connect(&path).is_ok());
    }

    #[test]
    fn of_two_that_find_a_dead_ones_file_one_listens() {
        let (_folder, path) = folder();
        for _ in 0..20 {
            drop(UnixListener::bind(&path).unwrap());
            let both = std::thread::scope(|scope| {
                let threads = [(); 4].map(|()| scope.spawn(|| bind(&path)));
                threads.map(|thread| thread.join().unwrap())
            });
            assert_eq!(both.iter().filter(|bound| bound.is_ok()).count(), 1);
            assert!(UnixStream::connect(&path).is_ok());
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let refused = bind(Path::new("/nowhere-at-all/http.sock")).unwrap_err();
        assert!(refused.to_string().starts_with("its folder cannot be opened: "), "{refused}");
    }
}
