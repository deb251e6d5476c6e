//! Private files: created readable by their owner only. In a folder that others can write to, the
//! name may already be a link or a pipe of an attacker.

use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;
use shared_claims::setting::is_handed_over;

use super::CliError;

/// The number of links that Linux follows.
const LINKS: usize = 40;

/// How long to wait for the reader of a pipe, in tenths of a second.
const READER_COMES_WITHIN: usize = 50;

/// Creates a file that only its owner can read. It replaces an existing file, so that a process
/// that has the old one open does not see the new content.
///
/// A special file is accepted if the process inherited it, such as `/dev/stdout`, or if the user
/// owns it. Pipes and links of other users are refused.
pub(super) fn create(path: &Path) -> Result<File, CliError> {
    let me = rustix::process::geteuid().as_raw();
    open_as(me, path).map_err(|why| CliError::Failed(format!("{} cannot be written: {why}", path.display())))
}

fn open_as(me: u32, path: &Path) -> Result<File, String> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if is_handed_over(&path) {
            return special(&path, OFlags::empty());
        }
        match fs::symlink_metadata(&path) {
            Ok(about) if about.is_symlink() => path = target_of(&path, &about, me)?,
            Ok(about) if about.is_dir() => return Err("is a directory; name a file".to_owned()),
            Ok(about) if about.is_file() => {
                fs::remove_file(&path).map_err(describe)?;
                return new(&path);
            }
            Ok(about) if about.file_type().is_socket() => return Err("it is a socket".to_owned()),
            Ok(about) => {
                // Check before opening, because opening a pipe already signals its other end.
                must_be_trusted(&about, me)?;
                let file = special(&path, OFlags::NOFOLLOW)?;
                let about = file.metadata().map_err(describe)?;
                must_be_trusted(&about, me)?;
                // It was replaced in the meantime. It was only opened, so nothing was truncated.
                return if about.is_file() { Err("it has just been replaced".to_owned()) } else { Ok(file) };
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return new(&path),
            Err(error) => return Err(describe(error)),
        }
    }
    Err("it is a link that leads in a circle".to_owned())
}

fn describe(error: std::io::Error) -> String {
    error.to_string()
}

fn new(path: &Path) -> Result<File, String> {
    File::options().write(true).create_new(true).mode(0o600).open(path).map_err(describe)
}

fn target_of(link: &Path, about: &Metadata, me: u32) -> Result<PathBuf, String> {
    if about.uid() != me {
        return Err("it is a link that somebody else made; name the file that you mean".to_owned());
    }
    let target = fs::read_link(link).map_err(describe)?;
    let still = fs::symlink_metadata(link).map_err(describe)?;
    if (still.dev(), still.ino()) != (about.dev(), about.ino()) {
        return Err("it has just been replaced".to_owned());
    }
    Ok(link.parent().unwrap_or(Path::new("")).join(target))
}

/// Accepts our own files, and root's devices such as `/dev/null`, which only root can create.
fn must_be_trusted(about: &Metadata, me: u32) -> Result<(), String> {
    let is_device = about.file_type().is_char_device() || about.file_type().is_block_device();
    if about.uid() == me || is_device && about.uid() == 0 {
        return Ok(());
    }
    let what = if is_device { "a device" } else { "a pipe" };
    Err(format!("it is {what} of somebody else's; name a file that is not there, or your own"))
}

/// Opens a pipe or a device. Waits a few seconds for a pipe's reader, and then gives up.
fn special(path: &Path, flags: OFlags) -> Result<File, String> {
    let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).expect("the system's own flags");
    let is_lonely = |error: &std::io::Error| error.raw_os_error() == Some(Errno::NXIO.raw_os_error());
    for _ in 0..READER_COMES_WITHIN {
        // Append, because an inherited file may already have content.
        match File::options().append(true).custom_flags(flags).open(path) {
            Ok(file) => {
                rustix::fs::fcntl_getfl(&file)
                    .and_then(|flags| rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK))
                    .map_err(|errno| errno.to_string())?;
                return Ok(file);
            }
            Err(error) if is_lonely(&error) => std::thread::sleep(Duration::from_millis(100)),
            Err(error) => return Err(describe(error)),
        }
    }
    Err("it is a pipe, and nobody reads from it".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::fs::symlink;
    use std::process::{Command, Stdio};

    use super::*;

    fn me() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    fn pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    /// D7t: pipes and links of other users are not opened, wherever a link leads; our own are.
    #[test]
    fn what_somebody_else_put_there_is_refused_and_what_is_mine_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        pipe(&at("pipe"));
        fs::write(at("there"), "kept").unwrap();
        symlink("there", at("link")).unwrap();
        symlink("absent", at("link-to-nothing")).unwrap();
        symlink("pipe", at("link-to-pipe")).unwrap();
        symlink("link", at("link-to-link")).unwrap();
        symlink("circle", at("circle")).unwrap();
        for (name, why) in [
            ("pipe", "a pipe of somebody else's"),
            ("link", "a link that somebody else made"),
            ("link-to-nothing", "a link that somebody else made"),
            ("link-to-pipe", "a link that somebody else made"),
        ] {
            let refused = open_as(me() + 1, &at(name)).unwrap_err();
            assert!(refused.contains(why), "{name}: {refused}");
        }
        assert_eq!(fs::read_to_string(at("there")).unwrap(), "kept");
        assert!(!at("absent").exists());
        assert!(open_as(me(), &at("circle")).unwrap_err().contains("circle"));
        assert!(open_as(me(), folder.path()).unwrap_err().contains("a directory"));

        for name in ["link-to-link", "link-to-nothing", "new"] {
            open_as(me(), &at(name)).unwrap().write_all(b"mine").unwrap();
        }
        for name in ["there", "absent", "new"] {
            assert_eq!(fs::read_to_string(at(name)).unwrap(), "mine", "{name}");
            assert_eq!(at(name).metadata().unwrap().mode() & 0o777, 0o600, "{name}");
        }
        assert!(open_as(me() + 1, Path::new("/dev/null")).is_ok(), "it is the system's");
    }

    /// D7t: our own pipe is used if it has a reader, and the wait for a reader is limited.
    #[test]
    fn a_pipe_of_mine_needs_somebody_who_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        pipe(&path);
        assert!(open_as(me(), &path).unwrap_err().contains("nobody reads from it"));
        let mut reader = Command::new("cat").arg(&path).stdout(Stdio::piped()).spawn().unwrap();
        open_as(me(), &path).unwrap().write_all(b"all of it").unwrap();
        let mut read = String::new();
        reader.stdout.take().unwrap().read_to_string(&mut read).unwrap();
        reader.wait().unwrap();
        assert_eq!(read, "all of it");
    }
}
