//! `SHA256SUMS`, by coreutils.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Doing, Outcome};
use crate::process;

const NAME: &str = "SHA256SUMS";

/// Writes the sums of all files in `folder`, by name, and returns what was written.
pub fn write(folder: &Path) -> Outcome<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).doing(|| format!("read {}", folder.display()))? {
        names.push(entry.doing(|| format!("read {}", folder.display()))?.file_name());
    }
    names.retain(|name| name != NAME);
    names.sort();
    let sums = process::read(Command::new("sha256sum").arg("--").args(names).current_dir(folder))? + "\n";
    fs::write(folder.join(NAME), &sums).doing(|| format!("write {NAME}"))?;
    Ok(sums)
}

/// Fails unless every file is what its line says: the disk may be full or broken.
pub fn verify(folder: &Path) -> Outcome {
    let words = ["--check", "--strict", "--quiet", NAME];
    process::read(Command::new("sha256sum").args(words).current_dir(folder)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_is_seen_and_so_is_one_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("package");
        fs::write(&file, "good").unwrap();
        // A second time: the sums are none of the files.
        assert_eq!(write(folder.path()).unwrap(), write(folder.path()).unwrap());
        verify(folder.path()).unwrap();
        fs::write(&file, "bad").unwrap();
        assert!(verify(folder.path()).is_err());
        fs::remove_file(&file).unwrap();
        assert!(verify(folder.path()).is_err());
    }
}
