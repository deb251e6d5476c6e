//! Printing: what a command says goes to standard output, a line at a time.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
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

/// A file for what is not everybody's business: made anew, readable for its owner alone. One that is there is replaced by
/// another, so that nobody who has it open reads on.
pub(super) fn private_file(path: &Path) -> Result<File, Failure> {
    let failed =
        |error: std::io::Error| Failure::Refused(format!("{} cannot be written: {error}", path.display()));
    let mut options = File::options();
    options.write(true);
    match std::fs::symlink_metadata(path) {
        // A pipe, a device, or a link to somewhere: its owner's choice.
        Ok(about) if !about.is_file() => options.truncate(true),
        Ok(_) => {
            std::fs::remove_file(path).map_err(failed)?;
            options.create_new(true)
        }
        Err(_) => options.create_new(true),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(failed)
}
