//! `auth-service generate-secret`

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::config::SecretKey;
use crate::random;

use super::{Failure, output};

/// Prints 48 random bytes in base64url, and nothing else, so that it can go straight into a file.
pub(super) fn run() -> Result<(), Failure> {
    loop {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<48>());
        // Chance may spell a word that stands in placeholders; the service would refuse that secret. A leading
        // hyphen would make it look like a flag on a command line.
        if SecretKey::parse("SECRET_KEY", &secret).is_ok() && !secret.starts_with('-') {
            return output::line(secret);
        }
    }
}
