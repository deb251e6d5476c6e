//! Printing: what a command says goes to standard output, a line at a time.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

use super::Failure;
use crate::text::Text;
use crate::web::texts::Texts;

/// Prints one line. Whoever reads may stop early, as `head` does: then there is nobody left to print for.
pub(super) fn line(text: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Failure::Refused(format!("standard output cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// What the pages would say, for a terminal.
pub(super) fn english(text: &Text) -> String {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    TEXTS.get_or_init(Texts::embedded).english(text)
}
