//! Checks of `shared-claims` as a crate of its own: its features, and what it depends on.

use std::process::Command;

use crate::error::{Doing, Outcome, Stop};
use crate::project::{cargo, run_cargo};

/// The sets of features that are promised to build without a warning. All of them together is what the tests use.
const FEATURES: [&str; 8] =
    ["", "testing", "fetch", "fetch,testing", "pages", "axum", "axum,testing", "actix,testing"];

/// The most packages that verification alone may need, the crate itself among them.
const MAX_PACKAGES: usize = 40;

/// Builds each promised set of features, and counts what verification alone depends on.
pub fn check_features() -> Outcome {
    for features in FEATURES {
        let words = ["clippy", "--package", "shared-claims", "--no-default-features", "--features", features];
        run_cargo(cargo(words).args(["--", "-D", "warnings"]))?;
    }
    let words = [
        "tree",
        "--package",
        "shared-claims",
        "--no-default-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ];
    let count = packages(&stdout_of(&mut cargo(words))?);
    if count > MAX_PACKAGES {
        return Err(Stop::because(format!(
            "verification alone depends on {count} packages, and {MAX_PACKAGES} are promised: make the new ones optional"
        )));
    }
    println!("verification alone: {count} packages");
    Ok(())
}

/// The different packages of a `cargo tree` without indentation.
fn packages(tree: &str) -> usize {
    let mut lines: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.len()
}

fn stdout_of(command: &mut Command) -> Outcome<String> {
    let output = command.output().doing(|| "run cargo".into())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Stop::because(String::from_utf8_lossy(&output.stderr))),
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
