//! Files that settings name: regular ones of limited size.
//!
//! Reading a pipe without a writer would block for ever, and a device has no end.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

/// Why a file that a setting names cannot be read. The text follows the setting's name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// A directory.
    #[error("is a directory; name a file")]
    Directory,
    /// A pipe, a socket or a device that the process did not inherit.
    #[error("is a pipe, a socket or a device; name a file")]
    NotRegular,
    /// Larger than this many bytes.
    #[error("is too large: it has more than {0} bytes")]
    TooLarge(u64),
    /// The operating system cannot open or read it.
    #[error("cannot be read: {0}")]
    Io(io::Error),
}

/// Whether a path names an inherited file descriptor, as `<(command)` and systemd pass it. Such a
/// pipe has a writer.
pub fn is_handed_over(path: &Path) -> bool {
    let Some(path) = path.to_str() else { return false };
    let number = ["/dev/fd/", "/proc/self/fd/"].iter().find_map(|folder| path.strip_prefix(folder));
    match number {
        Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        None => ["/dev/stdin", "/dev/stdout", "/dev/stderr"].contains(&path),
    }
}

/// Opens a file that can be read to its end: a regular file, or an inherited descriptor.
///
/// # Errors
/// [`FileError`], when it is neither, or cannot be opened.
pub fn open_file(path: &Path) -> Result<File, FileError> {
    // Checked before opening, because opening a pipe waits for a writer.
    let kind = std::fs::metadata(path).map_err(FileError::Io)?.file_type();
    if kind.is_dir() {
        return Err(FileError::Directory);
    }
    if !kind.is_file() && !is_handed_over(path) {
        return Err(FileError::NotRegular);
    }
    File::open(path).map_err(FileError::Io)
}

/// Reads a file of at most `max_bytes`. The bytes are wiped from memory when dropped.
///
/// # Errors
/// [`FileError`], when it cannot be read, or is larger.
pub fn read_file(path: &Path, max_bytes: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    open_file(path)?.take(max_bytes + 1).read_to_end(&mut bytes).map_err(FileError::Io)?;
    if bytes.len() as u64 > max_bytes {
        return Err(FileError::TooLarge(max_bytes));
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// D8t
    #[test]
    fn what_has_no_end_is_refused_before_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("small"), "twelve bytes").unwrap();
        std::fs::write(at("large"), [b'x'; 1025]).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        assert_eq!(**read_file(&at("small"), 1024).unwrap(), *b"twelve bytes");
        for (path, words) in [
            (at("large"), "is too large: it has more than 1024 bytes"),
            (at("pipe"), "is a pipe, a socket or a device; name a file"),
            ("/dev/zero".into(), "is a pipe, a socket or a device; name a file"),
            (folder.path().to_owned(), "is a directory; name a file"),
            (at("absent"), "cannot be read: No such file"),
        ] {
            let refusal = read_file(&path, 1024).unwrap_err().to_string();
            assert!(refusal.starts_with(words), "{refusal}");
        }
    }

    #[test]
    fn what_the_process_was_handed_is_known_by_its_path() {
        for path in ["/dev/stdin", "/dev/fd/63", "/proc/self/fd/0"] {
            assert!(is_handed_over(Path::new(path)), "{path}");
        }
        for path in ["/dev/fd", "/dev/fd/", "/dev/fd/../zero", "/dev/zero", "secret"] {
            assert!(!is_handed_over(Path::new(path)), "{path}");
        }
    }
}
