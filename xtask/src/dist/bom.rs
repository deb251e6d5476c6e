//! The bills of materials: what each program is made of, as CycloneDX, by cargo-cyclonedx.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Doing, Outcome, Stop};
use crate::process;
use crate::project::{self, cargo};

use super::release::{Release, SOURCES};

/// A program and the features that it is released with.
const PROGRAMS: [(&str, &str); 2] = [("auth-service", "postgres"), ("demo-service", "")];

/// What cargo-cyclonedx calls its files until they are moved.
const SCRATCH: &str = "dist-scratch.cdx";

/// A name and a version.
pub type Component = (String, String);

/// Fails with a sentence unless cargo-cyclonedx is installed.
pub fn need_the_tool() -> Outcome {
    project::need_program(
        "cargo-cyclonedx",
        "the bills of materials are made by it: `cargo install --locked cargo-cyclonedx`",
    )
}

/// Writes a bill for each program into `folder`, and returns them.
pub fn write(release: &Release, folder: &Path) -> Outcome<Vec<Value>> {
    let mut bills = Vec::new();
    for (program, features) in PROGRAMS {
        let mut bill = made(release, program, features)?;
        tidy(&mut bill, &format!("file://{}", project::root().display()));
        check(&bill).map_err(|lack| Stop::because(format!("the bill of materials of {program}: {lack}")))?;
        let name = format!("{program}-{}-{}.cdx.json", release.version, release.triple);
        let text = serde_json::to_string_pretty(&bill).doing(|| format!("write {name}"))?;
        fs::write(folder.join(&name), text + "\n").doing(|| format!("write {name}"))?;
        bills.push(bill);
    }
    Ok(bills)
}

/// The crates that are in the programs: not those that only helped to build them.
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

/// cargo-cyclonedx writes beside the manifest of every member, and nowhere else.
fn made(release: &Release, program: &str, features: &str) -> Outcome<Value> {
    let _beside = Beside(release.members.clone());
    let manifest = format!("{program}/Cargo.toml");
    let mut command =
        cargo(["cyclonedx", "--quiet", "--manifest-path", &manifest, "--target", &release.triple]);
    command.args(["--format", "json", "--spec-version", "1.5", "--override-filename", SCRATCH]);
    if !features.is_empty() {
        command.args(["--features", features]);
    }
    // With it the bill carries that time, and no serial number made by chance.
    command.env("SOURCE_DATE_EPOCH", release.epoch.to_string());
    process::run(&mut command)?;
    let path = project::root().join(program).join(format!("{SCRATCH}.json"));
    let bill = fs::read(&path).doing(|| format!("read {}", path.display()))?;
    serde_json::from_slice(&bill).doing(|| format!("read {}", path.display()))
}

/// Takes away what was written beside the manifests, whatever happens.
struct Beside(Vec<PathBuf>);

impl Drop for Beside {
    fn drop(&mut self) {
        for member in &self.0 {
            // Where none was written there is none.
            let _ = fs::remove_file(member.join(format!("{SCRATCH}.json")));
        }
    }
}

/// Says `/build` for the folder of the sources, and takes addresses away that are files of whoever packaged.
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

/// Whether the bill says what others need of it: of every crate its kind, name, version, package URL and licence, of
/// those from a registry a hash too, and no dependency on what it does not list.
fn check(bill: &Value) -> Result<(), String> {
    if bill["bomFormat"] != "CycloneDX" || bill["specVersion"] != "1.5" || !bill["version"].is_u64() {
        return Err("it is no CycloneDX 1.5".to_owned());
    }
    let itself = &bill["metadata"]["component"];
    let components = bill["components"].as_array().filter(|components| !components.is_empty());
    let components = components.ok_or("it lists nothing")?;
    let mut known = BTreeSet::new();
    for component in components.iter().chain([itself]) {
        let name = text(component, "name");
        for field in ["type", "name", "version", "bom-ref"] {
            if text(component, field).is_empty() {
                return Err(format!("`{name}` has no {field}"));
            }
        }
        if !text(component, "purl").starts_with("pkg:cargo/") {
            return Err(format!("`{name}` has no package URL"));
        }
        let has = |field: &str| component[field].as_array().is_some_and(|values| !values.is_empty());
        if !has("licenses") {
            return Err(format!("`{name}` has no licence"));
        }
        if text(component, "bom-ref").starts_with("registry+") && !has("hashes") {
            return Err(format!("`{name}` has no hash"));
        }
        if !known.insert(text(component, "bom-ref")) {
            return Err(format!("`{name}` is listed twice"));
        }
    }
    for dependency in bill["dependencies"].as_array().into_iter().flatten() {
        let on = dependency["dependsOn"].as_array().into_iter().flatten();
        for reference in on.chain([&dependency["ref"]]).filter_map(Value::as_str) {
            if !known.contains(reference) {
                return Err(format!("{reference} is depended on and not listed"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bill() -> Value {
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {
                "type": "application", "bom-ref": "path+file:///home/me/sso/auth-service#0.1.0", "name": "auth-service",
                "version": "0.1.0", "licenses": [{"expression": "MIT OR Apache-2.0"}],
                "purl": "pkg:cargo/auth-service@0.1.0?download_url=file://.#src/main.rs"}},
            "components": [
                {"type": "library", "bom-ref": "registry+https://x#diesel@2.3.14", "name": "diesel", "version": "2.3.14",
                 "scope": "required", "licenses": [{"expression": "MIT"}], "purl": "pkg:cargo/diesel@2.3.14",
                 "hashes": [{"alg": "SHA-256", "content": "00"}]},
                {"type": "library", "bom-ref": "registry+https://x#cc@1.2.0", "name": "cc", "version": "1.2.0",
                 "scope": "excluded", "licenses": [{"expression": "MIT"}], "purl": "pkg:cargo/cc@1.2.0",
                 "hashes": [{"alg": "SHA-256", "content": "00"}]},
            ],
            "dependencies": [{"ref": "registry+https://x#diesel@2.3.14", "dependsOn": ["registry+https://x#cc@1.2.0"]}],
        })
    }

    #[test]
    fn a_whole_bill_is_taken_and_each_lack_is_named() {
        assert_eq!(check(&bill()), Ok(()));
        for (at, lack) in [
            ("/specVersion", "it is no CycloneDX 1.5"),
            ("/components", "it lists nothing"),
            ("/components/0/version", "`diesel` has no version"),
            ("/components/0/purl", "`diesel` has no package URL"),
            ("/components/0/licenses", "`diesel` has no licence"),
            ("/components/0/hashes", "`diesel` has no hash"),
            ("/metadata/component/licenses", "`auth-service` has no licence"),
        ] {
            let mut bill = bill();
            *bill.pointer_mut(at).unwrap() = Value::Null;
            assert_eq!(check(&bill).unwrap_err(), lack, "{at}");
        }
        let mut bill = bill();
        bill["dependencies"][0]["dependsOn"][0] = "registry+https://x#gone@1.0.0".into();
        assert!(check(&bill).unwrap_err().contains("gone@1.0.0 is depended on"));
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
