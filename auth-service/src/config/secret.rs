//! Reading a secret from its setting or from the file that `NAME_FILE` names.

use std::path::Path;

use super::ConfigError;

/// The value of `setting`, given directly or in a file; `None` when neither is set.
///
/// A file's trailing line break is not part of the secret.
pub(super) fn read(
    setting: &'static str,
    value: Option<&str>,
    file: Option<&Path>,
) -> Result<Option<String>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => {
            Err(ConfigError::new(setting, format!("is set twice: unset either {setting} or {setting}_FILE")))
        }
        (Some(value), None) => Ok(Some(value.to_owned())),
        (None, Some(path)) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => {
                Err(ConfigError::new(setting, format!("the file of {setting}_FILE cannot be read: {error}")))
            }
        },
        (None, None) => Ok(None),
    }
}
