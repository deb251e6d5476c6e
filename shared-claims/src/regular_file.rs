//! Opens a regular file that a setting names. A pipe that nobody writes to would block without an
//! end, and a device has none.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens a regular file, or what the process was handed: `<(command)`, standard input.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let is_handed_over =
        path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd");
    // Looked at before it is opened: opening a pipe waits for somebody who writes.
    if !is_handed_over && !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is a directory, a pipe or a device; name a file"));
    }
    File::open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// D8t
    #[test]
    fn what_has_no_end_is_refused_before_it_is_opened() {
        let folder = std::env::temp_dir().join(format!("shared-claims-pipe-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let (pipe, file) = (folder.join("pipe"), folder.join("file"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::fs::write(&file, "x").unwrap();
        for refused in [pipe.as_path(), Path::new("/dev/zero"), folder.as_path()] {
            assert!(open(refused).unwrap_err().to_string().contains("name a file"), "{refused:?}");
        }
        assert!(open(&file).is_ok());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
