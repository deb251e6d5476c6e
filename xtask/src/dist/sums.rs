//! `SHA256SUMS`, by coreutils.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Context, Result};
use crate::process;

const NAME: &str = "SHA256SUMS";

/// Writes the sums of all files in `folder`, sorted by name, and returns the text.
pub fn write(folder: &Path) -> Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        names.push(entry.with_context(|| format!("read {}", folder.display()))?.file_name());
    }
    names.retain(|name| name != NAME);
    names.sort();
    let sums = process::read(Command::new("sha256sum").arg("--").args(names).current_dir(folder))? + "\n";
    fs::write(folder.join(NAME), &sums).with_context(|| format!("write {NAME}"))?;
    Ok(sums)
}

/// Fails unless every file matches its line: the disk may be full or broken.
pub fn verify(folder: &Path) -> Result {
    let arguments = ["--check", "--strict", "--quiet", NAME];
    process::read(Command::new("sha256sum").args(arguments).current_dir(folder)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_is_seen_and_so_is_one_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("package");
        fs::write(&file, "good").unwrap();
        // Writing again gives the same text: the file of the sums is not among them.
        assert_eq!(write(folder.path()).unwrap(), write(folder.path()).unwrap());
        verify(folder.path()).unwrap();
        fs::write(&file, "bad").unwrap();
        assert!(verify(folder.path()).is_err());
        fs::remove_file(&file).unwrap();
        assert!(verify(folder.path()).is_err());
    }
}
