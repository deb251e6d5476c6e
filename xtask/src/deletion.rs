//! Deletion test (`cargo xtask deletion-test`): a feature can be deleted, as `docs/architecture.md`
//! says, and the rest still builds.

use std::fs;
use std::path::Path;

use crate::copy::copy_tree;
use crate::error::{Context, Error, Result};
use crate::project::{self, cargo, run_cargo};

/// The feature that uses most of the layers below: it answers under any host, reads a cookie of its
/// own and has pages.
const FEATURE: &str = "forward_auth";

/// The paths to delete, relative to the project.
const PLACES: [&str; 3] = ["auth-service/src", "templates", "auth-service/tests/it"];

/// The files with a list in which each feature has one line.
const LISTS: [&str; 3] =
    ["auth-service/src/lib.rs", "auth-service/src/features.rs", "auth-service/tests/it/main.rs"];

/// Deletes the feature from a copy of the project, and checks that auth-service and its tests
/// compile without a warning.
pub fn deletion_test() -> Result {
    let folder = tempfile::Builder::new()
        .prefix("sso-deletion-")
        .tempdir()
        .with_context(|| "make a folder for the copy".into())?;
    let project = folder.path().join("sso");
    copy_tree(&project::root(), &project)?;
    for place in PLACES {
        let path = project.join(place).join(FEATURE);
        fs::remove_dir_all(&path).with_context(|| format!("delete {}", path.display()))?;
    }
    for list in LISTS {
        take_line(&project.join(list))?;
    }
    let mut check = cargo(["check", "-p", "auth-service", "--all-targets"]);
    check.current_dir(&project).env("CARGO_TARGET_DIR", project::root().join("target"));
    run_cargo(&mut check)?;
    println!("auth-service and its tests compile without {FEATURE}.");
    Ok(())
}

/// Removes the line that names the feature from a list.
fn take_line(list: &Path) -> Result {
    let text = fs::read_to_string(list).with_context(|| format!("read {}", list.display()))?;
    let (named, others): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains(FEATURE));
    if named.len() != 1 {
        let (count, list) = (named.len(), list.display());
        return Err(Error::new(format!("{list} names {FEATURE} in {count} lines instead of one")));
    }
    fs::write(list, others.join("\n") + "\n").with_context(|| format!("write {}", list.display()))
}
