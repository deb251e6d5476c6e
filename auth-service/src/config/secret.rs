//! Reading a secret from its setting or from the file that `NAME_FILE` names.

use std::path::Path;

use shared_claims::setting::{self, Unclear};
use zeroize::Zeroizing;

use super::{ConfigError, file};

/// A file beyond this holds no secret: somebody named the wrong one.
const MAX_BYTES: u64 = 64 * 1024;

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

/// The value of `setting`, given directly or in a file; `None` when neither is set, or set to nothing.
///
/// A line break at the end is not part of the secret, wherever it stands.
pub(super) fn read(
    (setting, kind): (&'static str, Kind),
    value: Option<&str>,
    path: Option<&Path>,
) -> Result<Option<Zeroizing<String>>, ConfigError> {
    match (value, path) {
        (Some(_), Some(_)) => {
            Err(ConfigError::new(setting, format!("is set twice: unset either {setting} or {setting}_FILE")))
        }
        (Some(value), None) => {
            meant(kind, value).map_err(|problem| ConfigError::new(setting, with_advice(setting, problem)))
        }
        (None, Some(path)) => {
            let refused =
                |problem: &str| ConfigError::new(setting, format!("the file of {setting}_FILE {problem}"));
            let bytes = file::read(path, MAX_BYTES)
                .map_err(|problem| refused(&problem))?
                .ok_or_else(|| refused("is too large to hold a secret"))?;
            let text = std::str::from_utf8(&bytes).map_err(|_| refused("cannot be read: it is not UTF-8"))?;
            let text = meant(kind, text).map_err(|problem| refused(&with_advice(setting, problem)))?;
            // A file that was named and holds nothing is a mistake, and is refused as a secret that is too short.
            Ok(Some(text.unwrap_or_default()))
        }
        (None, None) => Ok(None),
    }
}

fn meant(kind: Kind, text: &str) -> Result<Option<Zeroizing<String>>, Unclear> {
    let text = match kind {
        Kind::Secret => setting::secret(text)?,
        Kind::Former => Some(text.trim_end_matches(['\r', '\n'])).filter(|text| !text.is_empty()),
        Kind::Address => setting::plain(text)?,
    };
    Ok(text.map(|text| Zeroizing::new(text.to_owned())))
}

/// Whoever ran with such a secret has sealed keys with all of it.
fn with_advice(setting: &str, problem: Unclear) -> String {
    match setting {
        "SECRET_KEY" => format!(
            "{problem}; if the service ran with it as it is, make another with `auth-service generate-secret`, and give this \
             one, as it is, as SECRET_KEY_PREVIOUS"
        ),
        _ => problem.to_string(),
    }
}
