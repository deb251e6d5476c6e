//! `auth-service generate-secret`: prints a random secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::config::SecretKey;
use crate::random;

use super::{CliError, output};

/// Prints 48 random bytes in base64url, and nothing else, so that it can go straight into a file.
pub(super) fn run() -> Result<(), CliError> {
    loop {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<48>());
        // Chance may spell a word that stands in placeholders; the service would refuse that
        // secret. A leading hyphen would make it look like a flag on a command line.
        if SecretKey::parse("SECRET_KEY", &secret).is_ok() && !secret.starts_with('-') {
            output::line(secret)?;
            warn_of_open_file();
            return Ok(());
        }
    }
}

/// `generate-secret > file` makes a file that everybody may read, unless the shell was told
/// otherwise.
#[cfg(unix)]
fn warn_of_open_file() {
    use std::os::fd::AsFd;
    use std::os::unix::fs::PermissionsExt;
    let Ok(out) = std::io::stdout().as_fd().try_clone_to_owned() else { return };
    let Ok(about) = std::fs::File::from(out).metadata() else { return };
    let mode = about.permissions().mode() & 0o777;
    if about.is_file() && mode & 0o077 != 0 {
        eprintln!(
            "auth-service: warning: the file that the secret went to has mode {mode:03o}, so others may read it: chmod 600 it, \
             or set `umask 077` before"
        );
    }
}

#[cfg(not(unix))]
fn warn_of_open_file() {}
