//! Printing: what a command says goes to standard output, a line at a time.

use std::io::{ErrorKind, Write};

use super::Failure;

/// Prints one line. Whoever reads may stop early, as `head` does: then there is nobody left to print for.
pub(super) fn line(text: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Failure::Refused(format!("standard output cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}
