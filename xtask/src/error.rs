//! Error type of the commands.

/// The result of every step.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Why a command ends early.
#[derive(Debug)]
pub enum Error {
    /// One sentence for the person at the terminal.
    Failed(String),
    /// Ctrl-C, SIGTERM or SIGHUP.
    Interrupted,
}

impl Error {
    /// A failure with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }
}

/// Adds to an error what was being done.
pub trait Context<T> {
    /// Reads as `cannot <what>: <cause>`.
    fn with_context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: std::fmt::Display> Context<T> for Result<T, E> {
    fn with_context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::Failed(format!("cannot {}: {cause}", what())))
    }
}
