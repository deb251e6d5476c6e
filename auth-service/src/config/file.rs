//! A file that a setting names: a regular one, and a small one. A pipe that nobody writes to would be waited for without
//! an end, and a device has none.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

/// What the process was handed, as `<(command)` and systemd do: somebody is at the other end.
pub fn is_handed_over(path: &Path) -> bool {
    let Some(path) = path.to_str() else { return false };
    let number = ["/dev/fd/", "/proc/self/fd/"].iter().find_map(|folder| path.strip_prefix(folder));
    match number {
        Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        None => ["/dev/stdin", "/dev/stdout", "/dev/stderr"].contains(&path),
    }
}

/// Opens what can be read to its end: a regular file, or what the process was handed.
///
/// # Errors
/// In words that come after the file's name or its setting's.
pub fn open(path: &Path) -> Result<File, String> {
    let failed = |error: std::io::Error| format!("cannot be read: {error}");
    // Looked at before it is opened: opening a pipe waits for somebody who writes.
    let kind = std::fs::metadata(path).map_err(failed)?.file_type();
    if kind.is_dir() {
        return Err("is a directory; name a file".to_owned());
    }
    if !kind.is_file() && !is_handed_over(path) {
        return Err("is a pipe, a socket or a device; name a file".to_owned());
    }
    File::open(path).map_err(failed)
}

/// Reads one of at most `max_bytes`; nothing of a larger one.
pub(super) fn read(path: &Path, max_bytes: u64) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let read = open(path)?.take(max_bytes + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot be read: {error}"))?;
    Ok((bytes.len() as u64 <= max_bytes).then_some(bytes))
}

#[cfg(test)]
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
        assert_eq!(**read(&at("small"), 1024).unwrap().unwrap(), *b"twelve bytes");
        assert!(read(&at("large"), 1024).unwrap().is_none());
        for (path, words) in [
            (at("pipe"), "is a pipe"),
            ("/dev/zero".into(), "is a pipe, a socket or a device"),
            (folder.path().to_owned(), "is a directory"),
            (at("absent"), "cannot be read: No such file"),
        ] {
            let refusal = read(&path, 1024).unwrap_err();
            assert!(refusal.starts_with(words), "{refusal}");
        }
    }
}
