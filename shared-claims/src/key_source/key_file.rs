//! Reading of a file with keys.

use std::io::Read;
use std::path::Path;

use super::error::KeySourceError;
use super::fetch::MAX_BYTES;

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, KeySourceError> {
    let mut bytes = Vec::new();
    let file = crate::regular_file::open(path).map_err(KeySourceError::File)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(KeySourceError::File)?;
    if bytes.len() as u64 > MAX_BYTES { Err(KeySourceError::TooLarge) } else { Ok(bytes) }
}
