//! `SHA256SUMS`, as `sha256sum --check` reads it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Doing, Outcome, Stop};

const NAME: &str = "SHA256SUMS";

/// Writes the sums of all files in `folder`, by name, and returns what was written.
pub fn write(folder: &Path) -> Outcome<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).doing(|| format!("read {}", folder.display()))? {
        names.push(entry.doing(|| format!("read {}", folder.display()))?.file_name().display().to_string());
    }
    names.retain(|name| name != NAME);
    names.sort();
    let mut sums = String::new();
    for name in names {
        sums += &format!("{}  {name}\n", sum(&folder.join(&name))?);
    }
    fs::write(folder.join(NAME), &sums).doing(|| format!("write {NAME}"))?;
    Ok(sums)
}

/// Fails unless every file is what its line says.
pub fn verify(folder: &Path) -> Outcome {
    let sums = fs::read_to_string(folder.join(NAME)).doing(|| format!("read {NAME}"))?;
    for line in sums.lines() {
        let (expected, name) = line
            .split_once("  ")
            .ok_or_else(|| Stop::because(format!("{NAME} has a line without a name")))?;
        if sum(&folder.join(name))? != expected {
            return Err(Stop::because(format!(
                "{name} is not what {NAME} says: the disk may be full or broken"
            )));
        }
    }
    Ok(())
}

fn sum(path: &Path) -> Outcome<String> {
    let mut hash = Sha256::new();
    let read = File::open(path).and_then(|mut file| io::copy(&mut file, &mut hash));
    read.doing(|| format!("read {}", path.display()))?;
    Ok(hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standard_and_sorted_by_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "abc").unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
                        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n";
        assert_eq!(write(folder.path()).unwrap(), expected);
        // A second time: the sums are none of the files.
        assert_eq!(write(folder.path()).unwrap(), expected);
        verify(folder.path()).unwrap();
    }

    #[test]
    fn a_file_that_changed_is_named_and_so_is_one_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("package");
        fs::write(&file, "good").unwrap();
        write(folder.path()).unwrap();
        fs::write(&file, "bad").unwrap();
        let Err(Stop::Failed(sentence)) = verify(folder.path()) else { panic!() };
        assert!(sentence.starts_with("package is not what SHA256SUMS says"), "{sentence}");
        fs::remove_file(&file).unwrap();
        let Err(Stop::Failed(sentence)) = verify(folder.path()) else { panic!() };
        assert!(sentence.contains("package"), "{sentence}");
    }
}
