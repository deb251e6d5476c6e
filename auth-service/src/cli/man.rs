//! `auth-service man`: writes the manual page.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{CliError, output};

/// The exit codes, as in `CliError`.
const EXIT_STATUS: [(&str, &str); 4] = [
    ("0", "Done."),
    ("1", "Understood, and not done: standard error says why."),
    ("2", "A setting or an argument cannot be used."),
    ("3", "The database could not be reached, or refused."),
];

#[derive(Args)]
pub(super) struct Arguments {
    /// Write a page for each command into this folder, which is made when missing, instead of
    /// printing the first page.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

/// Prints the page of `auth-service`, or writes the pages of all commands.
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let mut command = super::Arguments::command().disable_help_subcommand(true);
    command.build();
    match &arguments.dir {
        None => {
            let page =
                page(&Man::new(command.clone()), &command).map_err(|error| refused("the page", &error))?;
            output::verbatim(String::from_utf8_lossy(&page).trim_end())
        }
        Some(folder) => {
            let name = folder.display().to_string();
            fs::create_dir_all(folder).map_err(|error| refused(&name, &error))?;
            write_all(&command, folder).map_err(|error| refused(&name, &error))
        }
    }
}

fn refused(what: &str, error: &io::Error) -> CliError {
    CliError::Failed(format!("{what} cannot be written: {error}"))
}

/// Writes the pages of `command` and of all its subcommands.
fn write_all(command: &Command, folder: &Path) -> io::Result<()> {
    let man = Man::new(command.clone());
    fs::write(folder.join(man.get_filename()), page(&man, command)?)?;
    command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
        .try_for_each(|below| write_all(below, folder))
}

/// One page: the library's sections, followed by our own.
fn page(man: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // Leave out the date, so that a release is reproducible. The library's own title line drops the
    // empty date, and the version would take its place.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    writeln!(page, ".TH {name} 1 \"\" \"auth-service {}\" \"auth-service\"", env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    environment(command).to_writer(&mut page)?;
    exit_status().to_writer(&mut page)?;
    Ok(page)
}

/// The variables that `command` reads. Only their names appear, because their current values may be
/// secret.
fn environment(command: &Command) -> Roff {
    let mut section = Roff::new();
    let settings: Vec<_> = command
        .get_arguments()
        .filter_map(|argument| Some((argument.get_env()?.to_str()?, argument.get_long()?)))
        .collect();
    if settings.is_empty() {
        return section;
    }
    section.control("SH", ["ENVIRONMENT"]);
    section.text([roman("An option on the command line goes before its variable.")]);
    for (variable, option) in settings {
        section.control("TP", []);
        section.text([bold(variable)]);
        section.text([roman("As "), bold(format!("--{option}")), roman(".")]);
    }
    section
}

fn exit_status() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["EXIT STATUS"]);
    for (number, meaning) in EXIT_STATUS {
        section.control("TP", []);
        section.text([bold(number)]);
        section.text([roman(meaning)]);
    }
    section
}
