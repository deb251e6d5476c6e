//! A picture for the pages, read from a file at the start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use shared_claims::setting::{self, FileError};

/// Logos have a few kilobytes; a larger one would slow down every first visit.
const MAX_BYTES: u64 = 256 * 1024;

#[derive(Debug, Clone)]
pub struct Picture {
    pub path: PathBuf,
    /// In lower case, without the dot.
    pub extension: String,
    pub bytes: Arc<[u8]>,
}

impl Picture {
    /// Reads the file. An error says what is wrong with it, and its path at most.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let extension = path.extension().and_then(|one| one.to_str()).unwrap_or_default().to_lowercase();
        if !["svg", "png", "jpg", "jpeg", "webp"].contains(&extension.as_str()) {
            return Err("must be a file that ends in .svg, .png, .jpg or .webp".to_owned());
        }
        let bytes = match setting::read_file(path, MAX_BYTES) {
            Ok(bytes) if !bytes.is_empty() => bytes,
            Ok(_) | Err(FileError::TooLarge(_)) => {
                return Err(format!("{} must have at most 256 KB, and not be empty", path.display()));
            }
            Err(problem) => return Err(format!("{} {problem}", path.display())),
        };
        Ok(Self { path: path.to_owned(), extension, bytes: bytes.as_slice().into() })
    }
}
