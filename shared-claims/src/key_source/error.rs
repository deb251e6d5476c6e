//! Errors of key sources.

/// Why a source of keys cannot be used at all. One that only fails to answer at the moment is no
/// error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySourceError {
    /// The file cannot be read.
    #[error("the key file cannot be read: {0}")]
    File(std::io::Error),
    /// The file holds no acceptable JWKS.
    #[error("the key file is refused: {0}")]
    Keys(#[from] crate::KeySetError),
    /// The file or the answer is larger than 256 KiB.
    #[error("the key file is larger than 256 KiB")]
    TooLarge,
    /// Neither https, nor http inside one machine or private network.
    #[error("keys are fetched by https, or by http from loopback, a private address or a name without dots")]
    InsecureUrl,
    /// The operating system gave no thread.
    #[error("no thread to fetch keys with: {0}")]
    Thread(std::io::Error),
}
