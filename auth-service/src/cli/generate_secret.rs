//! `auth-service generate-secret`: prints a random secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::config::SecretKey;
use crate::random;

use super::{CliError, output};

/// Prints 48 random bytes in base64url and nothing else, so that the output can be redirected to a
/// file.
pub(super) fn run() -> Result<(), CliError> {
    loop {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<48>());
        // Try again if the random text contains a placeholder word, which the service would refuse,
        // or starts with a hyphen, which would look like a flag.
        if SecretKey::parse("SECRET_KEY", &secret).is_ok() && !secret.starts_with('-') {
            output::line(secret)?;
            warn_of_open_file();
            return Ok(());
        }
    }
}

/// `generate-secret > file` creates a file that everyone can read, unless the umask is strict.
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
