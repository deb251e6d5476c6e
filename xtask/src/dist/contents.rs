//! Contents of a release archive.
//!
//! `bin` and `share` are laid out as below `/usr/local`, so that installing is unpacking.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Context, Result};
use crate::process;
use crate::project::Binaries;

use super::archive::Entry;

/// Documents, by their path in the project and in the archive.
const DOCUMENTS: [&str; 9] = [
    "CHANGELOG.md",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "docs/limits.md",
    "docs/operations.md",
    "docs/settings.md",
];

/// Shells with completions, and where they look for them.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "share/bash-completion/completions/auth-service"),
    ("zsh", "share/zsh/site-functions/_auth-service"),
    ("fish", "share/fish/vendor_completions.d/auth-service.fish"),
    ("elvish", "share/elvish/lib/auth-service.elv"),
    ("powershell", "share/powershell/auth-service.ps1"),
];

/// systemd units.
const SYSTEMD: &str = "deploy/systemd";

/// Collects all entries.
pub fn gather(root: &Path, programs: &Binaries, third_parties: String) -> Result<Vec<Entry>> {
    let mut entries = documents(root)?;
    entries.push(text("THIRD-PARTY-LICENSES.txt", third_parties));
    for (name, path) in [("bin/auth-service", &programs.auth), ("bin/demo-service", &programs.demo)] {
        entries.push(Entry { is_program: true, ..read(path, name)? });
    }
    entries.extend(completions(&programs.auth)?);
    entries.extend(pages(&programs.auth)?);
    Ok(entries)
}

fn documents(root: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for name in DOCUMENTS {
        entries.push(read(&root.join(name), name)?);
    }
    if root.join(SYSTEMD).is_dir() {
        entries.extend(folder(&root.join(SYSTEMD), "systemd")?);
    }
    Ok(entries)
}

fn completions(program: &Path) -> Result<Vec<Entry>> {
    let script = |(shell, name)| {
        let script = process::read(Command::new(program).args(["completions", shell]).env_clear())?;
        Ok(text(name, script + "\n"))
    };
    COMPLETIONS.into_iter().map(script).collect()
}

fn pages(program: &Path) -> Result<Vec<Entry>> {
    let scratch = tempfile::tempdir().with_context(|| "make a folder".into())?;
    process::read(Command::new(program).args(["man", "--dir"]).arg(scratch.path()).env_clear())?;
    folder(scratch.path(), "share/man/man1")
}

/// All files in a folder, recursively, with their executable bit.
fn folder(path: &Path, name: &str) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for found in fs::read_dir(path).with_context(|| format!("read {}", path.display()))? {
        let path = found.with_context(|| format!("read {}", path.display()))?.path();
        let name = format!("{name}/{}", path.file_name().unwrap_or_default().display());
        if path.is_dir() {
            entries.extend(folder(&path, &name)?);
        } else {
            entries.push(Entry { is_program: is_program(&path), ..read(&path, &name)? });
        }
    }
    Ok(entries)
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|about| about.permissions().mode() & 0o100 != 0)
}

fn read(path: &Path, name: &str) -> Result<Entry> {
    let content = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    Ok(Entry { name: name.to_owned(), content, is_program: false })
}

fn text(name: &str, content: String) -> Entry {
    Entry { name: name.to_owned(), content: content.into_bytes(), is_program: false }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(entries: &[Entry]) -> Vec<&str> {
        let mut names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn what_people_read_is_there() {
        let entries = documents(&crate::project::root()).unwrap();
        for name in DOCUMENTS {
            let entry = entries.iter().find(|entry| entry.name == name).unwrap();
            assert!(!entry.content.is_empty() && !entry.is_program, "{name}");
        }
    }

    #[test]
    fn units_for_systemd_come_along_where_there_are_some() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        for name in DOCUMENTS {
            fs::write(root.path().join(name), "text").unwrap();
        }
        assert_eq!(names(&documents(root.path()).unwrap()), DOCUMENTS);

        let units = root.path().join(SYSTEMD);
        fs::create_dir_all(units.join("drop-in")).unwrap();
        for (name, mode) in
            [("auth-service.service", 0o644), ("drop-in/limits.conf", 0o644), ("install", 0o755)]
        {
            fs::write(units.join(name), "text").unwrap();
            fs::set_permissions(units.join(name), PermissionsExt::from_mode(mode)).unwrap();
        }
        let entries = documents(root.path()).unwrap();
        let units: Vec<_> =
            entries.iter().filter(|entry| entry.name.starts_with("systemd/")).cloned().collect();
        assert_eq!(
            names(&units),
            ["systemd/auth-service.service", "systemd/drop-in/limits.conf", "systemd/install"]
        );
        for entry in units {
            assert_eq!(entry.is_program, entry.name == "systemd/install");
        }
    }

    #[test]
    fn a_missing_document_is_named() {
        let root = tempfile::tempdir().unwrap();
        let Err(crate::error::Error::Failed(sentence)) = documents(root.path()) else { panic!() };
        assert!(sentence.contains("CHANGELOG.md"), "{sentence}");
    }
}
