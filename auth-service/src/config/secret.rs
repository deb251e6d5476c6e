//! Reading a secret from its setting or from the file that `NAME_FILE` names.

use std::path::Path;

use zeroize::Zeroizing;

use super::{ConfigError, file};

/// A file beyond this holds no secret: somebody named the wrong one.
const MAX_BYTES: u64 = 64 * 1024;

/// The value of `setting`, given directly or in a file; `None` when neither is set.
///
/// A file's trailing line break is not part of the secret.
pub(super) fn read(
    setting: &'static str,
    value: Option<&str>,
    path: Option<&Path>,
) -> Result<Option<Zeroizing<String>>, ConfigError> {
    match (value, path) {
        (Some(_), Some(_)) => {
            Err(ConfigError::new(setting, format!("is set twice: unset either {setting} or {setting}_FILE")))
        }
        (Some(value), None) => Ok(Some(Zeroizing::new(value.to_owned()))),
        (None, Some(path)) => {
            let refused =
                |problem: &str| ConfigError::new(setting, format!("the file of {setting}_FILE {problem}"));
            let bytes = file::read(path, MAX_BYTES)
                .map_err(|problem| refused(&problem))?
                .ok_or_else(|| refused("is too large to hold a secret"))?;
            let text = std::str::from_utf8(&bytes).map_err(|_| refused("cannot be read: it is not UTF-8"))?;
            Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
        }
        (None, None) => Ok(None),
    }
}
