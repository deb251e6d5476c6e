//! A secret from its setting, or from the file that `NAME_FILE` names.

use std::path::Path;

use zeroize::Zeroizing;

use super::{FileError, Unclear, read_file};

/// A larger file is not a secret: the setting names the wrong file.
const MAX_BYTES: u64 = 64 * 1024;

/// Why there is no secret. The text follows the setting's name and never contains the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Set both ways. Holds the setting's name.
    #[error("is set twice: unset either {0} or {0}_FILE")]
    SetTwice(String),
    /// The setting's own text is no secret.
    #[error(transparent)]
    Unclear(Unclear),
    /// The file cannot be read.
    #[error(transparent)]
    File(FileError),
    /// The file is not text.
    #[error("cannot be read: it is not UTF-8")]
    NotUtf8,
    /// The file's text is no secret.
    #[error(transparent)]
    UnclearFile(Unclear),
}

impl SecretError {
    /// Whether the error is about `NAME_FILE` rather than `NAME`.
    pub fn is_about_the_file(&self) -> bool {
        matches!(self, Self::File(_) | Self::NotUtf8 | Self::UnclearFile(_))
    }
}

/// The secret in the setting `name`, or in the file that `NAME_FILE` names. `None` when neither is
/// set or the setting is empty. The secret is wiped from memory when dropped.
///
/// `meant` parses the text: [`secret`](super::secret), or [`plain`](super::plain) for an address
/// that contains a password. An empty file yields an empty secret, which the caller refuses as too
/// short.
///
/// # Errors
/// [`SecretError`], when both are set, the file cannot be read, or `meant` refuses the text.
pub fn secret_or_file(
    name: &str,
    value: Option<&str>,
    file: Option<&Path>,
    meant: fn(&str) -> Result<Option<&str>, Unclear>,
) -> Result<Option<Zeroizing<String>>, SecretError> {
    let wiped = |text: &str| Zeroizing::new(text.to_owned());
    match (value.filter(|value| !value.trim().is_empty()), file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(SecretError::SetTwice(name.to_owned())),
        (Some(value), None) => Ok(meant(value).map_err(SecretError::Unclear)?.map(wiped)),
        (None, Some(path)) => {
            let bytes = read_file(path, MAX_BYTES).map_err(SecretError::File)?;
            let text = std::str::from_utf8(&bytes).map_err(|_| SecretError::NotUtf8)?;
            Ok(Some(wiped(meant(text).map_err(SecretError::UnclearFile)?.unwrap_or_default())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting::secret;

    fn read(value: Option<&str>, file: Option<&[u8]>) -> Result<Option<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        if let Some(bytes) = file {
            std::fs::write(&path, bytes).unwrap();
        }
        secret_or_file("NAME", value, file.map(|_| path.as_path()), secret)
            .map(|secret| secret.map(|text| text.to_string()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_is_given_in_its_setting_or_in_a_file() {
        assert_eq!(read(None, None), Ok(None));
        assert_eq!(read(Some("\r\n"), None), Ok(None));
        let given = Ok(Some("hunter2".to_owned()));
        assert_eq!(read(Some("hunter2"), None), given);
        assert_eq!(read(None, Some(b"hunter2\r\n")), given);
        assert_eq!(read(Some(""), Some(b"hunter2")), given);
        assert_eq!(read(None, Some(b"\n")), Ok(Some(String::new())));
    }

    #[test]
    fn a_secret_that_cannot_be_meant_is_refused_and_not_shown() {
        let large = vec![b'a'; 70_000];
        for (value, file, problem) in [
            (Some("hunter2"), Some(&b"hunter3"[..]), "is set twice: unset either NAME or NAME_FILE"),
            (Some("'hunter2'"), None, "is in quotation marks"),
            (None, Some(&b"hunter2 "[..]), "begins or ends with a space"),
            (None, Some(&b"\xff\xfe"[..]), "cannot be read: it is not UTF-8"),
            (None, Some(&large[..]), "is too large"),
        ] {
            let refusal = read(value, file).unwrap_err();
            assert!(refusal.starts_with(problem) && !refusal.contains("hunter"), "{refusal}");
        }
    }
}
