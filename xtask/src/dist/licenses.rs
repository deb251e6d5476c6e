//! Third-party licences of what our programs contain. Most of them require their text to be
//! included.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::{Context, Error, Result};

use super::bom::Component;

/// Prefixes of the names of licence and notice files.
const LICENSE_FILE_PREFIXES: [&str; 6] = ["licen", "copying", "copyright", "notice", "unlicense", "authors"];

/// One text of all licences. Each licence appears once, below the names of its crates.
pub fn of(components: &BTreeSet<Component>, packages: &[Value]) -> Result<String> {
    let mut list = String::from(
        "auth-service and demo-service contain these crates, under these licences. Their texts follow.\n\n",
    );
    let mut texts = BTreeMap::<String, Vec<String>>::new();
    for (name, version) in components {
        let package = packages.iter().find(|it| it["name"] == **name && it["version"] == **version);
        let package = package.ok_or_else(|| Error::new(format!("cargo does not know {name} {version}")))?;
        if package["source"].is_null() {
            // Our own crate, whose licences are files beside this one.
            continue;
        }
        let spdx = package["license"].as_str().unwrap_or("see its text");
        list += &format!("{name} {version}: {spdx}\n");
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        for text in texts_in(manifest.parent().unwrap_or(manifest))? {
            texts.entry(text).or_default().push(format!("{name} {version}"));
        }
    }
    let mut texts: Vec<_> = texts.into_iter().map(|(text, crates)| (crates.join(", "), text)).collect();
    texts.sort();
    for (crates, text) in texts {
        list += &format!("\n{}\n{crates}\n\n{text}\n", "=".repeat(80));
    }
    Ok(list)
}

/// The licences and notices in a crate's folder, by name.
fn texts_in(folder: &Path) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry.with_context(|| format!("read {}", folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if LICENSE_FILE_PREFIXES.iter().any(|beginning| name.starts_with(beginning)) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
        // The same text with other line endings is the same text.
        Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned())
    };
    paths.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_text_stands_once_below_all_crates_that_carry_it() {
        let folder = tempfile::tempdir().unwrap();
        let package = |name: &str, source: Value, files: &[(&str, &str)]| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            for (name, text) in files {
                fs::write(path.join(name), text).unwrap();
            }
            json!({"name": name, "version": "1.0.0", "license": "MIT", "source": source,
                   "manifest_path": path.join("Cargo.toml")})
        };
        let packages = [
            package("a", "registry".into(), &[("LICENSE-MIT", "the text\r\n"), ("lib.rs", "no licence")]),
            package("b", "registry".into(), &[("license.md", "the text"), ("NOTICE", "a notice")]),
            package("ours", Value::Null, &[("LICENSE", "our text")]),
            package("unused", "registry".into(), &[("LICENSE", "another text")]),
        ];
        let components = ["a", "b", "ours"].map(|name| (name.to_owned(), "1.0.0".to_owned())).into();
        let text = of(&components, &packages).unwrap();
        assert!(text.contains("a 1.0.0: MIT\nb 1.0.0: MIT\n"), "{text}");
        assert_eq!(text.matches("the text").count(), 1, "{text}");
        assert!(
            text.contains("\na 1.0.0, b 1.0.0\n\nthe text\n") && text.contains("\nb 1.0.0\n\na notice\n"),
            "{text}"
        );
        for absent in ["no licence", "our text", "another text"] {
            assert!(!text.contains(absent), "{text}");
        }
    }

    #[test]
    fn a_crate_that_cargo_does_not_know_is_named() {
        let components = [("gone".to_owned(), "1.0.0".to_owned())].into();
        let Err(Error::Failed(sentence)) = of(&components, &[]) else { panic!() };
        assert_eq!(sentence, "cargo does not know gone 1.0.0");
    }
}
