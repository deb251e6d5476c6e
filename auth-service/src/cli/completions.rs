//! `auth-service completions <shell>`: prints a completion script.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{CliError, output};

#[derive(Args)]
pub(super) struct Arguments {
    /// The shell to complete for.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the shell's completion script.
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    // Write to memory first, because the library panics if standard output is closed, as with
    // `| head`.
    clap_complete::generate(arguments.shell, &mut command, "auth-service", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if arguments.shell == Shell::Bash {
        // For a program with a hyphen in its name, clap_complete 4.6 writes two different spellings
        // into the script, so bash completes nothing after a command (clap-rs/clap#6421). Make the
        // spellings equal.
        script = script.replace("auth__subcmd__service", "auth__service");
    }
    output::verbatim(script.trim_end())
}
