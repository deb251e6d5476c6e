//! End-to-end suites (`cargo xtask e2e`, `interop`, `api-fuzz`): browsers, other languages and a
//! fuzzer against running services.
//!
//! The suites read everything from `E2E_…` variables, so they also run against any other
//! deployment.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::deployment::{Deployment, Variables};
use crate::error::{Error, Result};
use crate::{process, project};

/// As in production. Even on a busy machine a step of a test takes less.
const ACCESS_LIFETIME_SECONDS: u32 = 300;

/// Short enough to wait for in a test, long enough to click through a page.
pub const SHORT_LIFETIME_SECONDS: u32 = 15;

/// Longer for other languages: starting an interpreter on a busy machine uses up some of it.
const INTEROP_LIFETIME_SECONDS: u32 = 20;

/// The tests that wait until a token has ended.
const SHORT_LIVED: &str = "short-lived";

/// The tests of people who get mail. All others have accounts at once.
const BY_MAIL: &str = "by-mail";

/// The test that looks for the secrets of all others in the logs. It runs last, because its path
/// comes after those of the others.
const LOG_CHECK: &str = "tests/99-the-logs-hold-no-secret.test.mjs";

/// The same as in e2e/package.json.
const OLDEST_NODE: u32 = 20;

/// A browser that the suite drives.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Browser {
    Chromium,
    Firefox,
}

/// Options of `cargo xtask e2e`.
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
    arguments: Vec<OsString>,
}

/// Runs the browser suite against freshly started services.
pub fn e2e(options: &Options) -> Result {
    let folder = suite()?;
    let binaries = project::build_services()?;
    for browser in &options.browser {
        for part in parts(&options.arguments) {
            let deployment = Deployment::start_with(&binaries, part.access_lifetime, part.has_mail)?;
            let command = &mut suite_in(&folder, options, *browser, &part.arguments, deployment.variables()?);
            deployment.run(command)?;
        }
    }
    Ok(())
}

/// Tests of the browser suite, and the services that they need.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    access_lifetime: u32,
    has_mail: bool,
    /// Files and folders. An empty list means the whole suite.
    arguments: Vec<OsString>,
}

/// The named files, or all of them. Those that wait for a token to expire are a part of their own,
/// and so are those that read mail.
fn parts(named: &[OsString]) -> Vec<Part> {
    let part = |access_lifetime, has_mail, arguments| Part { access_lifetime, has_mail, arguments };
    let long = |arguments| part(ACCESS_LIFETIME_SECONDS, false, arguments);
    let short = |arguments| part(SHORT_LIFETIME_SECONDS, false, arguments);
    let mail = |arguments| part(ACCESS_LIFETIME_SECONDS, true, arguments);
    if named.is_empty() {
        let with_logs = |folder: &str| vec![folder.into(), LOG_CHECK.into()];
        return vec![long(Vec::new()), short(with_logs(SHORT_LIVED)), mail(with_logs(BY_MAIL))];
    }
    let is_in = |folder: &'static str| move |file: &OsString| file.to_string_lossy().contains(folder);
    let (waiting, others): (Vec<_>, Vec<_>) = named.iter().cloned().partition(is_in(SHORT_LIVED));
    let (reading, others): (Vec<_>, Vec<_>) = others.into_iter().partition(is_in(BY_MAIL));
    let parts = [long(others), short(waiting), mail(reading)];
    parts.into_iter().filter(|part| !part.arguments.is_empty()).collect()
}

/// Runs the browser suite in one browser against the services that `variables` describe.
pub fn browse(folder: &Path, options: &Options, browser: Browser, variables: Variables) -> Result {
    process::run(&mut suite_in(folder, options, browser, &options.arguments, variables))
}

fn suite_in(
    folder: &Path,
    options: &Options,
    browser: Browser,
    arguments: &[OsString],
    variables: Variables,
) -> Command {
    let name = if browser == Browser::Firefox { "firefox" } else { "chromium" };
    println!("The browser suite in {name}:");
    let screenshots = options.screenshots.clone().unwrap_or_else(|| folder.join("screenshots"));
    let mut command = npm(folder, &["test"]);
    command.arg("--").args(arguments).envs(variables);
    command.env("E2E_BROWSER", name).env("E2E_SCREENSHOTS", screenshots);
    command
}

/// Verifies our tokens with the libraries of other languages.
pub fn interop() -> Result {
    let folder = suite()?;
    let binaries = project::build_services()?;
    let deployment = Deployment::start(&binaries, INTEROP_LIFETIME_SECONDS)?;
    let mut command = npm(&folder, &["run", "interop"]);
    deployment.run(command.envs(deployment.variables()?))
}

/// Fuzzes the API by its description.
pub fn api_fuzz() -> Result {
    let folder = suite()?;
    let auth = project::build_auth_quietly()?;
    // It starts its own auth-service with its own settings.
    process::run(npm(&folder, &["run", "api-fuzz"]).env("E2E_AUTH_BIN", auth))
}

/// The folder of all suites, with their packages installed.
pub fn suite() -> Result<PathBuf> {
    for program in ["node", "npm"] {
        project::need_program(
            program,
            "the browser suite runs on it (Debian: `apt-get install nodejs npm`)",
        )?;
    }
    let version = process::read(Command::new("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
        return Err(Error::new(format!(
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

/// An npm command without npm's notices.
fn npm(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.arg("--silent").args(arguments).current_dir(folder);
    command
}

/// Installs what package-lock.json names, unless it is there already.
fn install_packages(folder: &Path) -> Result {
    let changed = |name: &str| fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    // npm writes this file last. It is older than package-lock.json if the latter has changed
    // since.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    process::run(&mut npm(folder, &["ci", "--no-audit", "--no-fund"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(named: &[&str]) -> Vec<(u32, bool, usize)> {
        let named: Vec<_> = named.iter().map(OsString::from).collect();
        let of = |part: Part| (part.access_lifetime, part.has_mail, part.arguments.len());
        parts(&named).into_iter().map(of).collect()
    }

    #[test]
    fn short_tokens_and_mail_are_for_those_who_need_them() {
        let (long, short) = (ACCESS_LIFETIME_SECONDS, SHORT_LIFETIME_SECONDS);
        assert_eq!(needs(&["tests/04-next.test.mjs"]), [(long, false, 1)]);
        assert_eq!(needs(&["short-lived/tabs.test.mjs"]), [(short, false, 1)]);
        assert_eq!(needs(&["by-mail/reset.test.mjs"]), [(long, true, 1)]);
        assert_eq!(needs(&[]), [(long, false, 0), (short, false, 2), (long, true, 2)]);
    }

    #[test]
    fn the_tests_with_a_place_of_their_own_are_there() {
        let folder = project::root().join("e2e");
        assert!([SHORT_LIVED, BY_MAIL].iter().all(|part| folder.join(part).is_dir()));
        assert!(folder.join(LOG_CHECK).is_file());
        assert!([SHORT_LIVED, BY_MAIL].iter().all(|part| *part < LOG_CHECK));
    }

    #[test]
    fn a_version_of_node_is_compared_by_its_first_number() {
        assert_eq!(major("v20.19.2"), Some(20));
        assert_eq!(major("v9.0.0"), Some(9));
        assert_eq!(major("strange"), None);
    }
}
