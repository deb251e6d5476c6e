//! Errors of key sources.

/// Why a key source cannot be created. A server that does not answer at the moment is no error.
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
    /// The URL is neither https, nor http to loopback or a private network.
    #[error("keys are fetched by https, or by http from loopback, a private address or a name without dots")]
    InsecureUrl,
    /// The operating system could not create the thread.
    #[error("no thread to fetch keys with: {0}")]
    Thread(std::io::Error),
}
