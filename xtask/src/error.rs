//! Error type of the commands.

/// The result of every step.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// The former names, for the files that are still to be renamed.
pub type Outcome<T = ()> = Result<T>;
/// See [`Outcome`].
pub type Stop = Error;
/// See [`Outcome`].
pub use self::Context as Doing;

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

    /// See [`Outcome`].
    pub fn because(sentence: impl Into<String>) -> Self {
        Self::new(sentence)
    }
}

/// Adds to an error what was being done.
pub trait Context<T> {
    /// Reads as `cannot <what>: <cause>`.
    fn with_context(self, what: impl FnOnce() -> String) -> Result<T>;

    /// See [`Outcome`].
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>
    where
        Self: Sized,
    {
        self.with_context(what)
    }
}

impl<T, E: std::fmt::Display> Context<T> for Result<T, E> {
    fn with_context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::Failed(format!("cannot {}: {cause}", what())))
    }
}
