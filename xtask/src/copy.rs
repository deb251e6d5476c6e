//! Copy test (`cargo xtask copy-test`): it follows the steps of `demo-service/README.md` for
//! copying the service, in a new folder.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::error::{Context, Error, Result};
use crate::process::{self, Running};
use crate::{interrupt, ports, project};

/// How long the copy may take to answer: cargo checks its build first.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// The address of the README's service.
const PORT: &str = "8002";
const HOST: &str = "my.sso.localhost";

/// Copies the project's sources, follows the README's steps, and sends the result a request.
pub fn copy_test() -> Result {
    let folder = tempfile::Builder::new()
        .prefix("sso-copy-")
        .tempdir()
        .with_context(|| "make a folder for the copy".into())?;
    let project = folder.path().join("sso");
    copy_tree(&project::root(), &project)?;
    let readme = fs::read_to_string(project.join("demo-service/README.md"))
        .with_context(|| "read the README".into())?;
    let steps: Vec<&str> =
        readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [copying, running] = steps[..] else {
        return Err(Error::new(
            "demo-service/README.md no longer has two blocks of commands: copying, running",
        ));
    };

    process::run(&mut shell(&project, copying))?;
    let [port] = ports::free()?;
    let on_a_free_port = running.replace(PORT, &port.to_string());
    let mut service = Running::start(&mut shell(&folder.path().join("my-service"), &on_a_free_port))?;
    let answered = interrupt::until(Some(START_TIMEOUT), || match service.exit_status()? {
        Some(status) => Err(Error::new(format!("the copied service ended by itself ({status})"))),
        None => Ok(ports::healthy(port, HOST).then_some(())),
    })?;
    if answered.is_none() {
        return Err(Error::new("the copied service does not answer GET /healthz"));
    }
    println!("The copy was built, tested, and answers on port {port}.");
    Ok(())
}

/// A README's command, as a person would type it.
fn shell(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-euc", arguments]).current_dir(folder);
    // A target folder that outlives the run, so that dependencies are compiled once.
    command.env("CARGO_TARGET_DIR", project::root().join("target/copied"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(name);
        }
    }
    command
}

/// Copies a folder without build output and installed packages.
pub fn copy_tree(from: &Path, to: &Path) -> Result {
    let skipped = ["target", "node_modules", ".git", ".dev", ".venv", "screenshots"];
    fs::create_dir_all(to).with_context(|| format!("make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("read {}", from.display()))? {
        let entry = entry.with_context(|| format!("read {}", from.display()))?;
        let name = entry.file_name();
        if skipped.iter().any(|skipped| name == *skipped) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        if source.is_dir() {
            copy_tree(&source, &target)?;
        } else {
            fs::copy(&source, &target).with_context(|| format!("copy {}", source.display()))?;
        }
    }
    Ok(())
}
