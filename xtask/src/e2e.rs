//! `cargo xtask e2e`, `interop` and `api-fuzz`: the services as people, other languages and machines meet them.
//!
//! All suites learn all they need from `E2E_…` variables, so they also run against any other deployment.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Doing, Outcome, Stop};
use crate::project::{self, Binaries};
use crate::services::{Logs, Services};
use crate::settings::{self, Settings};
use crate::{ports, process};

/// Short enough to wait for in a test, long enough to click through a page.
pub const ACCESS_LIFETIME_SECONDS: u32 = 10;

/// Longer for the other languages: an interpreter's start on a busy machine counts against it.
const INTEROP_LIFETIME_SECONDS: u32 = 20;

/// As e2e/package.json says.
const OLDEST_NODE: u32 = 20;

/// What a suite is told, as environment.
pub type Variables = Vec<(&'static str, OsString)>;

/// A browser that the suite drives.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Browser {
    Chromium,
    Firefox,
}

/// What `cargo xtask e2e` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// The browser to drive; may be given twice.
    #[arg(long, default_value = "chromium")]
    pub browser: Vec<Browser>,
    /// Where screenshots go [default: e2e/screenshots].
    #[arg(long, value_name = "FOLDER")]
    screenshots: Option<PathBuf>,
    /// Test files to run instead of all, after `--`.
    #[arg(last = true)]
    words: Vec<OsString>,
}

/// Runs the browser suite against freshly started services.
pub fn e2e(options: &Options) -> Outcome {
    let folder = suite()?;
    let binaries = project::build_services()?;
    for browser in &options.browser {
        let deployment = Deployment::start(&binaries, ACCESS_LIFETIME_SECONDS)?;
        let running = browse(&folder, options, *browser, deployment.variables()?);
        running.map_err(|stop| deployment.with_logs(stop))?;
    }
    Ok(())
}

/// Runs the browser suite in one browser against whatever `variables` describe.
pub fn browse(folder: &Path, options: &Options, browser: Browser, variables: Variables) -> Outcome {
    let name = if browser == Browser::Firefox { "firefox" } else { "chromium" };
    println!("The browser suite in {name}:");
    let screenshots = options.screenshots.clone().unwrap_or_else(|| folder.join("screenshots"));
    let mut command = npm(folder, &["test"]);
    command.arg("--").args(&options.words).envs(variables);
    process::run(command.env("E2E_BROWSER", name).env("E2E_SCREENSHOTS", screenshots))
}

/// Verifies our tokens with the libraries of other languages.
pub fn interop() -> Outcome {
    let folder = suite()?;
    let binaries = project::build_services()?;
    let deployment = Deployment::start(&binaries, INTEROP_LIFETIME_SECONDS)?;
    let mut command = npm(&folder, &["run", "interop"]);
    process::run(command.envs(deployment.variables()?)).map_err(|stop| deployment.with_logs(stop))
}

/// Asks the API all that its description allows, and more.
pub fn api_fuzz() -> Outcome {
    let folder = suite()?;
    let auth = project::build_auth_quietly()?;
    // It starts an auth-service of its own, with settings of its own.
    process::run(npm(&folder, &["run", "api-fuzz"]).env("E2E_AUTH_BIN", auth))
}

/// The folder of all suites, with their packages installed.
pub fn suite() -> Outcome<PathBuf> {
    for program in ["node", "npm"] {
        project::need_program(
            program,
            "the browser suite runs on it (Debian: `apt-get install nodejs npm`)",
        )?;
    }
    let version = process::read(Command::new("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
        return Err(Stop::because(format!(
            "node {version} is too old: the browser suite needs {OLDEST_NODE} or newer"
        )));
    }
    let folder = project::root().join("e2e");
    install_packages(&folder)?;
    Ok(folder)
}

/// The 20 of `v20.19.2`.
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// An npm command without its own chatter.
fn npm(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.arg("--silent").args(words).current_dir(folder);
    command
}

/// Installs what package-lock.json names, unless it is there already.
fn install_packages(folder: &Path) -> Outcome {
    let changed = |name: &str| fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    // npm writes this file last; it is older than package-lock.json when the latter has changed since.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    process::run(&mut npm(folder, &["ci", "--no-audit", "--no-fund"]))
}

/// Both services on free ports with an empty database, gone when dropped.
struct Deployment {
    settings: Settings,
    access_lifetime: u32,
    auth_binary: PathBuf,
    demo_binary: PathBuf,
    // Dropped in this order: first the services, then their folder.
    _services: Services,
    folder: tempfile::TempDir,
}

impl Deployment {
    fn start(binaries: &Binaries, access_lifetime: u32) -> Outcome<Self> {
        let folder = tempfile::Builder::new()
            .prefix("sso-e2e-")
            .tempdir()
            .doing(|| "make a folder for the services".into())?;
        let [auth_port, demo_port] = ports::free()?;
        let settings = Settings {
            auth_port,
            demo_port,
            data: folder.path().to_owned(),
            access_token_lifetime: Some(format!("{access_lifetime}s")),
        };
        settings::prepare(&settings, &binaries.auth)?;
        let services = Services::start(binaries, &settings, &Logs::Folder(folder.path().to_owned()))?;
        Ok(Self {
            settings,
            access_lifetime,
            auth_binary: binaries.auth.clone(),
            demo_binary: binaries.demo.clone(),
            _services: services,
            folder,
        })
    }

    /// What a suite is told.
    fn variables(&self) -> Outcome<Variables> {
        let folder = self.folder.path();
        // With these, a test calls `auth-service users …` on the same accounts.
        let env_file = folder.join("auth.env");
        let lines: String =
            self.settings.for_auth().iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        fs::write(&env_file, lines).doing(|| "write the suite's settings".into())?;
        Ok(vec![
            ("E2E_AUTH_URL", self.settings.auth_url().into()),
            ("E2E_DEMO_URL", self.settings.demo_url().into()),
            ("E2E_ACCESS_LIFETIME_SECONDS", self.access_lifetime.to_string().into()),
            ("E2E_AUTH_LOG", Logs::auth_file(folder).into()),
            ("E2E_DEMO_LOG", Logs::demo_file(folder).into()),
            ("E2E_AUTH_BIN", self.auth_binary.clone().into()),
            ("E2E_DEMO_BIN", self.demo_binary.clone().into()),
            ("E2E_AUTH_ENV_FILE", env_file.into()),
            // What the suite must not find in any log; it lives no longer than the secrets do.
            ("E2E_SECRETS_FILE", folder.join("secrets.jsonl").into()),
        ])
    }

    /// A failure, after the last lines of both logs: the folder goes away with us.
    fn with_logs(&self, stop: Stop) -> Stop {
        if matches!(stop, Stop::Failed(_)) {
            for file in [Logs::auth_file(self.folder.path()), Logs::demo_file(self.folder.path())] {
                let text = fs::read_to_string(&file).unwrap_or_default();
                let lines: Vec<_> = text.lines().collect();
                println!("--- the end of {}:", file.file_name().unwrap_or_default().display());
                lines[lines.len().saturating_sub(40)..].iter().for_each(|line| println!("{line}"));
            }
        }
        stop
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_node_is_compared_by_its_first_number() {
        assert_eq!(major("v20.19.2"), Some(20));
        assert_eq!(major("v9.0.0"), Some(9));
        assert_eq!(major("strange"), None);
    }
}
