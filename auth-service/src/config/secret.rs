//! A secret from its setting, or from the file that `NAME_FILE` names.

use std::path::Path;

use shared_claims::setting::{self, SecretError, Unclear};
use zeroize::Zeroizing;

use super::ConfigError;

/// What stands in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A random text.
    Secret,
    /// What was the secret before: whatever it was, nobody could get away from it otherwise.
    Former,
    /// An address with a password in it.
    Address,
}

/// The value of `setting`, given directly or in a file; `None` when neither is set, or set to
/// nothing.
///
/// A line break at the end is not part of the secret, wherever it stands.
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

/// Whoever ran with such a secret has sealed keys with all of it.
fn advice(setting: &str) -> &'static str {
    match setting {
        "SECRET_KEY" => {
            "; if the service ran with it as it is, make another with `auth-service generate-secret`, and give this one, \
             as it is, as SECRET_KEY_PREVIOUS"
        }
        _ => "",
    }
}
