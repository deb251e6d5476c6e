//! Package metadata.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first two numbers of a Rust version. `1.89` is `1.89.0`.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').take(2).map(|number| number.parse().unwrap()).collect()
}

/// A lower version cannot work, because cargo refuses to build such a dependency. A step of CI
/// builds with the declared version, where it is installed.
#[test]
fn the_declared_rust_is_not_below_that_of_any_dependency() {
    let words = ["metadata", "--format-version", "1", "--all-features", "--locked"];
    let read = |more: &[&str]| {
        Command::new(env!("CARGO")).current_dir(folder()).args(words).args(more).output().unwrap()
    };
    // A build fetches what this platform needs. Those of others may have to be fetched first.
    let output = Some(read(&["--offline"])).filter(|output| output.status.success());
    let output = output.unwrap_or_else(|| read(&[]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages: HashMap<&str, &Value> =
        metadata["packages"].as_array().unwrap().iter().map(|p| (p["id"].as_str().unwrap(), p)).collect();
    let nodes: HashMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();
    let ours = packages.iter().find(|(_, package)| package["name"] == "shared-claims").unwrap().0;
    let declared = packages[ours]["rust_version"].as_str().unwrap();
    let (mut seen, mut rest) = (BTreeSet::new(), vec![*ours]);
    while let Some(id) = rest.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Some(needed) = packages[id]["rust_version"].as_str() {
            assert!(numbers(declared) >= numbers(needed), "{} needs Rust {needed}", packages[id]["name"]);
        }
        let dependencies = nodes[id]["deps"].as_array().unwrap().iter();
        let in_use = dependencies.filter(|dependency| {
            dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev")
        });
        rest.extend(in_use.map(|dependency| dependency["pkg"].as_str().unwrap()));
    }
    assert!(seen.len() > 50, "{} packages", seen.len());
}

#[test]
fn the_package_carries_the_licences_of_the_project() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let ours = text(&folder().join(name));
        // The published package does not contain the project's folder.
        if let Ok(of_project) = std::fs::read_to_string(folder().join("..").join(name)) {
            assert_eq!(ours, of_project, "{name}");
        }
    }
}

/// crates.io and repository hosts also show the README. They do not hide lines, and do not resolve
/// rustdoc links.
#[test]
fn the_readme_reads_well_where_it_is_no_documentation() {
    let readme = text(&folder().join("README.md"));
    for code in readme.split("```").skip(1).step_by(2) {
        let hidden = code.lines().find(|line| *line == "#" || line.starts_with("# "));
        assert_eq!(hidden, None);
    }
    let links: Vec<&str> = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    for link in links {
        let leads_somewhere = link.starts_with("https://") || folder().join(link).exists();
        assert!(leads_somewhere, "{link}");
    }
    assert!(!readme.contains("[`"), "a link of rustdoc is dead elsewhere");
}
