//! A secret from its setting or from the file that `NAME_FILE` names.

use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::SettingsError;
use crate::named_file;
use crate::signing_key::SigningKey;

const NAME: &str = "JWT_SIGNING_KEY";
const NAME_FILE: &str = "JWT_SIGNING_KEY_FILE";
/// A file beyond this is no key: somebody named the wrong one.
const MAX_BYTES: u64 = 64 * 1024;

/// The shared key, if one is set. As auth-service reads it: UTF-8, and a file's line break at the end is not part of it.
pub(super) fn signing_key(
    value: Option<String>,
    file: Option<String>,
) -> Result<Option<SigningKey>, SettingsError> {
    let (name, bytes) = match (value.map(|v| Zeroizing::new(v.into_bytes())), file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(SettingsError::new(
                NAME,
                format!("is set twice: unset either {NAME} or {NAME_FILE}"),
            ));
        }
        (Some(value), None) => (NAME, value),
        (None, Some(path)) => (NAME_FILE, read(path.trim())?),
    };
    match SigningKey::new(bytes) {
        Ok(key) => Ok(Some(key)),
        Err(error) => Err(SettingsError::new(name, format!("cannot be used: {error}"))),
    }
}

fn read(path: &str) -> Result<Zeroizing<Vec<u8>>, SettingsError> {
    let bad = |problem: String| Err(SettingsError::new(NAME_FILE, problem));
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let read =
        named_file::open(Path::new(path)).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return bad(format!("cannot be read: {error}"));
    }
    if bytes.len() as u64 > MAX_BYTES {
        return bad("is too large to be a key".to_owned());
    }
    if std::str::from_utf8(&bytes).is_err() {
        return bad("is not UTF-8".to_owned());
    }
    while bytes.pop_if(|byte| matches!(byte, b'\r' | b'\n')).is_some() {}
    Ok(bytes)
}
