//! Checks of `shared-claims` as a crate of its own: its features, its dependencies and its package.

use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::project::{cargo, find_program, root, run_cargo};

/// The sets of features that must build without a warning. The tests use all features together.
const FEATURES: [&str; 8] =
    ["", "testing", "fetch", "fetch,testing", "pages", "axum", "axum,testing", "actix,testing"];

/// The most packages that verification alone may need, including the crate itself.
const MAX_PACKAGES: usize = 40;

/// Builds each set of features, and counts the dependencies of verification alone.
pub fn check_features() -> Result {
    for features in FEATURES {
        let arguments =
            ["clippy", "--package", "shared-claims", "--no-default-features", "--features", features];
        run_cargo(cargo(arguments).args(["--", "-D", "warnings"]))?;
    }
    let arguments = [
        "tree",
        "--package",
        "shared-claims",
        "--no-default-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ];
    let count = packages(&stdout_of(&mut cargo(arguments))?);
    if count > MAX_PACKAGES {
        return Err(Error::new(format!(
            "verification alone depends on {count} packages, and {MAX_PACKAGES} are promised: make the new ones optional"
        )));
    }
    println!("verification alone: {count} packages");
    Ok(())
}

/// Packages the crate as for a registry, and builds the package: nothing in it may depend on a file
/// outside of its folder.
pub fn check_package() -> Result {
    // A change is also checked before it is committed.
    run_cargo(&mut cargo(["package", "--package", "shared-claims", "--allow-dirty"]))
}

/// Builds with the minimum supported Rust version, if rustup has it or can get it. Without rustup,
/// a test still compares that version with what the dependencies declare.
pub fn check_lowest_rust() -> Result {
    let Some(rustup) = find_program("rustup") else {
        println!("not checked: there is no rustup to get the lowest Rust with");
        return Ok(());
    };
    let lowest = lowest_rust()?;
    let mut install = Command::new(&rustup);
    install.args(["toolchain", "install", "--profile", "minimal", &lowest]);
    if run_cargo(&mut install).is_err() {
        println!("not checked: rustup cannot get Rust {lowest} here");
        return Ok(());
    }
    let target = root().join("target").join("lowest-rust");
    let arguments = ["run", &lowest, "cargo", "check", "--package", "shared-claims", "--all-features"];
    run_cargo(Command::new(rustup).args(arguments).current_dir(root()).env("CARGO_TARGET_DIR", target))
}

fn lowest_rust() -> Result<String> {
    let metadata = stdout_of(&mut cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).with_context(|| "read cargo's metadata".into())?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let ours = packages.find(|package| package["name"] == "shared-claims");
    let version = ours.and_then(|package| package["rust_version"].as_str());
    version.map(str::to_owned).ok_or_else(|| Error::new("shared-claims declares no lowest Rust"))
}

/// The different packages of a `cargo tree` without indentation.
fn packages(tree: &str) -> usize {
    let mut lines: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.len()
}

fn stdout_of(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| "run cargo".into())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Error::new(String::from_utf8_lossy(&output.stderr))),
    }
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn a_package_counts_once_however_often_it_is_listed() {
        assert_eq!(packages("a v1.0.0\nb v2.0.0\nb v2.0.0 (*)\nb v3.0.0\n"), 3);
    }
}
