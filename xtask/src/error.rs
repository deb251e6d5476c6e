//! Why a command ends early.

/// What every step answers.
pub type Outcome<T = ()> = Result<T, Stop>;

/// The two ways of not finishing.
#[derive(Debug)]
pub enum Stop {
    /// One sentence for the person at the terminal.
    Failed(String),
    /// Ctrl-C, or a request to end from outside.
    Interrupted,
}

impl Stop {
    /// A failure, said in one sentence.
    pub fn because(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }
}

/// Says what was being done when the system refused.
pub trait Doing<T> {
    /// Reads as `cannot <what>: <cause>`.
    fn doing(self, what: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|cause| Stop::Failed(format!("cannot {}: {cause}", what())))
    }
}
