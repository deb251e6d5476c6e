//! A secret from its setting, or from the file that `NAME_FILE` names.

use std::path::Path;

use shared_claims::setting::{self, SecretError, Unclear};
use zeroize::Zeroizing;

use super::ConfigError;

/// The kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A random text.
    Secret,
    /// The previous secret. It is accepted even if it is weak, or a weak secret could not be
    /// replaced.
    Former,
    /// A URL that contains a password.
    Address,
}

/// Reads `setting`, given directly or in a file; `None` if neither is set, or if the value is
/// blank.
///
/// A trailing line break is not part of the secret, whichever way it is given.
pub(super) fn read(
    (setting, kind): (&'static str, Kind),
    value: Option<&str>,
    path: Option<&Path>,
) -> Result<Option<Zeroizing<String>>, ConfigError> {
    let meant = match kind {
        Kind::Secret => setting::secret,
        Kind::Former => former,
        Kind::Address => setting::plain,
    };
    setting::secret_or_file(setting, value, path, meant).map_err(|error| {
        let advice = match error {
            SecretError::Unclear(_) | SecretError::UnclearFile(_) => advice(setting),
            _ => "",
        };
        let place =
            if error.is_about_the_file() { format!("the file of {setting}_FILE ") } else { String::new() };
        ConfigError::new(setting, format!("{place}{error}{advice}"))
    })
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside two that refuse something")]
fn former(text: &str) -> Result<Option<&str>, Unclear> {
    Ok(Some(text.trim_end_matches(['\r', '\n'])).filter(|text| !text.is_empty()))
}

/// A service that ran with such a secret used all of its text to seal the keys. So the advice is to
/// keep it unchanged as the previous secret.
fn advice(setting: &str) -> &'static str {
    match setting {
        "SECRET_KEY" => {
            "; if the service ran with it as it is, make another with `auth-service generate-secret`, and give this one, \
             as it is, as SECRET_KEY_PREVIOUS"
        }
        _ => "",
    }
}
