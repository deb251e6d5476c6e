//! Software bills of materials (CycloneDX, by cargo-cyclonedx): what each program consists of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Context, Result};
use crate::process;
use crate::project::{self, cargo};

use super::release::{Release, SOURCES};

/// A program, and the features that it is released with.
const PROGRAMS: [(&str, &str); 2] = [("auth-service", "postgres"), ("demo-service", "")];

/// The name of cargo-cyclonedx's files until they are moved.
const SCRATCH: &str = "dist-scratch.cdx";

/// A name and a version.
pub type Component = (String, String);

/// Fails unless cargo-cyclonedx is installed.
pub fn need_the_tool() -> Result {
    project::need_program(
        "cargo-cyclonedx",
        "the bills of materials are made by it: `cargo install --locked cargo-cyclonedx`",
    )
}

/// Writes a bill for each program into `folder`, and returns them.
pub fn write(release: &Release, folder: &Path) -> Result<Vec<Value>> {
    let mut bills = Vec::new();
    for (program, features) in PROGRAMS {
        let mut bill = made(release, program, features)?;
        tidy(&mut bill, &format!("file://{}", project::root().display()));
        let name = format!("{program}-{}-{}.cdx.json", release.version, release.triple);
        let text = serde_json::to_string_pretty(&bill).with_context(|| format!("write {name}"))?;
        fs::write(folder.join(&name), text + "\n").with_context(|| format!("write {name}"))?;
        bills.push(bill);
    }
    Ok(bills)
}

/// The crates in the programs, without those that were only used to build them.
pub fn components(bills: &[Value]) -> BTreeSet<Component> {
    let all = bills.iter().flat_map(|bill| bill["components"].as_array().into_iter().flatten());
    let inside = all.filter(|component| component["scope"] != "excluded");
    inside
        .map(|component| (text(component, "name").to_owned(), text(component, "version").to_owned()))
        .collect()
}

fn text<'a>(component: &'a Value, field: &str) -> &'a str {
    component[field].as_str().unwrap_or_default()
}

/// cargo-cyclonedx writes only beside the manifest of each member.
fn made(release: &Release, program: &str, features: &str) -> Result<Value> {
    let _beside = Beside(release.members.clone());
    let manifest = format!("{program}/Cargo.toml");
    let mut command =
        cargo(["cyclonedx", "--quiet", "--manifest-path", &manifest, "--target", &release.triple]);
    command.args(["--format", "json", "--spec-version", "1.5", "--override-filename", SCRATCH]);
    if !features.is_empty() {
        command.args(["--features", features]);
    }
    // With it, the bill has that time, and no random serial number.
    command.env("SOURCE_DATE_EPOCH", release.epoch.to_string());
    process::run(&mut command)?;
    let path = project::root().join(program).join(format!("{SCRATCH}.json"));
    let bill = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_slice(&bill).with_context(|| format!("read {}", path.display()))
}

/// Deletes the files beside the manifests, whatever happens.
struct Beside(Vec<PathBuf>);

impl Drop for Beside {
    fn drop(&mut self) {
        for member in &self.0 {
            // It may not exist.
            let _ = fs::remove_file(member.join(format!("{SCRATCH}.json")));
        }
    }
}

/// Replaces the source folder by `/build`, and removes URLs of local files.
fn tidy(value: &mut Value, root: &str) {
    match value {
        Value::String(text) => {
            *text = text.replace(root, &format!("file://{SOURCES}"));
            if let Some((purl, rest)) = text.split_once("?download_url=file://") {
                let inside = rest.split_once('#').map(|(_, inside)| format!("#{inside}"));
                *text = format!("{purl}{}", inside.unwrap_or_default());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| tidy(value, root)),
        Value::Object(fields) => fields.values_mut().for_each(|value| tidy(value, root)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bill() -> Value {
        json!({
            "metadata": {"component": {
                "bom-ref": "path+file:///home/me/sso/auth-service#0.1.0",
                "purl": "pkg:cargo/auth-service@0.1.0?download_url=file://.#src/main.rs"}},
            "components": [
                {"name": "diesel", "version": "2.3.14", "scope": "required", "purl": "pkg:cargo/diesel@2.3.14"},
                {"name": "cc", "version": "1.2.0", "scope": "excluded", "purl": "pkg:cargo/cc@1.2.0"},
            ],
        })
    }

    #[test]
    fn a_bill_does_not_tell_where_it_was_made() {
        let mut bill = bill();
        tidy(&mut bill, "file:///home/me/sso");
        let itself = &bill["metadata"]["component"];
        assert_eq!(itself["bom-ref"], "path+file:///build/auth-service#0.1.0");
        assert_eq!(itself["purl"], "pkg:cargo/auth-service@0.1.0#src/main.rs");
        assert_eq!(bill["components"][0]["purl"], "pkg:cargo/diesel@2.3.14");
    }

    #[test]
    fn what_only_helped_to_build_is_not_in_the_program() {
        let inside = components(&[bill(), bill()]);
        assert_eq!(inside.into_iter().collect::<Vec<_>>(), [("diesel".to_owned(), "2.3.14".to_owned())]);
    }
}
