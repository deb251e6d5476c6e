//! Deployment for a suite: the services, and the logs that are shown when it fails.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::project::Binaries;
use crate::services::{Logs, Services};
use crate::settings::{self, Settings};
use crate::{ports, process};

/// How much of each log is shown when a suite fails: the last lines, each cut to its beginning.
const SHOWN_LINES: usize = 15;
const SHOWN_CHARACTERS: usize = 240;

/// A suite's environment.
pub type Variables = Vec<(&'static str, OsString)>;

/// The services on free ports with an empty database, which is deleted on drop.
pub struct Deployment {
    settings: Settings,
    access_lifetime: u32,
    auth_binary: PathBuf,
    demo_binary: PathBuf,
    // Dropped in this order: first the services, then their folder.
    _services: Services,
    folder: tempfile::TempDir,
}

impl Deployment {
    /// Starts them without mail. `access_lifetime` is in seconds.
    pub fn start(binaries: &Binaries, access_lifetime: u32) -> Result<Self> {
        Self::start_with(binaries, access_lifetime, false)
    }

    /// Starts them. With mail, letters land in a folder.
    pub fn start_with(binaries: &Binaries, access_lifetime: u32, has_mail: bool) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("sso-e2e-")
            .tempdir()
            .with_context(|| "make a folder for the services".into())?;
        let [auth_port, demo_port, lists_port] = ports::free()?;
        let settings = Settings {
            auth_port,
            demo_port,
            lists_port,
            data: folder.path().to_owned(),
            access_token_lifetime: Some(format!("{access_lifetime}s")),
            has_mail,
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

    /// The suite's environment.
    pub fn variables(&self) -> Result<Variables> {
        let folder = self.folder.path();
        // With these, a test calls `auth-service users …` on the same accounts.
        let env_file = folder.join("auth.env");
        let lines: String =
            self.settings.for_auth().iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        fs::write(&env_file, lines).with_context(|| "write the suite's settings".into())?;
        let mut variables: Variables = vec![
            ("E2E_AUTH_URL", self.settings.auth_url().into()),
            ("E2E_DEMO_URL", self.settings.demo_url().into()),
            ("E2E_LISTS_URL", self.settings.lists_url().into()),
            ("E2E_ACCESS_LIFETIME_SECONDS", self.access_lifetime.to_string().into()),
            ("E2E_AUTH_LOG", Logs::auth_file(folder).into()),
            ("E2E_DEMO_LOG", Logs::demo_file(folder).into()),
            ("E2E_LISTS_LOG", Logs::lists_file(folder).into()),
            ("E2E_AUTH_BIN", self.auth_binary.clone().into()),
            ("E2E_DEMO_BIN", self.demo_binary.clone().into()),
            ("E2E_AUTH_ENV_FILE", env_file.into()),
            // The secrets that no log may contain. The file is deleted with the services.
            ("E2E_SECRETS_FILE", folder.join("secrets.jsonl").into()),
            ("E2E_FAILURES_FILE", self.failures_file().into()),
        ];
        if self.settings.has_mail {
            variables.push(("E2E_MAIL", folder.join("mail").into()));
        }
        Ok(variables)
    }

    /// Runs a suite against them. A failure shows the end of all logs, and below them the failed
    /// tests, because people read the last lines first.
    pub fn run(&self, command: &mut Command) -> Result {
        let outcome = process::run(command);
        if matches!(outcome, Err(Error::Failed(_))) {
            for file in
                [Logs::auth_file, Logs::demo_file, Logs::lists_file].map(|file| file(self.folder.path()))
            {
                println!("--- the end of {}:", file.file_name().unwrap_or_default().display());
                last_lines(&read(&file)).for_each(|line| println!("{line}"));
            }
            println!("--- what failed:\n{}", read(&self.failures_file()));
        }
        outcome
    }

    fn failures_file(&self) -> PathBuf {
        self.folder.path().join("failures.txt")
    }
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

fn last_lines(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().skip(text.lines().count().saturating_sub(SHOWN_LINES));
    lines.map(|line| line.chars().take(SHOWN_CHARACTERS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_log_its_last_lines_are_shown_and_of_each_its_start() {
        let text: String = (0..100).map(|n| format!("{n} {}\n", "é".repeat(1000))).collect();
        let shown: Vec<_> = last_lines(&text).collect();
        assert_eq!(shown.len(), SHOWN_LINES);
        assert!(shown[0].starts_with("85 ") && shown[0].chars().count() == SHOWN_CHARACTERS);
        assert_eq!(last_lines("one\ntwo").collect::<Vec<_>>(), ["one", "two"]);
    }
}
