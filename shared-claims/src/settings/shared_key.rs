//! `JWT_SIGNING_KEY`: the shared key of an auth-service that signs with HS512.

use std::path::Path;

use zeroize::Zeroizing;

use super::{SettingsError, SigningKey};
use crate::setting::{secret, secret_or_file};

const NAME: &str = "JWT_SIGNING_KEY";
const NAME_FILE: &str = "JWT_SIGNING_KEY_FILE";

/// The shared key, if one is set.
pub(super) fn read(value: Option<String>, file: Option<String>) -> Result<Option<SigningKey>, SettingsError> {
    let value = value.map(Zeroizing::new);
    let (value, file) = (value.as_deref().map(String::as_str), file.as_deref().map(Path::new));
    let text = secret_or_file(NAME, value, file, secret).map_err(|error| {
        let name = if error.is_about_the_file() { NAME_FILE } else { NAME };
        SettingsError::new(name, error.to_string())
    })?;
    let Some(text) = text else { return Ok(None) };
    let key = SigningKey::new(Zeroizing::new(text.as_bytes().to_vec()));
    let name = if file.is_some() { NAME_FILE } else { NAME };
    key.map(Some).map_err(|error| SettingsError::new(name, format!("cannot be used: {error}")))
}
