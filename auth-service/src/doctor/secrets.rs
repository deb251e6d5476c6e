//! Checks the secrets: who else can read their files, and whether an old secret is still set.

use std::path::Path;

use super::finding::Finding;
use super::settings::Known;
use crate::config::{Flags, ServeFlags};

pub(super) fn examine(flags: &ServeFlags) -> Vec<Finding> {
    let files = flags.files();
    let mut findings: Vec<Finding> =
        files.iter().filter_map(|(setting, path)| permissions(setting, path)).collect();
    if findings.is_empty() {
        findings.push(Finding::ok("secret-files", "no secret's file can be read by others"));
    }
    if flags.given("SECRET_KEY_PREVIOUS").is_some() {
        findings.push(
            Finding::note("previous-secret-left", "SECRET_KEY_PREVIOUS is set")
                .because("Whoever knows the old secret can still open what it sealed.")
                .advise("Unset it when REFRESH_TOKEN_LIFETIME has passed since SECRET_KEY was changed."),
        );
    }
    findings
}

/// Warns about a guessable previous secret: it works, but should not stay set.
pub(super) fn guessable(known: &Known) -> Option<Finding> {
    let previous = known.config.secret_key_previous.as_ref()?;
    previous.is_guessable().then(|| {
        Finding::warning("previous-secret-guessable", "SECRET_KEY_PREVIOUS looks thought up")
            .because("Whoever guesses it opens what it sealed: each browser's cookie says whether a guess is right.")
            .advise("Restart auth-service once, which seals its keys anew, and unset it as soon as you can.")
    })
}

/// Checks whether a file's permissions let others read it. A missing file is reported as a refused
/// setting.
#[cfg(unix)]
fn permissions(setting: &str, path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    let what = format!("the file of {setting} has mode {:03o}", mode & 0o777);
    let advice = format!("chmod 600 {}", path.display());
    if mode & 0o007 != 0 {
        let finding = Finding::error(
            "secret-file-world-readable",
            format!("{what}: everybody on the machine may open it"),
        );
        return Some(
            finding
                .because("Together with a copy of the database it lets its holder sign as anybody.")
                .advise(advice),
        );
    }
    (mode & 0o070 != 0).then(|| {
        Finding::warning("secret-file-group-readable", format!("{what}: its whole group may open it"))
            .because("Every member of the group holds the secret.")
            .advise(format!("{advice}, or make sure that nobody else is in the group."))
    })
}

#[cfg(not(unix))]
fn permissions(_: &str, _: &Path) -> Option<Finding> {
    None
}
