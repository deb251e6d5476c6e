//! A secret from its setting or from the file that `NAME_FILE` names.

use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::{SettingsError, SigningKey};
use crate::regular_file;
use crate::setting;

const NAME: &str = "JWT_SIGNING_KEY";
const NAME_FILE: &str = "JWT_SIGNING_KEY_FILE";
/// A file beyond this is no key: somebody named the wrong one.
const MAX_BYTES: u64 = 64 * 1024;

/// The shared key, if one is set. As auth-service reads it: UTF-8, and a file's line break at the
/// end is not part of it.
pub(super) fn signing_key(
    value: Option<String>,
    file: Option<String>,
) -> Result<Option<SigningKey>, SettingsError> {
    let value = match value.map(Zeroizing::new) {
        Some(text) => meant(NAME, &text)?,
        None => None,
    };
    let (name, text) = match (value, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(SettingsError::new(
                NAME,
                format!("is set twice: unset either {NAME} or {NAME_FILE}"),
            ));
        }
        (Some(value), None) => (NAME, value),
        // A file that holds nothing holds too short a key.
        (None, Some(path)) => (NAME_FILE, meant(NAME_FILE, &read(&path)?)?.unwrap_or_default()),
    };
    match SigningKey::new(Zeroizing::new(text.as_bytes().to_vec())) {
        Ok(key) => Ok(Some(key)),
        Err(error) => Err(SettingsError::new(name, format!("cannot be used: {error}"))),
    }
}

fn meant(name: &str, text: &str) -> Result<Option<Zeroizing<String>>, SettingsError> {
    match setting::secret(text) {
        Ok(meant) => Ok(meant.map(|text| Zeroizing::new(text.to_owned()))),
        Err(unclear) => Err(SettingsError::new(name, unclear.to_string())),
    }
}

fn read(path: &str) -> Result<Zeroizing<String>, SettingsError> {
    let bad = |problem: String| Err(SettingsError::new(NAME_FILE, problem));
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let read =
        regular_file::open(Path::new(path)).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return bad(format!("cannot be read: {error}"));
    }
    if bytes.len() as u64 > MAX_BYTES {
        return bad("is too large to be a key".to_owned());
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => bad("is not UTF-8".to_owned()),
    }
}
