//! Reading of a file with keys.

use std::path::Path;
use std::{io, mem};

use super::error::KeySourceError;
use super::fetch::MAX_BYTES;
use crate::setting::{self, FileError};

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, KeySourceError> {
    let read = setting::read_file(path, MAX_BYTES).map_err(|error| match error {
        FileError::TooLarge(_) => KeySourceError::TooLarge,
        FileError::Io(error) => KeySourceError::File(error),
        other => KeySourceError::File(io::Error::other(format!("it {other}"))),
    });
    // Public keys: nothing needs to be wiped.
    read.map(|mut bytes| mem::take(&mut *bytes))
}
